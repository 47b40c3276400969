/** Arrow keys walk from card to card; gives whether the key was one of them. */
export function walkCards(from: HTMLElement, key: string): boolean {
  const { card: lane, position } = from.dataset
  if (lane === undefined || !/^Arrow(Up|Down|Left|Right)$/.test(key)) return false
  const at = Number(position)
  if (key === 'ArrowUp') focusCard(lane, at - 1)
  else if (key === 'ArrowDown') focusCard(lane, at + 1)
  else {
    const cards = document.querySelectorAll<HTMLElement>('[data-card]')
    const lanes = [...new Set([...cards].map((card) => card.dataset.card))]
    const next = lanes[lanes.indexOf(lane) + (key === 'ArrowLeft' ? -1 : 1)]
    if (next !== undefined) focusCard(next, 0)
  }
  return true
}

function focusCard(lane: string, position: number): void {
  const selector = `[data-card="${CSS.escape(lane)}"][data-position="${position}"]`
  document.querySelector<HTMLElement>(selector)?.focus()
}
