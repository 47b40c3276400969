// docs/production.md: nginx with its configuration in front of the server, and the nightly script.

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { skipNginx } from '../../bench/nginx.ts'
import { freePort } from '../../packages/server/test/free-port.ts'
import { openShell } from '../cli.ts'
import { startServer } from '../server.ts'
import { ROOT } from '../setup.ts'

const run = promisify(execFile)
/** Of waiting for what comes in a moment. */
const LIMIT_MILLISECONDS = 60_000
const PAGE = readFileSync(path.join(ROOT, 'docs', 'production.md'), 'utf8')

function block(language: string, contains: string): string {
  const blocks = [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
  const found = blocks.find(([, name, code = '']) => name === language && code.includes(contains))
  assert.ok(found?.[2] !== undefined, `docs/production.md has no such ${language} block`)
  return found[2]
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'greenroom-production-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('behind nginx, over TLS: big files, odd names, and events at once', {
  skip: skipNginx,
}, async (t) => {
  const folder = temporaryFolder(t)
  const [secure, plain, port] = [await freePort(), await freePort(), await freePort()]
  const url = `https://localhost:${secure}`
  const server = await startServer(t, {
    port,
    environment: { GREENROOM_PUBLIC_URL: url, GREENROOM_TRUSTED_PROXIES: '127.0.0.1' },
  })
  const certificate = await startNginx(t, folder, { secure, plain, upstream: `127.0.0.1:${port}` })
  const shell = openShell(t)
  const environment = { NODE_EXTRA_CA_CERTS: certificate }
  const greenroom = async (...argv: string[]) => {
    const ended = await shell.run({ environment, stdin: server.adminKey }, ...argv)
    assert.equal(ended.code, 0, ended.stderr)
    return ended.stdout
  }
  // Above nginx's own limits on bodies (1 MiB) and buffers.
  const bytes = randomBytes(24 * 1024 * 1024)
  writeFileSync(path.join(shell.folder, 'model.bin'), bytes)
  await greenroom('login', url)
  const name = 'demo/100% sure, größer'
  await greenroom('push', 'model.bin', name, '--alias', 'staging')
  await greenroom('pull', `${name}:staging`, 'there')
  assert.deepEqual(readFileSync(path.join(shell.folder, 'there', 'model.bin')), bytes)

  // An event comes while the answer goes on: nothing on the way holds it back.
  const events = await openStream(`${url}/api/v1/events/watch?kind=alias.moved&after=0`, {
    certificate,
    key: server.adminKey,
  })
  t.after(() => events.close())
  await events.until(/staging/)
  await greenroom('promote', `${name}:staging`, '--to', 'production')
  await events.until(/production/)
  const moved = await fetch(`http://127.0.0.1:${plain}/x`, {
    headers: { host: 'localhost' },
    redirect: 'manual',
  })
  assert.equal(moved.status, 301)
})

interface Ports {
  readonly secure: number
  readonly plain: number
  readonly upstream: string
}

/** Gives the file of the certificate. */
async function startNginx(t: TestContext, folder: string, ports: Ports): Promise<string> {
  const certificate = path.join(folder, 'fullchain.pem')
  const key = path.join(folder, 'privkey.pem')
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject]
  await run('openssl', [...made, '-keyout', key, '-out', certificate])
  const site = block('nginx', 'server_name')
    .replaceAll('models.example.com', 'localhost')
    .replaceAll('/etc/ssl/greenroom', folder)
    .replace('listen 443 ssl', `listen 127.0.0.1:${ports.secure} ssl`)
    .replace('listen 80', `listen 127.0.0.1:${ports.plain}`)
    .replace('127.0.0.1:4747', ports.upstream)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const file = path.join(folder, 'nginx.conf')
  writeFileSync(
    file,
    `daemon off; pid ${folder}/pid; ${process.getuid?.() === 0 ? 'user root;' : ''}
     events {}
     http {
       ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
       access_log off;
       ${site}
     }`,
  )
  const log = path.join(folder, 'error.log')
  const child = spawn('nginx', ['-c', file, '-p', folder, '-e', log], { stdio: 'ignore' })
  t.after(async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  for (const end = Date.now() + LIMIT_MILLISECONDS; Date.now() < end; await sleep(50)) {
    const isThere = await fetch(`http://127.0.0.1:${ports.plain}`, { redirect: 'manual' }).then(
      () => true,
      () => false,
    )
    if (isThere) return certificate
  }
  throw new Error(`nginx does not start: ${readFileSync(log, 'utf8')}`)
}

/** curl, since `fetch` takes no certificate of a test's own. */
async function openStream(url: string, who: { certificate: string; key: string }) {
  const flags = ['--no-buffer', '--silent', '--cacert', who.certificate, '-u', `:${who.key}`]
  const child = spawn('curl', [...flags, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  let seen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text
  })
  return {
    close: () => child.kill(),
    async until(pattern: RegExp): Promise<void> {
      for (const end = Date.now() + LIMIT_MILLISECONDS; !pattern.test(seen); await sleep(50))
        assert.ok(Date.now() < end, `not seen: ${pattern} in ${seen}`)
    },
  }
}

test('the nightly script backs up beside the server, and the backup can be restored', async (t) => {
  const folder = temporaryFolder(t)
  const data = path.join(folder, 'lib')
  const backups = path.join(folder, 'backups')
  mkdirSync(data)
  mkdirSync(backups)
  const server = await startServer(t, { dataFolder: data })
  const script = block('sh', '#!/bin/sh')
    .replace('/var/lib/greenroom', data)
    .replace('/opt/greenroom', ROOT)
    .replace('/var/backups/greenroom', backups)
  const night = () => run('sh', ['-c', script], { env: { PATH: process.env.PATH } })
  await night()
  const { stdout } = await night()
  assert.match(stdout, /Backed up 0 blobs.*\n.*\nNothing is damaged\./)
  await server.stop()
  const [main, restored] = [path.join(ROOT, 'packages/server/dist/main.js'), `${folder}/restored`]
  // Of each weekday one: at midnight there are two.
  const [weekday = ''] = readdirSync(backups)
  assert.match(weekday, /^[1-7]$/)
  await run(process.execPath, [main, 'restore', path.join(backups, weekday), '--data', restored])
})
