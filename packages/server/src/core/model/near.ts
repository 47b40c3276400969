/** Of these names the ones that a person may have meant, nearest first, at most `count`. */
export function nearNames(
  wanted: string,
  names: Iterable<string>,
  count: number,
): readonly string[] {
  const folded = wanted.toLowerCase()
  const near: { name: string; distance: number }[] = []
  for (const name of names) {
    const distance = editDistance(folded, name.toLowerCase())
    const contained = name.toLowerCase().includes(folded)
    if (contained || distance <= Math.max(2, Math.floor(wanted.length / 3)))
      near.push({ name, distance })
  }
  return near
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name)
}

/** Levenshtein distance, in one row. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[right.length] ?? 0
}
