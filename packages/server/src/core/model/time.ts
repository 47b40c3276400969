/** Integer microseconds since 1970-01-01T00:00:00Z. Fits a double exactly until the year 2255. */
export type Micros = number

/** RFC 3339 in UTC with six fractional digits, e.g. `2026-03-01T12:00:00.000001Z`. */
export function formatTime(time: Micros): string {
  const milliseconds = Math.floor(time / 1000)
  const micros = time - milliseconds * 1000
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`
}

const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/

/** Parses RFC 3339; `undefined` when it is not. Digits below a microsecond are cut off. */
export function parseTime(text: string): Micros | undefined {
  const match = RFC_3339.exec(text)
  if (match === null) return undefined
  const [, day, clock, fraction = '', zone = 'Z'] = match
  const milliseconds = Date.parse(`${day}T${clock}${zone.toUpperCase()}`)
  if (Number.isNaN(milliseconds)) return undefined
  return milliseconds * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}
