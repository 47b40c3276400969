/** Lets works of the same key run one after another, and those of different keys at once. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const earlier = this.#last.get(key) ?? Promise.resolve()
    const result = earlier.then(work)
    const settled = result.then(ignore, ignore)
    this.#last.set(key, settled)
    settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    })
    return result
  }
}

function ignore(): void {}
