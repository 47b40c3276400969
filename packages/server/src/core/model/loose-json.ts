/**
 * JSON as Python writes it: `NaN`, `Infinity` and `-Infinity` may stand bare where a value stands.
 * The wandb client sends them in a run's config, summary and lines, and reads them back from text.
 *
 * In the value that comes out they are strings, since no JSON of ours may carry them bare. Throws
 * `SyntaxError` for what is no JSON even so.
 */
export function parseLooseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return JSON.parse(text.replaceAll(STRINGS_AND_BARE_NUMBERS, quoteBareNumber))
  }
}

/**
 * A string, which stays as it is, or one of the three words outside of strings. One that never ends
 * is taken to the end of the text: to look for another beginning at each quote in it would take for
 * ever.
 */
const STRINGS_AND_BARE_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"?|-?\bInfinity\b|\bNaN\b/gs

function quoteBareNumber(found: string): string {
  return found.startsWith('"') ? found : `"${found}"`
}

/** Beneath, the later value stays: as deep as what the client keeps of each process in a config. */
const MERGED_LEVELS = 5

/**
 * One object of two such texts: where both have a value and one of them is no object, the later
 * one's stays. Numbers stay as they were written, bare words too. Where one text is no JSON, there
 * is nothing to merge, and the later one stays.
 */
export function mergeLooseJson(earlier: string, later: string): string {
  try {
    const merged = mergeValues(parseAsWritten(earlier), parseAsWritten(later), MERGED_LEVELS)
    return JSON.stringify(merged).replaceAll(MARKED, '$1')
  } catch (error) {
    // Too deep for JSON is a RangeError.
    if (error instanceof SyntaxError || error instanceof RangeError) return later
    throw error
  }
}

/** JSON writes it as an escape, so that it is told from what a user wrote. */
const MARK = '\u0000number '
const MARKED = /"\\u0000number (-?(?:NaN|Infinity|\d[\d.eE+-]*))"/g
const STRINGS_AND_NUMBERS = new RegExp(
  `${STRINGS_AND_BARE_NUMBERS.source}|-?\\d[\\d.eE+-]*`,
  STRINGS_AND_BARE_NUMBERS.flags,
)

/** Every number as a marked string. */
function parseAsWritten(text: string): unknown {
  return JSON.parse(
    text.replaceAll(STRINGS_AND_NUMBERS, (found) =>
      found.startsWith('"') ? found : JSON.stringify(MARK + found),
    ),
  )
}

function mergeValues(earlier: unknown, later: unknown, levels: number): unknown {
  if (levels === 0 || !isPlainObject(earlier) || !isPlainObject(later)) return later
  const merged = new Map(Object.entries(earlier))
  for (const [key, value] of Object.entries(later))
    merged.set(key, merged.has(key) ? mergeValues(merged.get(key), value, levels - 1) : value)
  return Object.fromEntries(merged)
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object in such a text, or an empty one when it holds none. */
export function looseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = parseLooseJson(text)
    return isPlainObject(value) ? value : {}
  } catch {
    return {}
  }
}
