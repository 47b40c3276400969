// What of a page's state stands in its address: plain `?tab=board&tag=a&tag=b`, nothing quoted.

export type RawSearch = Readonly<Record<string, unknown>>

export function parseSearch(text: string): Record<string, string | string[]> {
  const parameters = new URLSearchParams(text)
  const found: Record<string, string | string[]> = {}
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name)
    found[name] = values.length === 1 ? (values[0] ?? '') : values
  }
  return found
}

/** Leaves out what is undefined or empty. */
export function stringifySearch(search: RawSearch): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(search))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null && one !== '') parameters.append(name, String(one))
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}

/** Readers for `validateSearch`: what is missing or nonsense is undefined, never an error. */
export function textIn(search: RawSearch, name: string): string | undefined {
  const value = search[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function oneIn<Choice extends string>(
  search: RawSearch,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  return choices.find((choice) => choice === search[name])
}

export function listIn(search: RawSearch, name: string): readonly string[] | undefined {
  const value = search[name]
  const list = Array.isArray(value) ? value : [value]
  const texts = list.filter((one) => typeof one === 'string' && one !== '')
  return texts.length === 0 ? undefined : texts
}
