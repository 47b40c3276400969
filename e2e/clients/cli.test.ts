// The command line as a person and as a script meet it: a process of its own, against a started
// server, with a home that nothing was in.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { EXIT } from '../../packages/cli/src/exit-codes.ts'
import { type Ended, openShell, openSignedIn } from '../cli.ts'
import { startServer } from '../server.ts'
import { PATH_OUTSIDE, pythonWith, ROOT } from '../setup.ts'

const python = pythonWith('wandb')
/** All but the line feed: what a pipe must never see. */
const CONTROL_CHARACTER = /[\u0000-\u0009\u000b-\u001f\u007f]/
/** Of waiting for what comes in a moment. */
const LIMIT_MILLISECONDS = 60_000
const FIRST = 'the first weights'
const BETTER = 'better weights'

/** What differs from run to run, by a name. */
function steady(text: string, url: string): string {
  return text
    .replaceAll(url, '<url>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replaceAll(/sha256:[0-9a-f]{12,64}/g, '<digest>')
    .replaceAll(/(<time>|<digest>) +/g, '$1 ')
}

function document({ stdout, code, stderr }: Ended) {
  assert.equal(code, 0, stderr)
  assert.equal(stderr, '')
  assert.equal(stdout.split('\n').length, 2, 'one document in one line')
  return JSON.parse(stdout)
}

function refusal({ stdout, code, stderr }: Ended) {
  assert.equal(stdout, '')
  const { error } = JSON.parse(stderr)
  assert.equal(code, error.exitCode)
  return error
}

test('the story: push, promote, pull, a better one, rollback', async (t) => {
  const server = await startServer(t)
  const shell = openShell(t)
  const say = async (line: string, stdin = ''): Promise<string> => {
    const { stdout, stderr, code } = await shell.run({ stdin }, ...line.split(' '))
    assert.doesNotMatch(stdout + stderr, CONTROL_CHARACTER)
    const exit = code === 0 ? '' : `exit ${code}\n`
    return steady(`$ greenroom ${line}\n${stdout}${stderr}${exit}\n`, server.url)
  }
  const model = path.join(shell.folder, 'model.bin')
  writeFileSync(model, FIRST)
  let transcript = await say('resolve demo/classifier')
  transcript += await say(`login ${server.url}`, `${server.adminKey}\n`)
  const file = path.join(shell.folder, '.config', 'greenroom', 'credentials.json')
  assert.equal(statSync(file).mode & 0o777, 0o600)

  transcript += await say('push model.bin demo/classifier --alias staging --metadata accuracy=0.91')
  transcript += await say('show demo/classifier:staging')
  transcript += await say('promote demo/classifier:staging --to production --reason first')
  transcript += await say('pull demo/classifier:production first')
  assert.equal(readFileSync(path.join(shell.folder, 'first', 'model.bin'), 'utf8'), FIRST)
  writeFileSync(model, BETTER)
  transcript += await say('push model.bin demo/classifier --alias staging --metadata accuracy=0.95')
  transcript += await say('push model.bin demo/classifier --alias staging')
  transcript += await say('diff demo/classifier:production demo/classifier:staging')
  transcript += await say('promote demo/classifier:staging --to production --expect v0')
  transcript += await say('promote demo/classifier:staging --to production')
  transcript += await say('list demo/classifier')
  transcript += await say('history demo/classifier production')
  transcript += await say('rollback demo/classifier production --reason drifts')
  transcript += await say('resolve demo/classifier:production')
  transcript += await say('list demo')
  transcript += await say('tag demo/classifier:v0 --add audited')
  transcript += await say('user create alice')
  // What is refused: by the registry, and as typed.
  transcript += await say('promote demo/classifier:v1 --to production --expect v1')
  transcript += await say('rollback demo/classifier production')
  transcript += await say('resolve demo/classifier:prodcution')
  transcript += await say('show demo/clasifier')
  transcript += await say('show nowhere/classifier:v0')
  transcript += await say('show demo/classifier:v9')
  transcript += await say('show classifier')
  transcript += await say('history demo/classifier:production')
  transcript += await say('promot demo/classifier:v1 --to production')
  transcript += await say('promote demo/classifier:v1 --expects v1 --to production')
  transcript += await say('promote demo/classifier:v1 --expect newest --to production')
  transcript += await say('list demo --url http://127.0.0.1:9')
  const told = path.join(import.meta.dirname, 'cli-story.txt')
  if (process.env.WRITE_STORY === '1') writeFileSync(told, transcript)
  assert.equal(transcript, readFileSync(told, 'utf8'))
})

test('the same for programs: one JSON document, and the exit code', async (t) => {
  const server = await startServer(t)
  const shell = await openSignedIn(t, server)
  writeFileSync(path.join(shell.folder, 'model.bin'), FIRST)
  const ask = async (...argv: string[]) => document(await shell.greenroom(...argv, '--json'))
  const refused = async (...argv: string[]) => refusal(await shell.greenroom(...argv, '--json'))

  const pushed = await ask('push', 'model.bin', 'demo/c', '--alias', 'staging')
  assert.deepEqual([pushed.version, pushed.created, pushed.sentBytes], ['v0', true, FIRST.length])
  const again = await ask('push', 'model.bin', 'demo/c')
  assert.deepEqual([again.version, again.created, again.sentBytes], ['v0', false, 0])
  const moved = await ask('promote', 'demo/c:staging', '--to', 'production')
  assert.deepEqual([moved.changed, moved.generation], [true, 1])
  const pulled = await ask('pull', 'demo/c:production', 'there')
  assert.deepEqual([pulled.ref, pulled.files, pulled.bytes], ['admin/demo/c:v0', 1, FIRST.length])
  assert.equal((await ask('show', 'demo/c')).files[0].path, 'model.bin')
  assert.equal((await ask('resolve', 'demo/c:production')).foundBy, 'alias')
  assert.equal((await ask('history', 'demo/c', 'production')).items.length, 1)
  assert.equal((await ask('list', 'demo')).items[0].name, 'c')
  assert.equal((await ask('list', 'admin/demo/')).items[0].name, 'c')
  assert.equal((await ask('list', 'demo/c')).items[0].version, 'v0')
  assert.equal((await ask('diff', 'demo/c:v0', 'demo/c:staging')).sameContent, true)
  assert.equal((await ask('tag', 'demo/c:v0', '--add', 'x')).tags[0], 'x')

  await ask('user', 'create', 'robot')
  const token = await ask('token', 'create', 'ci', '--user', 'robot')
  const asRobot = { environment: { GREENROOM_URL: server.url, GREENROOM_API_KEY: token.key } }
  const stranger = await shell.run(asRobot, 'show', 'admin/demo/c', '--json')
  assert.equal(refusal(stranger).exitCode, EXIT.notFound)
  await ask('token', 'revoke', token.id, '--user', 'robot')
  const unknown = { environment: { ...asRobot.environment, GREENROOM_API_KEY: 'b'.repeat(40) } }
  const nobody = refusal(await shell.run(unknown, 'list', 'demo', '--json'))
  assert.deepEqual([nobody.code, nobody.exitCode], ['unauthenticated', EXIT.notAllowed])

  const place = 'registry/model/c'
  const linked = await ask('link', 'demo/c:v0', place, '--alias', 'staging')
  assert.deepEqual([linked.version, linked.created], ['v0', true])
  const plan = await ask('promote', `${place}:staging`, '--to', 'production', '--dry-run')
  assert.deepEqual([plan.allowed, plan.changed, plan.added], [true, true, ['v0']])
  assert.equal((await refused('resolve', `${place}:production`)).code, 'alias_unknown')
  assert.deepEqual(await ask('unlink', `${place}:staging`), { ref: linked.ref, unlinked: true })
  assert.ok((await ask('list')).items.some(({ name }: { name: string }) => name === 'demo'))

  const lost = await refused('promote', 'demo/c:v0', '--to', 'production', '--expect', '7')
  assert.deepEqual(
    [lost.code, lost.exitCode, lost.details.generation],
    ['generation_mismatch', EXIT.conflict, 1],
  )
  assert.equal((await refused('rollback', 'demo/c', 'production')).exitCode, EXIT.refused)
  assert.equal((await refused('show', 'demo/c:v9')).exitCode, EXIT.notFound)
  assert.equal((await refused('show', 'c')).exitCode, EXIT.usage)
  const away = { environment: { GREENROOM_URL: 'http://127.0.0.1:9', GREENROOM_API_KEY: 'a' } }
  const gone = refusal(await shell.run(away, 'list', 'demo', '--json'))
  assert.deepEqual([gone.code, gone.exitCode], ['unreachable', EXIT.unreachable])
})

test('watch runs a command after each move, again when it fails, and goes on', async (t) => {
  const server = await startServer(t)
  const shell = await openSignedIn(t, server)
  writeFileSync(path.join(shell.folder, 'model.bin'), FIRST)
  await shell.greenroom('push', 'model.bin', 'demo/c', '--alias', 'production')
  writeFileSync(path.join(shell.folder, 'last'), '0\n')
  // Fails the first time.
  const command =
    'test -e tried || { touch tried; exit 3; }; ' +
    'echo "$GREENROOM_REVISION" > newest; echo "$GREENROOM_REF" >> moves'
  const watcher = shell.start('watch', 'demo/c:production', '--exec', command, '--state', 'last')
  const read = (name: string) => {
    try {
      return readFileSync(path.join(shell.folder, name), 'utf8')
    } catch {
      return ''
    }
  }
  const until = async (holds: () => boolean) => {
    for (const end = Date.now() + LIMIT_MILLISECONDS; !holds(); await sleep(50))
      assert.ok(Date.now() < end, `not in time: ${read('moves')}, remembered: ${read('last')}`)
  }
  await until(() => read('moves') === 'admin/demo/c:v0\n')
  writeFileSync(path.join(shell.folder, 'model.bin'), BETTER)
  await shell.greenroom('push', 'model.bin', 'demo/c', '--alias', 'production')
  await until(() => read('moves') === 'admin/demo/c:v0\nadmin/demo/c:v1\n')
  // It remembers a move when the command has ended: stopped sooner, it would tell of it again.
  await until(() => read('last') === read('newest'))
  await watcher.stop()
  // Moved while nobody watches: told when it goes on.
  await shell.greenroom('rollback', 'demo/c', 'production')
  const goesOn = shell.start('watch', 'demo/c:production', '--exec', command, '--state', 'last')
  await until(() => read('moves') === 'admin/demo/c:v0\nadmin/demo/c:v1\nadmin/demo/c:v0\n')
  await goesOn.stop()
})

test('wandb pulls what the command line pushed, and the other way round', {
  skip: python.missing,
}, async (t) => {
  const server = await startServer(t)
  const shell = await openSignedIn(t, server)
  writeFileSync(path.join(shell.folder, 'weights.bin'), FIRST)
  await shell.greenroom('push', 'weights.bin', 'doors/both', '--alias', 'production')
  const script = path.join(import.meta.dirname, 'wandb_both_doors.py')
  const { stdout } = await promisify(execFile)(python.path, [script], {
    cwd: shell.folder,
    timeout: 180_000,
    env: {
      PATH: process.env.PATH,
      HOME: shell.folder,
      WANDB_BASE_URL: server.url,
      WANDB_API_KEY: server.adminKey,
      WANDB_ERROR_REPORTING: 'false',
      WANDB_SILENT: 'true',
    },
  })
  const said = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  assert.deepEqual(said, { pulled: FIRST, single: FIRST, version: 'v1' })
  const { code, stderr } = await shell.greenroom('pull', 'doors/both:production', 'theirs')
  assert.equal(code, 0, stderr)
  const theirs = readFileSync(path.join(shell.folder, 'theirs', 'weights.bin'), 'utf8')
  assert.equal(theirs, 'from wandb')
})

test("operators' verbs are the server's own program", async (t) => {
  const shell = openShell(t)
  const { stdout, code } = await shell.greenroom('config', '--port', '4848')
  assert.equal(code, 0)
  assert.match(stdout, /port +4848 +.*--port/)
  const help = await shell.greenroom('verify', '--help')
  assert.match(help.stdout, /--no-blobs/)
  const wrong = await shell.greenroom('verify', '--data', path.join(shell.folder, 'nowhere'))
  assert.equal(wrong.code, 2)
})

test('every verb explains itself, with examples', async (t) => {
  const shell = openShell(t)
  const { stdout } = await shell.greenroom('--help')
  const verbs = verbsIn(stdout)
  for (const verb of ['login', 'push', 'pull', 'list', 'show', 'resolve', 'watch', 'promote'])
    assert.ok(verbs.includes(verb), `${verb} is not listed`)
  const explain = async (...verb: string[]) => {
    const { stdout: text, code } = await shell.greenroom(...verb, '--help')
    assert.equal(code, 0, verb.join(' '))
    const own = verbsIn(text)
    if (own.length === 0) assert.match(text, /\nExamples:\n {2}\$ /, verb.join(' '))
    await Promise.all(own.map((each) => explain(...verb, each)))
  }
  const handedOver = new Set([
    'serve',
    'verify',
    'collect',
    'backup',
    'restore',
    'sign-in-link',
    'config',
    'help',
  ])
  for (const verb of verbs) if (!handedOver.has(verb)) await explain(verb)
})

/** The verbs that a help lists, but for "help" itself. */
function verbsIn(help: string): string[] {
  const [, listed = ''] = help.split(/^(?:Sign in|Commands):\n/m)
  return [...listed.matchAll(/^ {2}([a-z][a-z-]+)(?:\|\w+)?(?: \S+)* {2,}\S/gm)]
    .map(([, verb = '']) => verb)
    .filter((verb) => verb !== 'help')
}

for (const shellName of ['bash', 'zsh', 'fish'])
  test(`completion for ${shellName}`, async (t) => {
    const shell = openShell(t)
    const { stdout, code } = await shell.greenroom('completion', shellName)
    assert.equal(code, 0)
    assert.match(stdout, /rollback/)
    if (shellName !== 'bash') return
    const script = `${stdout}
      COMP_WORDS=(greenroom prom); COMP_CWORD=1; _greenroom; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(greenroom stage s); COMP_CWORD=2; _greenroom; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(greenroom promote --ex); COMP_CWORD=2; _greenroom; echo "\${COMPREPLY[@]}"`
    const said = await promisify(execFile)('bash', ['-c', script])
    assert.equal(said.stdout, 'promote\nset\n--expect\n')
  })

test('the packed command runs where it is installed, without the clone', async (t) => {
  const server = await startServer(t)
  const shell = openShell(t)
  const npm = promisify(execFile)
  const environment = { PATH: process.env.PATH, HOME: shell.folder }
  // With all that it depends on, out of this clone: a test needs no network.
  const tarballs = folders('packages/cli').map((folder) => path.join(ROOT, folder))
  await npm('npm', ['pack', '--pack-destination', shell.folder, ...tarballs], { env: environment })
  const packed = readdirSync(shell.folder).filter((name) => name.endsWith('.tgz'))
  assert.equal(packed.length, tarballs.length)
  writeFileSync(path.join(shell.folder, 'package.json'), '{"private":true}')
  const install = [
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    ...packed.map((n) => `./${n}`),
  ]
  await npm('npm', install, { cwd: shell.folder, env: environment })

  writeFileSync(path.join(shell.folder, 'model.bin'), FIRST)
  const story = `
    npx greenroom --version
    echo ${server.adminKey} | npx greenroom login ${server.url}
    npx greenroom push model.bin demo/packed --alias staging
    npx greenroom pull demo/packed:staging there
    cmp model.bin there/model.bin
  `
  // The machine's own Node, which may be as old as 20, and the pinned one.
  for (const bin of ['', `${path.dirname(process.execPath)}:`]) {
    const { stdout } = await npm('bash', ['-euc', `node --version; ${story}`], {
      cwd: shell.folder,
      env: { ...environment, PATH: `${bin}${PATH_OUTSIDE}` },
    })

    assert.match(stdout, /^v\d+\.\d+\.\d+\n0\.1\.0\nSigned in /)
  }
})

/** A package and all that it depends on, as folders of the clone. */
function folders(folder: string): string[] {
  const found = new Set<string>()
  const visit = (place: string) => {
    if (found.has(place)) return
    found.add(place)
    const manifest = readFileSync(path.join(ROOT, place, 'package.json'), 'utf8')
    for (const name of Object.keys(JSON.parse(manifest).dependencies ?? {}))
      visit(`node_modules/${name}`)
  }
  visit(folder)
  return [...found]
}
