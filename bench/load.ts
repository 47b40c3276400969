import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

export interface Load {
  /** Whose CPU time is taken. */
  readonly pid: number | undefined
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly connections: number
  readonly milliseconds: number
}

export interface Measured {
  readonly requestsPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Of the server, user and system, microseconds a request: it swings less on a busy machine. */
  readonly cpu: number
}

/**
 * Asks one URL over and over on keep-alive connections, one request at a time on each. Sockets and
 * not an HTTP client: that would be slower than the servers that it shall measure. Throws for an
 * answer that is not 200 or 304.
 */
export async function putLoad(load: Load): Promise<Measured> {
  const { url, headers, connections, milliseconds, pid } = load
  const { hostname, port, pathname, search } = new URL(url)
  const lines = Object.entries({ host: hostname, ...headers }).map(
    ([name, text]) => `${name}: ${text}`,
  )
  const request = Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  const latencies: number[] = []
  const cpuBefore = cpuMicroseconds(pid)
  const begun = performance.now()
  const end = begun + milliseconds
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(Number(port), hostname).setNoDelay(true)
      await once(socket, 'connect')
      await askUntil(socket, request, end, latencies)
      socket.destroy()
    }),
  )
  const seconds = (performance.now() - begun) / 1000
  const sorted = Float64Array.from(latencies).sort()
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  const cpu = (cpuMicroseconds(pid) - cpuBefore) / latencies.length
  return { requestsPerSecond: latencies.length / seconds, p50: at(0.5), p99: at(0.99), cpu }
}

/** From `/proc/<pid>/stat`, whose ticks are hundredths of a second; not a number elsewhere. */
function cpuMicroseconds(pid: number | undefined): number {
  if (process.platform !== 'linux' || pid === undefined) return Number.NaN
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const fields = rest.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

function askUntil(
  socket: Socket,
  request: Buffer,
  end: number,
  latencies: number[],
): Promise<void> {
  return new Promise((resolve, reject) => {
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
      socket.write(request)
    })
    socket.write(request)
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
