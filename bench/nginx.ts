import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../packages/server/test/free-port.ts'

const START_MILLISECONDS = 60_000
const missing = spawnSync('nginx', ['-v']).status !== 0
export const skipNginx = missing && 'nginx is missing: run "npm run setup"'

/** Serves a folder with one worker, as its documentation advises for files. Its URL. */
export async function startNginx(t: TestContext, root: string, folder: string): Promise<string> {
  mkdirSync(folder)
  const port = await freePort()
  const file = path.join(folder, 'nginx.conf')
  writeFileSync(file, configuration(root, folder, port))
  const child = spawn('nginx', ['-c', file, '-p', folder, '-e', path.join(folder, 'error.log')], {
    stdio: 'ignore',
  })
  t.after(async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  const url = `http://127.0.0.1:${port}`
  for (const deadline = performance.now() + START_MILLISECONDS; ; await sleep(50)) {
    const isThere = await fetch(url).then(
      (answer) => answer.body?.cancel().then(() => true),
      () => false,
    )
    if (isThere) return url
    if (performance.now() > deadline) throw new Error('nginx does not start')
  }
}

function configuration(root: string, folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `
daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${folder}/pid;
events { worker_connections 256; }
http {
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  access_log ${folder}/access.log;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000;
  server { listen 127.0.0.1:${port}; root ${root}; }
}
`
}
