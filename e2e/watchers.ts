import { connect, type Socket } from 'node:net'

/**
 * Reads `/api/v1/events/watch` over a bare socket and notes when each event came: a thousand of these
 * cost their process next to nothing, so that what is measured is the server.
 */
export class Watcher {
  /** Revisions in the order in which they came, and when, in milliseconds of `performance.now()`. */
  readonly revisions: number[] = []
  readonly times: number[] = []
  readonly #socket: Socket
  #rest = ''

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#take(text))
    socket.on('error', () => undefined)
  }

  /** Resolves when the server has answered. */
  static open(url: string, key: string, query = ''): Promise<Watcher> {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const head = [
      `GET /api/v1/events/watch?${query} HTTP/1.1`,
      `host: ${hostname}`,
      `authorization: Bearer ${key}`,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      const watcher = new Watcher(socket)
      socket.once('data', (text: string) => {
        if (text.startsWith('HTTP/1.1 200 ')) resolve(watcher)
        else reject(new Error(text.slice(0, 200)))
      })
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(text: string): void {
    const now = performance.now()
    const all = this.#rest + text
    const end = all.lastIndexOf('\n\n') + 2
    this.#rest = end < 2 ? all : all.slice(end)
    if (end < 2) return
    for (const [, id] of all.slice(0, end).matchAll(/id: (\d+)\ndata: /g)) {
      this.revisions.push(Number(id))
      this.times.push(now)
    }
  }
}

/** So many, some at a time: a server's queue of connections to accept is short. */
export async function openWatchers(
  count: number,
  open: () => Promise<Watcher>,
): Promise<readonly Watcher[]> {
  const watchers: Watcher[] = []
  while (watchers.length < count) {
    const some = Array.from({ length: Math.min(100, count - watchers.length) }, open)
    watchers.push(...(await Promise.all(some)))
  }
  return watchers
}
