// Numbers, sizes and times for people. Pure, so that they can be tested.

const GROUPED = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

export function formatCount(count: number): string {
  return GROUPED.format(count)
}

/** `1 version`, `12,000 versions`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** Binary units, three digits. */
export function formatSize(bytes: number): string {
  let unit = 0
  let size = bytes
  while (size >= 1024 && unit < SIZE_UNITS.length - 1) {
    size /= 1024
    unit++
  }
  const digits = unit === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2
  return `${size.toFixed(digits)} ${SIZE_UNITS[unit]}`
}

/** Up to four significant digits, grouped; very large and very small ones with an exponent. */
export function formatMetric(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return GROUPED.format(value)
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(2)
  const digits = size >= 1000 ? 1 : size >= 1 ? 3 : 4
  return value.toLocaleString('en', { maximumFractionDigits: digits })
}

const STEPS = [
  [60, 'second', 1],
  [3_600, 'minute', 60],
  [86_400, 'hour', 3_600],
  [86_400 * 14, 'day', 86_400],
  [86_400 * 60, 'week', 86_400 * 7],
  [86_400 * 365 * 2, 'month', 86_400 * 30.44],
  [Number.POSITIVE_INFINITY, 'year', 86_400 * 365.25],
] as const

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'short' })

/** `3 hr. ago`, `in 2 days`; within some seconds `just now`. */
export function formatAgo(time: Date, now: number): string {
  const seconds = (time.getTime() - now) / 1000
  const size = Math.abs(seconds)
  if (size < 10) return 'just now'
  for (const [below, unit, length] of STEPS)
    if (size < below) return RELATIVE.format(Math.trunc(seconds / length), unit)
  return ''
}

const SHORT_UNITS = {
  second: 's',
  minute: 'min',
  hour: 'h',
  day: 'd',
  week: 'wk',
  month: 'mo',
  year: 'yr',
}

/** How old: `4 min`, `3 d`, `2 mo`. */
export function formatAge(time: Date, now: number): string {
  const seconds = Math.max(0, (now - time.getTime()) / 1000)
  for (const [below, unit, length] of STEPS)
    if (seconds < below) return `${Math.max(1, Math.trunc(seconds / length))} ${SHORT_UNITS[unit]}`
  return ''
}

const EXACT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
const DAY = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})

/** In the reader's own time zone, with UTC behind it. */
export function formatExact(time: Date): string {
  return `${EXACT.format(time)} (${time.toISOString().slice(0, 19)}Z)`
}

export function formatDay(time: Date): string {
  return DAY.format(time)
}

/** `sha256:1a2b3c4d5e6f…`. */
export function shortDigest(digest: string): string {
  const [kind, hex = ''] = digest.split(':')
  return hex.length > 12 ? `${kind}:${hex.slice(0, 12)}…` : digest
}
