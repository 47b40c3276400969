// The house rules of docs/STYLE.md that neither the formatter nor the linter knows. Each rule says
// how to mend what it finds, and each has a planted fault that it must find.

import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { importsOf, whyNot } from './import-table.ts'

const ROOT = path.resolve(import.meta.dirname, '..')
const MAX_FILE_LINES = 500
const MAX_LINE_COLUMNS = 100

/** Paths of the clone, with `/` between their parts, and the text of each file. */
type Tree = ReadonlyMap<string, string>

interface Rule {
  readonly name: string
  readonly applies: (file: string) => boolean
  readonly problems: (file: string, text: string, tree: Tree) => readonly string[]
  /** A file that breaks the rule. */
  readonly planted: readonly [file: string, text: string]
}

const isCode = (file: string) => /\.(ts|tsx|mjs)$/.test(file)
const isTest = (file: string) => /\.(test|conformance|bench)\.ts$|\/test\//.test(file)
const isPackage = (file: string) => /(^|\/)package\.json$/.test(file)
const isPage = (file: string) => file.endsWith('.md')

const RULES: readonly Rule[] = [
  {
    name: 'imports obey the table of ARCHITECTURE.md',
    applies: (file) => file.startsWith('packages/') && isCode(file),
    problems: (file, text) =>
      importsOf(text)
        .map((entry) => whyNot(file, entry))
        .filter((why) => why !== undefined),
    planted: [
      'packages/server/src/core/model/x.ts',
      "import { x } from '../operations/promote.ts'",
    ],
  },
  {
    name: 'what a package imports stands in its package.json',
    applies: (file) => /^packages\/[^/]+\/src\//.test(file) && isCode(file) && !isTest(file),
    problems: (file, text, tree) => {
      const manifest = `${file.split('/', 2).join('/')}/package.json`
      const { dependencies = {}, optionalDependencies = {} } = dependenciesOf(tree.get(manifest))
      const declared = { ...dependencies, ...optionalDependencies }
      return importsOf(text)
        .map(({ specifier }) => packageOf(specifier))
        .filter((name) => name !== undefined && declared[name] === undefined)
        .map((name) => `${name} is not a dependency: npm install --save-exact -w … ${name}`)
    },
    planted: ['packages/server/src/http/x.ts', "import x from 'left-pad'"],
  },
  {
    name: `files have at most ${MAX_FILE_LINES} lines`,
    applies: (file) => isCode(file) && !isTest(file),
    problems: (_file, text) => {
      const lines = text.split('\n').length - 1
      return lines > MAX_FILE_LINES ? [`${lines} lines: split it by what its parts are about`] : []
    },
    planted: ['scripts/x.ts', '\n'.repeat(MAX_FILE_LINES + 1)],
  },
  {
    name: `lines have at most ${MAX_LINE_COLUMNS} columns`,
    applies: isCode,
    problems: (_file, text) =>
      linesThat(text, (line) => [...line].length > MAX_LINE_COLUMNS).map(
        (number) => `line ${number}: break it (the formatter leaves comments and strings alone)`,
      ),
    planted: ['scripts/x.ts', `// ${'x'.repeat(MAX_LINE_COLUMNS)}`],
  },
  {
    name: 'file and folder names are kebab-case',
    // Examples are for people with their own habits, Python's among them.
    applies: (file) => !isPage(file) && !file.startsWith('examples/') && !file.endsWith('.py'),
    problems: (file) =>
      file
        .split('/')
        .filter((part) => !/^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(part))
        .filter((part) => !KEPT_NAMES.has(part))
        .map((part) => `${part}: lower-case words with - between them`),
    planted: ['scripts/myScript.ts', ''],
  },
  {
    name: 'nothing is left for later, and no test is singled out',
    applies: isCode,
    problems: (_file, text) => [
      ...linesThat(text, (line) => /\b(TO[D]O|FIX[M]E|XX[X])\b/.test(line)).map(
        (number) => `line ${number}: do it now, or file an issue and delete the note`,
      ),
      ...linesThat(text, (line) => /\b(test|it|describe)\.(only|todo)\(/.test(line)).map(
        (number) => `line ${number}: let every test run`,
      ),
    ],
    planted: ['scripts/x.ts', `test${'.only'}('x', () => {})`],
  },
  {
    name: 'no path of one machine',
    applies: (file) => isCode(file) || isPage(file),
    problems: (file, text) => {
      // A test may make up what a client's machine would say.
      const folders = isTest(file) ? 'root|work' : 'home|Users|root|work|tmp'
      const machine = new RegExp(`['"\`(\\s]/(${folders})/\\w`)
      return linesThat(text, (line) => machine.test(line)).map(
        (number) => `line ${number}: take it from the configuration, os.tmpdir() or import.meta`,
      )
    },
    planted: ['scripts/x.ts', `const folder = '/${'home'}/me/greenroom'`],
  },
  {
    name: 'every dependency is pinned, and docs/decisions/dependencies.md says why it is there',
    applies: isPackage,
    problems: (_file, text, tree) => {
      const page = tree.get('docs/decisions/dependencies.md') ?? ''
      return Object.values(dependenciesOf(text)).flatMap((kind) =>
        Object.entries(kind).flatMap(([name, version]) => [
          ...(/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) ? [] : [`${name}: pin it, not ${version}`]),
          ...(page.includes(`\`${name}\``)
            ? []
            : [`${name}: say in dependencies.md why it is here`]),
        ]),
      )
    },
    planted: ['packages/x/package.json', '{ "dependencies": { "fastify": "^5.0.0" } }'],
  },
  {
    name: 'every dependency is imported somewhere',
    applies: (file) => file.startsWith('packages/') && isPackage(file),
    problems: (file, text, tree) => {
      const sources = [...tree].filter(([name]) =>
        name.startsWith(file.replace('package.json', 'src/')),
      )
      return Object.keys(dependenciesOf(text).dependencies)
        .filter((name) => !sources.some(([, source]) => new RegExp(`'${name}['/]`).test(source)))
        .map((name) => `${name}: nothing imports it, so uninstall it`)
    },
    planted: ['packages/server/package.json', '{ "dependencies": { "left-pad": "1.3.0" } }'],
  },
  {
    name: 'every decision is linked from ARCHITECTURE.md',
    applies: (file) => file.startsWith('docs/decisions/') && isPage(file),
    problems: (file, _text, tree) =>
      (tree.get('ARCHITECTURE.md') ?? '').includes(`(${file})`) ? [] : [`add a link to ${file}`],
    planted: ['docs/decisions/9999-x.md', ''],
  },
  {
    name: 'links between pages lead somewhere',
    applies: isPage,
    problems: (file, text) =>
      [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !existsSync(path.join(ROOT, path.dirname(file), target)))
        .map((target) => `${target} is not there`),
    planted: ['docs/x.md', 'See [the page](nowhere.md).'],
  },
]

