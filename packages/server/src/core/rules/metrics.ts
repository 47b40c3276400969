import { LINES_PER_SPAN, MAX_FIELD_CHARACTERS, MAX_LAST_VALUE_CHARACTERS } from '../limits.ts'
import { looseObject } from '../model/loose-json.ts'
import type { MetricKey, MetricSpan, RunLine } from '../model/run.ts'

/** One history line, read: its step, and its metrics by dotted name. */
export interface ReadLine {
  readonly line: number
  readonly step: number | null
  readonly values: ReadonlyMap<string, unknown>
}

/** Deeper than this an object is one value. */
const MAX_DEPTH = 8

export function readLine({ line, text }: RunLine): ReadLine {
  const row = looseObject(text)
  const values = new Map<string, unknown>()
  addLeaves(values, '', row, 0)
  const step = row._step
  return {
    line,
    step: typeof step === 'number' && Number.isSafeInteger(step) ? step : null,
    values,
  }
}

/** Nested objects are dotted; a media object, which says its `_type`, is one value. */
function addLeaves(
  values: Map<string, unknown>,
  prefix: string,
  object: Readonly<Record<string, unknown>>,
  depth: number,
): void {
  for (const [name, value] of Object.entries(object)) {
    const key = prefix + name
    if (isPlainObject(value) && !('_type' in value) && depth < MAX_DEPTH)
      addLeaves(values, `${key}.`, value, depth + 1)
    else if (isStorable(key)) values.set(key, value)
  }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** PostgreSQL keeps no NUL and no half of a surrogate pair. */
function isStorable(key: string): boolean {
  return key.length <= MAX_FIELD_CHARACTERS && !key.includes('\0') && key.isWellFormed()
}

/** What is known of each metric after more lines. `before` holds those that were known. */
export function foldKeys(
  before: ReadonlyMap<string, MetricKey>,
  lines: readonly ReadLine[],
  replaced: readonly ReadLine[],
): readonly MetricKey[] {
  const folded = new Map<string, Running>()
  const current = (key: string) => {
    const there = folded.get(key)
    if (there !== undefined) return there
    const begun = runningFrom(before.get(key))
    folded.set(key, begun)
    return begun
  }
  for (const { values } of replaced)
    for (const key of values.keys()) {
      const known = before.has(key) ? current(key) : undefined
      if (known !== undefined) known.count = Math.max(0, known.count - 1)
    }
  for (const { line, values } of lines)
    for (const [key, value] of values) advance(current(key), line, value)
  return Array.from(folded, ([key, running]) => keyOf(key, running))
}

/** A metric while lines are folded into it: a value becomes text once, when it is the last. */
interface Running {
  readonly before: MetricKey | undefined
  count: number
  monotonic: boolean
  lastLine: number
  /** Undefined while it is that of `before`. */
  last: unknown
  /** The last value to compare with; NaN where it is no number. */
  lastNumber: number
}

function runningFrom(before: MetricKey | undefined): Running {
  return {
    before,
    count: before?.count ?? 0,
    monotonic: before?.monotonic ?? true,
    lastLine: before?.lastLine ?? -1,
    last: undefined,
    lastNumber: before === undefined ? -Infinity : Number(before.last),
  }
}

function advance(running: Running, line: number, value: unknown): void {
  running.count += 1
  if (line < running.lastLine) return
  const number = typeof value === 'number' ? value : Number.NaN
  const isHigher = running.lastLine === line || running.lastNumber <= number
  running.monotonic &&= isHigher
  running.lastLine = line
  running.last = value
  running.lastNumber = number
}

function keyOf(key: string, { before, last, lastLine, count, monotonic }: Running): MetricKey {
  if (before !== undefined && last === undefined) return { ...before, count }
  const text = JSON.stringify(last)
  const isKept = text.length <= MAX_LAST_VALUE_CHARACTERS && !/\\u0000|\\ud[89a-f]/.test(text)
  return { key, kind: kindOf(last), count, monotonic, lastLine, last: isKept ? text : null }
}

/** Bare numbers that are no JSON have been read as texts. */
const BARE_NUMBERS: ReadonlySet<unknown> = new Set(['NaN', 'Infinity', '-Infinity'])

function kindOf(value: unknown): MetricKey['kind'] {
  if (typeof value === 'number' || BARE_NUMBERS.has(value)) return 'number'
  return typeof value === 'string' ? 'string' : 'other'
}

/** Where the extremes of each metric stand, a span at a time. What is not finite has none. */
export function foldSpans(lines: readonly ReadLine[]): readonly MetricSpan[] {
  const folded = new Map<string, MetricSpan>()
  for (const { line, values } of lines) {
    const span = Math.floor(line / LINES_PER_SPAN)
    for (const [key, value] of values) {
      if (typeof value !== 'number' || !Number.isFinite(value) || key.startsWith('_')) continue
      const name = `${span} ${key}`
      const there = folded.get(name)
      folded.set(
        name,
        there === undefined ? spanOf(key, span, line, value) : widen(there, line, value),
      )
    }
  }
  return [...folded.values()]
}

function spanOf(key: string, span: number, line: number, value: number): MetricSpan {
  return { key, span, low: value, lowLine: line, high: value, highLine: line }
}

function widen(span: MetricSpan, line: number, value: number): MetricSpan {
  if (value < span.low) return { ...span, low: value, lowLine: line }
  if (value > span.high) return { ...span, high: value, highLine: line }
  return span
}

/**
 * Of spans in order the lines that draw the curve with so many points: of each stretch of spans the
 * line of its lowest and the line of its highest value, so that no spike is lost.
 */
export function pickLines(spans: readonly MetricSpan[], points: number): ReadonlySet<number> {
  const stretches = Math.max(1, Math.floor(points / 2))
  const width = Math.ceil(spans.length / stretches)
  const picked = new Set<number>()
  for (let from = 0; from < spans.length; from += width) {
    const part = spans.slice(from, from + width)
    const lowest = part.reduce((a, b) => (b.low < a.low ? b : a))
    const highest = part.reduce((a, b) => (b.high > a.high ? b : a))
    picked.add(lowest.lowLine)
    picked.add(highest.highLine)
  }
  return picked
}
