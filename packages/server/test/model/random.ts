/** A seeded source of choices: the same seed replays the same history. */
export interface Random {
  readonly seed: number
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number
  pick<Item>(items: readonly Item[]): Item
  /** True `percent` times of a hundred. */
  chance(percent: number): boolean
}

/** mulberry32, by Tommy Ettinger (public domain): enough for choices, not for secrets. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (bound: number) => Math.floor(next() * bound)
  return {
    seed,
    below,
    pick(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
    chance: (percent) => below(100) < percent,
  }
}