/** Names that others give to files. */
const KEPT_NAMES = new Set(['LICENSE', 'NOTICE'])

const tree = readTree()

for (const rule of RULES) {
  test(rule.name, () => {
    const found = [...tree]
      .filter(([file]) => rule.applies(file))
      .flatMap(([file, text]) => rule.problems(file, text, tree).map((why) => `${file}: ${why}`))
    if (found.length > 0) assert.fail(`\n${found.join('\n')}`)
  })

  test(`${rule.name}: finds a planted fault`, () => {
    const [file, text] = rule.planted
    assert.ok(rule.applies(file))
    assert.notDeepEqual(rule.problems(file, text, tree), [])
  })
}

function readTree(): Tree {
  const skipped = new Set(['node_modules', 'dist', '.git', '.setup', '.cache', 'greenroom-data'])
  const files = globSync(['*', '.ci/*', '{packages,scripts,e2e,bench,docs,examples}/**'], {
    cwd: ROOT,
    exclude: (name) => skipped.has(name) || name === '__pycache__',
  })
  return new Map(
    files
      .filter((file) => statSync(path.join(ROOT, file)).isFile())
      .map((file) => [file.replaceAll('\\', '/'), readFileSync(path.join(ROOT, file), 'utf8')]),
  )
}

/** Numbers of the lines, from 1, for which `breaks` holds. */
function linesThat(text: string, breaks: (line: string) => boolean): number[] {
  return text.split('\n').flatMap((line, index) => (breaks(line) ? [index + 1] : []))
}

interface Dependencies {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

function dependenciesOf(manifest = '{}'): Required<Dependencies> {
  const {
    dependencies = {},
    devDependencies = {},
    optionalDependencies = {},
  } = JSON.parse(manifest) as Dependencies
  return { dependencies, devDependencies, optionalDependencies }
}

/** The package of a specifier; undefined for files, Node's own modules and what a build makes. */
function packageOf(specifier: string): string | undefined {
  if (/^(\.|node:|virtual:)/.test(specifier)) return undefined
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}
