/**
 * Does `work` for each item, several at once. The first failure ends the others, through the signal
 * that they get, and is thrown once all have ended.
 */
export async function eachOf<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  atOnce: number,
  signal: AbortSignal | undefined,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController()
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal])
  const source = iteratorOf(items)
  let failure: { readonly thrown: unknown } | undefined
  const worker = async () => {
    try {
      for (;;) {
        either.throwIfAborted()
        const { done, value } = await source.next()
        if (done === true) return
        await work(value, either)
      }
    } catch (thrown) {
      failure ??= { thrown }
      failed.abort(thrown)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  if (failure === undefined) return
  await source.return?.()
  throw failure.thrown
}

function iteratorOf<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
): Iterator<Item> | AsyncIterator<Item> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
}
