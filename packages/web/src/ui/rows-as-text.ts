type Cell = string | number

/** Lines of cells with tabs between them: what spreadsheets paste as a table. */
export function rowsAsText(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((row) => row.map(cellText).join('\t')).join('\n')
}

/**
 * A cell is one line. A text that a spreadsheet would run as a formula begins with an apostrophe,
 * which says that it is a text (OWASP, "CSV injection"): names here are anybody's.
 */
function cellText(cell: Cell): string {
  if (typeof cell === 'number') return String(cell)
  const line = cell.replace(/\s+/g, ' ')
  return /^[=+\-@]/.test(line) ? `'${line}` : line
}
