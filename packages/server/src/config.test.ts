import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ConfigError, readConfig, type Surroundings } from './config.ts'

let folder = ''
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenroom-config-'))
})
after(() => rmSync(folder, { recursive: true }))

function read(given: Partial<Surroundings>): ReturnType<typeof readConfig> {
  const nothing = { argv: [], environment: {}, workingFolder: folder, terminal: false }
  return readConfig({ ...nothing, ...given })
}

function faultsOf(given: Partial<Surroundings>): string[] {
  try {
    read(given)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.message.split('\n')
  }
  return []
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('nothing given: everything has a default', () => {
  const { config, inForce } = read({})
  assert.deepEqual(config, {
    host: '127.0.0.1',
    port: 4747,
    dataFolder: join(folder, 'greenroom-data'),
    databaseUrl: null,
    publicUrl: null,
    allowedHosts: [],
    trustedProxies: [],
    requestsPerMinute: 60_000,
    garbageGraceSeconds: 3600,
    adminKey: null,
    logLevel: 'info',
    logFormat: 'json',
  })
  assert.ok(Object.isFrozen(config))
  assert.ok(inForce.every((line) => line.source === 'default'))
  assert.equal(read({ terminal: true }).config.logFormat, 'pretty')
})

test('a flag beats the environment, which beats the file', () => {
  const path = file('order.toml', 'host = "file"\nport = 1\nlog-level = "warn"\n')
  const { config, inForce } = read({
    argv: ['--host=flag', '--config', path],
    environment: { GREENROOM_HOST: 'environment', GREENROOM_PORT: '2', PORT: '3' },
  })
  assert.equal(config.host, 'flag')
  assert.equal(config.port, 2)
  assert.equal(config.logLevel, 'warn')
  const sources = Object.fromEntries(inForce.map((line) => [line.name, line.source]))
  assert.equal(sources.host, '--host')
  assert.equal(sources.port, 'GREENROOM_PORT')
  assert.equal(sources['log-level'], path)
})

test('the common names of platforms stand in, and an empty variable is not set', () => {
  const environment = { GREENROOM_PORT: '', PORT: '0', DATABASE_URL: 'postgres://db/x' }
  const { config } = read({ environment })
  assert.equal(config.port, 0)
  assert.equal(config.databaseUrl, 'postgres://db/x')
})

test('an unknown name is refused with the nearest known one', () => {
  assert.deepEqual(faultsOf({ environment: { GREENROOM_PROT: '1' } }), [
    'GREENROOM_PROT is not a setting. Did you mean GREENROOM_PORT?',
  ])
  assert.deepEqual(faultsOf({ argv: ['--prot', '1'] }).slice(0, 1), [
    '--prot is not a setting. Did you mean --port?',
  ])
  const path = file('unknown.toml', 'prot = 1\n')
  assert.match(faultsOf({ argv: ['--config', path] })[0] ?? '', /Did you mean port\?$/)
})

test('the variables of the SDK are known and ignored', () => {
  read({ environment: { GREENROOM_URL: 'http://x', GREENROOM_API_KEY: 'k' } })
})

test('every fault is named at once', () => {
  const faults = faultsOf({
    argv: ['--port', '65536', '--log-level', 'loud', '--host'],
    environment: { GREENROOM_PUBLIC_URL: 'models.example.com', GREENROOM_BLOBS_URL: 's3://b' },
  })
  assert.equal(faults.length, 5)
  for (const name of ['--port', '--log-level', '--host', 'GREENROOM_PUBLIC_URL', '_BLOBS_URL'])
    assert.ok(
      faults.some((fault) => fault.includes(name)),
      name,
    )
})

test('the file of the data folder is read when it is there, and may not move the folder', () => {
  file('greenroom.toml', 'public-url = "https://models.example.com/"\n')
  assert.equal(read({ argv: ['--data', '.'] }).config.publicUrl, 'https://models.example.com')
  file('greenroom.toml', 'data = "elsewhere"\n')
  assert.match(faultsOf({ argv: ['--data', '.'] })[0] ?? '', /lies in the data folder/)
  rmSync(join(folder, 'greenroom.toml'))
})

test('that the data folder is a file is not told as a fault of a file in it', () => {
  const path = file('not-a-folder', '')
  assert.equal(read({ argv: ['--data', path] }).config.dataFolder, path)
})

test('a named file must be there, and must be TOML', () => {
  assert.match(faultsOf({ argv: ['--config', 'absent.toml'] })[0] ?? '', /ENOENT/)
  const path = file('broken.toml', 'port = = 1')
  assert.match(faultsOf({ argv: ['--config', path] })[0] ?? '', /Invalid TOML/)
})

test('the admin key comes from one place and is never shown', () => {
  const key = 'k'.repeat(40)
  const path = file('key', `${key}\n`)
  const fromFile = read({ argv: ['--admin-key-file', 'key'] })
  assert.equal(fromFile.config.adminKey, key)
  const fromVariable = read({ environment: { GREENROOM_ADMIN_KEY: key } })
  assert.equal(fromVariable.config.adminKey, key)
  for (const { inForce } of [fromFile, fromVariable])
    assert.ok(!JSON.stringify(inForce).includes(key))
  const both = { GREENROOM_ADMIN_KEY: key, GREENROOM_ADMIN_KEY_FILE: path }
  assert.match(faultsOf({ environment: both })[0] ?? '', /one of them/)
})

test("a database's password is never shown, not even in a refusal", () => {
  for (const url of ['postgres://u:s3cret@db/x', 'postgres://db/x?password=s3cret'])
    assert.ok(!JSON.stringify(read({ argv: ['--database', url] }).inForce).includes('s3cret'))
  assert.ok(
    !faultsOf({ argv: ['--database', 'mysql://u:s3cret@db'] })
      .join()
      .includes('s3cret'),
  )
})

test('names, networks, limits and times are read as such', () => {
  const { config } = read({
    argv: ['--allowed-hosts', 'Models.example.com, registry', '--garbage-grace=2d'],
    environment: {
      GREENROOM_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8,::1',
      GREENROOM_RATE_LIMIT: '0',
    },
  })
  assert.deepEqual(config.allowedHosts, ['models.example.com', 'registry'])
  assert.deepEqual(config.trustedProxies, ['127.0.0.1', '10.0.0.0/8', '::1'])
  assert.deepEqual([config.requestsPerMinute, config.garbageGraceSeconds], [0, 172_800])
  const wrong = [
    ['--allowed-hosts', 'https://models.example.com'],
    ['--allowed-hosts', 'a,,b'],
    ['--allowed-hosts', 'name:4747'],
    ['--trusted-proxies', 'proxy'],
    ['--trusted-proxies', '10.0.0.0/33'],
    ['--rate-limit', '-1'],
    ['--rate-limit', '1.5'],
    ['--garbage-grace', '1'],
    ['--garbage-grace', '1w'],
  ]
  for (const argv of wrong) assert.equal(faultsOf({ argv }).length, 1, argv.join(' '))
})
