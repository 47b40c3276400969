/**
 * Whether a text fits a pattern in which each `*` stands for any characters, also none, and
 * everything else for itself. The parts between the stars are looked for one after another, each at
 * its first place: what a later part needs can only lie behind it, so that nothing is tried twice.
 */
export function fitsGlob(pattern: string, text: string): boolean {
  if (pattern === '*') return true
  const parts = pattern.split('*')
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (parts.length === 1) return pattern === text
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from)
    if (at === -1) return false
    from = at + part.length
  }
  return from + last.length <= text.length
}
