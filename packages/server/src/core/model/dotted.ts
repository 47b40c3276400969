/** A value in nested objects by its dotted path, `val.loss`; a name may hold dots itself. */
export function leafOf(object: unknown, path: string): unknown {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined
  const values = object as Readonly<Record<string, unknown>>
  if (Object.hasOwn(values, path)) return values[path]
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const name = path.slice(0, dot)
    if (!Object.hasOwn(values, name)) continue
    const leaf = leafOf(values[name], path.slice(dot + 1))
    if (leaf !== undefined) return leaf
  }
  return undefined
}
