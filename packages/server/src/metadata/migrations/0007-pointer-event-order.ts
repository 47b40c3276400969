/** The entries of an alias have one order, by generation, seq and time: two indexes, not three. */
export function pointerEventOrder(): readonly string[] {
  return ['drop index pointer_event_alias']
}
