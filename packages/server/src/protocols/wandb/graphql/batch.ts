/**
 * Collects the keys that are asked for in one turn of the event loop and loads them in one call, so
 * that a list of versions costs as many statements as one. Lives as long as one request.
 */
export interface Batch<Key, Value> {
  /** Undefined when the load did not give the key. */
  load(key: Key): Promise<Value | undefined>
  /** What was loaded is loaded anew: a mutation has changed it. */
  forget(): void
}

export function createBatch<Key, Value>(
  loadMany: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>,
): Batch<Key, Value> {
  let loaded = new Map<Key, Promise<Value | undefined>>()
  let gathering: {
    readonly keys: Key[]
    readonly answer: Promise<ReadonlyMap<Key, Value>>
  } | null = null

  function gather(key: Key): Promise<ReadonlyMap<Key, Value>> {
    if (gathering === null) {
      const keys: Key[] = []
      const turn = new Promise<void>((resolve) => setImmediate(resolve))
      const answer = turn.then(() => {
        gathering = null
        return loadMany(keys)
      })
      gathering = { keys, answer }
    }
    gathering.keys.push(key)
    return gathering.answer
  }

  return {
    load(key) {
      const known = loaded.get(key)
      if (known !== undefined) return known
      const value = gather(key).then((values) => values.get(key))
      loaded.set(key, value)
      return value
    },
    forget() {
      loaded = new Map()
    },
  }
}
