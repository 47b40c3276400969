import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import path from 'node:path'

const RESULTS = path.join(import.meta.dirname, 'results.md')
const HEAD = `# Measured

Ratios hold; absolute figures swing with the machine. \`npm run bench\` writes this file anew,
section by section.
`

/** Puts a measure's section into \`results.md\` (in the place of its last one) and prints it. */
export function report(id: string, title: string, lines: readonly string[]): void {
  const section = [`## ${id}: ${title}`, '', circumstances(), '', ...lines, ''].join('\n')
  console.log(section)
  if (process.argv.includes('--quick')) return
  const before = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8') : HEAD
  const [head = '', ...sections] = before.split(/^(?=## )/m)
  const others = sections.filter((other) => !other.startsWith(`## ${id}: `))
  const all = [...others.map((other) => `${other.trimEnd()}\n`), section]
  writeFileSync(RESULTS, [head.trimEnd(), '', ...all.toSorted(byId)].join('\n'))
}

export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  return { median, low: sorted[0] ?? Number.NaN, high: sorted.at(-1) ?? Number.NaN }
}

/** `1234 (1100–1300)`; a dash where there was nothing to measure. */
export function show(values: readonly number[], digits = 0): string {
  if (values.length === 0 || values.some(Number.isNaN)) return '–'
  const { median, low, high } = spreadOf(values)
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`
}

/** A Markdown table; the first column names the row. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(['', ...head]), line(['', ...head].map(() => '---')), ...rows.map(line)]
}

/** Round by round: what ran right after one another met the same machine. */
export function ratios(some: readonly number[], anchors: readonly number[]): readonly number[] {
  return some.map((one, at) => one / (anchors[at] ?? Number.NaN))
}

function circumstances(): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  }).trim()
  const [cpu] = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  // What else ran on the machine: above the number of processors, absolute figures say little.
  const load = `load ${loadavg()[1]?.toFixed(1)}`
  const processor = `${cpus().length} × ${cpu?.model.trim()}`
  const machine = `${processor}, ${memory}, ${load}, Node ${process.versions.node}`
  const day = new Date().toISOString().slice(0, 10)
  const [name] = path.basename(process.argv[1] ?? '').split('-')
  return `${day}, commit ${commit}; ${machine}; \`npm run bench -- ${name}\``
}

function byId(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true })
}
