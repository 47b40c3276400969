/** Wakes the one who waits for it. What rings while nobody waits is not forgotten. */
export class Bell {
  #isRung = false
  #wake: () => void = () => undefined

  ring(): void {
    this.#isRung = true
    this.#wake()
  }

  /** Until it rings, or so long at most. */
  async wait(limitMilliseconds?: number): Promise<void> {
    if (!this.#isRung) {
      let timer: ReturnType<typeof setTimeout> | undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        if (limitMilliseconds !== undefined) timer = setTimeout(resolve, limitMilliseconds)
      })
      clearTimeout(timer)
    }
    this.#isRung = false
  }
}
