/** A typing mistake, or another ending; more is another name. Bounds what each name costs, too. */
const MOST_EDITS = 5

/** Of these names the ones that a person may have meant, nearest first, at most `count`. */
export function nearNames(
  wanted: string,
  names: Iterable<string>,
  count: number,
): readonly string[] {
  const folded = wanted.toLowerCase()
  const most = Math.min(MOST_EDITS, Math.max(2, Math.floor(wanted.length / 3)))
  const near: { name: string; distance: number }[] = []
  for (const name of names) {
    const lower = name.toLowerCase()
    const distance = distanceWithin(most, folded, lower)
    if (distance !== undefined) near.push({ name, distance })
    // A part of a name is as far from it as the rest is long.
    else if (lower.includes(folded)) near.push({ name, distance: lower.length - folded.length })
  }
  return near
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name)
}

/**
 * The Levenshtein distance, if it is at most `most`. Of each row only what is that near to the
 * diagonal is computed (Ukkonen, "Algorithms for approximate string matching", 1985).
 */
function distanceWithin(most: number, left: string, right: string): number | undefined {
  if (Math.abs(left.length - right.length) > most) return undefined
  let row = Uint16Array.from({ length: right.length + 1 }, (_, at) => at)
  let next = new Uint16Array(row.length)
  for (let i = 1; i <= left.length; i++) {
    const from = Math.max(1, i - most)
    const to = Math.min(right.length, i + most)
    // What stands beside the computed part, here and in the row above, is too far to matter.
    next[from - 1] = from === 1 ? i : most + 1
    if (i + most <= right.length) row[to] = most + 1
    for (let j = from; j <= to; j++) {
      const substituted = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next[j] = Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
    }
    ;[row, next] = [next, row]
  }
  const distance = row[right.length] ?? 0
  return distance <= most ? distance : undefined
}
