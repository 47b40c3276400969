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

/** The object in such a text, or an empty one when it holds none. */
export function looseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = parseLooseJson(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}
