import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

/** A connection that is cut again and again, and what came in at it, all connections together. */
export interface CuttingProxy {
  readonly url: string
  readonly bytes: { readonly up: number; readonly down: number }
  readonly cuts: number
}

/**
 * Stands before a server and breaks the connection, both sides of it at once and without a word,
 * each time that another `everyBytes` have come from the side that is watched (`up`: the client),
 * `cuts` times in all. It holds no more than the system's own buffers.
 */
export async function startCuttingProxy(
  t: TestContext,
  target: string,
  plan: { readonly cuts: number; readonly everyBytes: number; readonly watches: 'up' | 'down' },
): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target)
  const bytes = { up: 0, down: 0 }
  let cuts = 0
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    const cut = () => {
      for (const socket of [near, far]) socket.resetAndDestroy()
    }
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => cut())
      socket.on('close', () => sockets.delete(socket))
    }
    const count = (side: 'up' | 'down') => (chunk: Buffer) => {
      bytes[side] += chunk.length
      if (side !== plan.watches || cuts === plan.cuts) return
      if (bytes[side] < plan.everyBytes * (cuts + 1)) return
      cuts++
      cut()
    }
    near.on('data', count('up'))
    far.on('data', count('down'))
    near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return {
    url,
    bytes,
    get cuts() {
      return cuts
    },
  }
}
