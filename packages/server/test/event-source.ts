import { type ClientRequest, get, type IncomingMessage } from 'node:http'

/** One event as it came: `data` is parsed; null for a frame that only moves the id. */
export interface SeenEvent {
  readonly id: number
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any event
  readonly data: any
}

/** A reader of server-sent events over a connection of its own. */
export class EventSource {
  /** Of frames with data. */
  readonly seen: SeenEvent[] = []
  /** The id from which a browser would go on. */
  lastId = -1
  /** Everything as it came. */
  text = ''
  isEnded = false
  readonly response: IncomingMessage
  readonly #request: ClientRequest
  #rest = ''
  #waiting: (() => void)[] = []

  private constructor(request: ClientRequest, response: IncomingMessage) {
    this.#request = request
    this.response = response
    response.setEncoding('utf8')
    response.on('data', (text: string) => this.#take(text))
    response.on('error', () => undefined)
    response.on('close', () => {
      this.isEnded = true
      this.#wake()
    })
  }

  /** Resolves when the head of the answer is there, whatever its status. */
  static open(
    url: string,
    key: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<EventSource> {
    return new Promise((resolve, reject) => {
      const request = get(url, {
        agent: false,
        headers: { authorization: `Bearer ${key}`, ...headers },
      })
      request.once('response', (response) => resolve(new EventSource(request, response)))
      request.on('error', reject)
    })
  }

  close(): void {
    this.#request.destroy()
  }

  /** Resolves when it holds; rejects when it does not within the time. */
  async until(condition: (source: EventSource) => boolean, milliseconds = 60_000): Promise<void> {
    const deadline = performance.now() + milliseconds
    while (!condition(this)) {
      const left = deadline - performance.now()
      if (left <= 0) throw new Error(`it never came; ${this.seen.length} events did`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#waiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  #take(text: string): void {
    this.text += text
    const frames = (this.#rest + text).split('\n\n')
    this.#rest = frames.pop() ?? ''
    for (const frame of frames) this.#takeFrame(frame)
    this.#wake()
  }

  #takeFrame(frame: string): void {
    const id = /^id: (\d+)$/m.exec(frame)?.[1]
    const data = /^data: (.*)$/m.exec(frame)?.[1]
    if (id !== undefined) this.lastId = Number(id)
    if (data !== undefined) this.seen.push({ id: this.lastId, data: JSON.parse(data) })
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
