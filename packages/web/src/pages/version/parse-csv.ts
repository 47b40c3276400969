/**
 * The first rows of separated values: RFC 4180 (quotes, doubled quotes, line breaks in quotes),
 * with any single-character separator. A row that the text breaks off in is left out unless it is
 * the end (`isWhole`).
 */
export function parseCsv(
  text: string,
  { separator = ',', most, isWhole }: CsvOptions,
): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let isQuoted = false
  const endRow = () => {
    row.push(cell)
    rows.push(row)
    row = []
    cell = ''
  }
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; at++) {
    if (rows.length >= most) return rows
    const character = text[at]
    if (isQuoted && character === '"') {
      if (text[at + 1] !== '"') isQuoted = false
      else {
        cell += '"'
        at++
      }
    } else if (isQuoted) cell += character
    else if (character === '"' && cell === '') isQuoted = true
    else if (character === separator) {
      row.push(cell)
      cell = ''
    } else if (character === '\n') endRow()
    else if (character !== '\r' || text[at + 1] !== '\n') cell += character
  }
  if (isWhole && (row.length > 0 || cell !== '')) endRow()
  return rows
}

export interface CsvOptions {
  readonly separator?: string
  /** Rows, the header counted. */
  readonly most: number
  /** The text is all there is. */
  readonly isWhole: boolean
}
