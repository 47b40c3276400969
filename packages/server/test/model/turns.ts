import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises'
import type { BlobStore, MetadataStore, Registry, Tx } from '../../src/core/registry.ts'
import type { Random } from './random.ts'

/** How long a step may take before it counts as waiting for a lock of the other side. */
const BLOCKED_MILLISECONDS = 40

/** Steps two operations against each other in an order that a test gives. */
export class Turns {
  readonly #waiting = new Map<string, () => void>()
  readonly #running = new Set<string>()

  /** Resolves when it is this side's turn. */
  readonly turn = (side: string): Promise<void> =>
    new Promise((resolve) => this.#waiting.set(side, resolve))

  /**
   * Runs both sides to their ends. Where `order` gives a side that waits for a lock, or that has
   * ended, the other one goes on. Gives how each ended.
   */
  async run(
    sides: Readonly<Record<string, () => Promise<unknown>>>,
    order: Iterable<string>,
  ): Promise<Readonly<Record<string, PromiseSettledResult<unknown>>>> {
    const names = Object.keys(sides)
    const ends = names.map(async (name) => {
      this.#running.add(name)
      try {
        await this.turn(name)
        return await sides[name]?.()
      } finally {
        this.#running.delete(name)
      }
    })
    const settled = Promise.allSettled(ends)
    const next = order[Symbol.iterator]()
    while (this.#running.size > 0) {
      const asked = next.next().value ?? names[0] ?? ''
      const side = [asked, ...names].find((name) => this.#waiting.has(name))
      if (side === undefined) await sleep(1)
      else await this.#step(side)
    }
    const results = await settled
    return Object.fromEntries(names.map((name, at) => [name, results[at] ?? assertNever()]))
  }

  async #step(side: string): Promise<void> {
    const go = this.#waiting.get(side)
    this.#waiting.delete(side)
    go?.()
    const deadline = performance.now() + BLOCKED_MILLISECONDS
    while (this.#running.has(side) && !this.#waiting.has(side)) {
      if (performance.now() > deadline) return
      await immediate()
    }
  }
}

/** Long runs of one side are as likely as a change with every step. */
export function* orders(random: Random, sides: readonly string[]): Generator<string> {
  const stay = random.pick([0, 50, 80, 95])
  let side = random.pick(sides)
  for (;;) {
    yield side
    if (!random.chance(stay)) side = random.pick(sides)
  }
}

/** A registry whose every use of a store waits for its side's turn. */
export function takingTurns(
  registry: Registry,
  turn: () => Promise<void>,
  /** SQLite's works may await nothing else: there a whole transaction is one step. */
  granularity: 'statement' | 'transaction',
): Registry {
  const { metadata, blobs } = registry
  const whole = granularity === 'transaction'
  const stepped: MetadataStore = {
    dataVersion: () => metadata.dataVersion(),
    rightsVersion: () => metadata.rightsVersion(),
    stream: metadata.stream,
    close: () => metadata.close(),
    read: async (work) => {
      await turn()
      return metadata.read(work)
    },
    transaction: async (work) => {
      await turn()
      return metadata.transaction(whole ? work : (tx) => work(steppedTx(tx, turn)))
    },
  }
  return { ...registry, metadata: stepped, blobs: steppedBlobs(blobs, turn) }
}

function steppedTx(tx: Tx, turn: () => Promise<void>): Tx {
  return new Proxy(tx, {
    get: (target, name) => {
      const group: unknown = Reflect.get(target, name, target)
      return typeof group === 'object' && group !== null ? steppedGroup(group, turn) : group
    },
  })
}

function steppedGroup(group: object, turn: () => Promise<void>): object {
  return new Proxy(group, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name, target)
      if (typeof method !== 'function') return method
      return async (...given: unknown[]) => {
        await turn()
        return Reflect.apply(method, target, given)
      }
    },
  })
}

function steppedBlobs(blobs: BlobStore, turn: () => Promise<void>): BlobStore {
  return new Proxy(blobs, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name, target)
      if (typeof method !== 'function') return method
      if (name !== 'delete' && name !== 'stage') return method.bind(target)
      return async (...given: unknown[]) => {
        await turn()
        return Reflect.apply(method, target, given)
      }
    },
  })
}

function assertNever(): never {
  throw new Error('a side that never ended')
}
