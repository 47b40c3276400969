import picocolors from 'picocolors'

/** A stream that is written to, and whether a person watches it. */
export interface Sink {
  readonly isTTY?: boolean
  write(text: string): unknown
}

export type Colours = ReturnType<typeof picocolors.createColors>

/** Where a command says what it has to say: results to `out`, everything else to `err`. */
export interface Output {
  /** One JSON document for programs, and nothing for people. */
  readonly json: boolean
  readonly colours: Colours
  /** Whether bars may be drawn: a person watches, and no program reads. */
  readonly bars: boolean
  /** Prints the result: `value` for programs, `text` for people. */
  result(value: unknown, text: () => string): void
  /** A line beside the result, for people only. */
  note(line: string): void
}

export interface OutputOptions {
  readonly json: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly out: Sink
  readonly err: Sink
}

export function createOutput({ json, environment, out, err }: OutputOptions): Output {
  return {
    json,
    colours: picocolors.createColors(!json && wantsColour(out, environment)),
    bars: !json && err.isTTY === true && environment.TERM !== 'dumb',
    result(value, text) {
      out.write(json ? `${JSON.stringify(value)}\n` : withNewline(text()))
    },
    note(line) {
      if (!json) err.write(`${line}\n`)
    },
  }
}

/** https://no-color.org: any value but the empty one turns colour off. */
export function wantsColour(
  sink: Sink,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const refused = environment.NO_COLOR !== undefined && environment.NO_COLOR !== ''
  return sink.isTTY === true && !refused && environment.TERM !== 'dumb'
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

/** Rows under upper-case headings, two spaces between columns, no space at the end of a line. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings.map((heading) => heading.toUpperCase()), ...rows.map(plainCells)]
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => lengthOf(line[column] ?? ''))),
  )
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - lengthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** Facts one below the other: `name   value`. */
export function facts(pairs: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}\n`).join('')
}

function plainCells(cells: readonly string[]): string[] {
  return cells.map((cell) => printable(cell.replaceAll('\n', ' ')))
}

/**
 * What others wrote must not steer the terminal: control characters become visible. Colours are put
 * on afterwards.
 */
export function printable(text: string): string {
  return text.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function lengthOf(text: string): number {
  return [...text].length
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `1.5 MiB`. */
export function size(bytes: number): string {
  let value = bytes
  let unit = 0
  for (; value >= 1024 && unit < UNITS.length - 1; unit++) value /= 1024
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`
}

/** To the second: people compare times, and programs take `--json`. */
export function time(rfc3339: string): string {
  return rfc3339.replace(/\.\d+Z$/, 'Z')
}

/** Enough of a digest to tell two apart. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12)
}
