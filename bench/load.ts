import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

export interface Load {
  /** Whose CPU time is taken. */
  readonly pid: number | undefined
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly connections: number
  readonly milliseconds: number
  /** What a connection asks as its `nth`, from 0; without it GET of the URL. */
  readonly ask?: (connection: number, nth: number) => Asked
}

export interface Asked {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly body?: unknown
}

export interface Measured {
  readonly requests: number
  readonly requestsPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Of the server, user and system, microseconds a request: it swings less on a busy machine. */
  readonly cpu: number
}

/**
 * Asks over and over on keep-alive connections, one request at a time on each. Sockets and not an
 * HTTP client: that would be slower than the servers that it shall measure. Throws for an answer
 * that is not 200 or 304.
 */
export async function putLoad(load: Load): Promise<Measured> {
  const { connections, milliseconds, pid } = load
  const { hostname, port } = new URL(load.url)
  const requestOf = requestsOf(load)
  const latencies: number[] = []
  const cpuBefore = cpuMicroseconds(pid)
  const begun = performance.now()
  const end = begun + milliseconds
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      const socket = connect(Number(port), hostname).setNoDelay(true)
      await once(socket, 'connect')
      await askUntil(socket, (nth) => requestOf(connection, nth), end, latencies)
      socket.destroy()
    }),
  )
  const seconds = (performance.now() - begun) / 1000
  const sorted = Float64Array.from(latencies).sort()
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  const cpu = (cpuMicroseconds(pid) - cpuBefore) / latencies.length
  const { length: requests } = latencies
  return { requests, requestsPerSecond: requests / seconds, p50: at(0.5), p99: at(0.99), cpu }
}

function requestsOf({ url, headers = {}, ask }: Load): (connection: number, nth: number) => Buffer {
  const { host, pathname, search } = new URL(url)
  const lines = Object.entries({ host, ...headers }).map(([name, text]) => `${name}: ${text}`)
  const head = `HTTP/1.1\r\n${lines.join('\r\n')}\r\n`
  const same = Buffer.from(`GET ${pathname}${search} ${head}\r\n`)
  if (ask === undefined) return () => same
  return (connection, nth) => {
    const { method, path, body } = ask(connection, nth)
    if (body === undefined) return Buffer.from(`${method} ${path} ${head}\r\n`)
    const json = Buffer.from(JSON.stringify(body))
    const entity = `content-type: application/json\r\ncontent-length: ${json.length}\r\n\r\n`
    return Buffer.concat([Buffer.from(`${method} ${path} ${head}${entity}`), json])
  }
}

/** From `/proc/<pid>/stat`, whose ticks are hundredths of a second; not a number elsewhere. */
export function cpuMicroseconds(pid: number | undefined): number {
  if (process.platform !== 'linux' || pid === undefined) return Number.NaN
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const fields = rest.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

function askUntil(
  socket: Socket,
  requestOf: (nth: number) => Buffer,
  end: number,
  latencies: number[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = 0
    let sent = performance.now()
    let pending: Buffer = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the server closed a connection under load')))
    socket.on('data', (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      const length = answerLength(pending)
      if (length instanceof Error) return reject(length)
      if (length === undefined || pending.length < length) return
      pending = pending.subarray(length)
      const now = performance.now()
      latencies.push(now - sent)
      if (now >= end) {
        socket.removeAllListeners('close')
        return resolve()
      }
      sent = now
      socket.write(requestOf(asked++))
    })
    socket.write(requestOf(asked++))
  })
}

/** Bytes of the answer that a buffer begins with; undefined while its head is not whole. */
function answerLength(bytes: Buffer): number | undefined | Error {
  const head = bytes.indexOf('\r\n\r\n')
  if (head === -1) return undefined
  const text = bytes.toString('latin1', 0, head)
  if (!/^HTTP\/1\.1 (200|304)/.test(text))
    return new Error(`not answered well: ${text.slice(0, 80)}`)
  const [, length = '0'] = /\r\ncontent-length: (\d+)/i.exec(text) ?? []
  return head + 4 + Number(length)
}
