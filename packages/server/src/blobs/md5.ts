import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { RegistryError } from '../core/errors.ts'

/** A smaller part costs more as a message to another thread than it would to hash. */
const PART_BYTES = 256 * 1024
/** What may wait for the other thread: 128 uploads hold 128 MiB at most. */
const MAX_WAITING_BYTES = 4 * PART_BYTES
/** One processor is left to the event loop. */
const MAX_THREADS = Math.min(4, availableParallelism() - 1)

/** The next part of a hash, and what becomes of the hash behind it. */
export interface Md5Request {
  readonly id: number
  readonly part: Uint8Array<ArrayBuffer>
  readonly then: 'more' | 'finish' | 'forget'
}

export interface Md5Answer {
  readonly id: number
  /** As it was sent. */
  readonly part: Uint8Array<ArrayBuffer>
  /** Base64, once it is finished. */
  readonly md5: string | null
}

/**
 * MD5 of bytes as they pass. It takes as long as all else that happens to a byte on its way to the
 * disk (docs/decisions/0011-figures.md), so that of a large upload is computed on another thread,
 * beside the rest. With one processor it is not.
 */
export class Md5 {
  /** Not yet hashed: its first `#filled` bytes. */
  #part = NOTHING
  #filled = 0
  #line: Line | null = null
  readonly #here = createHash('md5')

  update(bytes: Uint8Array): void {
    if (MAX_THREADS === 0) {
      this.#here.update(bytes)
      return
    }
    for (let from = 0; from < bytes.length; ) {
      if (this.#filled === this.#part.length) this.#makeRoom(bytes.length)
      const piece = bytes.subarray(from, from + this.#part.length - this.#filled)
      this.#part.set(piece, this.#filled)
      this.#filled += piece.length
      from += piece.length
    }
  }

  /** Resolves when more may be given. Throws `registry_unavailable`. */
  async room(): Promise<void> {
    const line = this.#line
    if (line !== null) await line.until(() => line.waiting <= MAX_WAITING_BYTES)
  }

  /** Base64. Throws `registry_unavailable`. */
  async finish(): Promise<string> {
    const rest = this.#part.subarray(0, this.#filled)
    const line = this.#line
    if (line === null) return this.#here.update(rest).digest('base64')
    line.say(rest, 'finish')
    await line.until(() => line.md5 !== null)
    abandoned.unregister(this)
    return line.md5 ?? ''
  }

  /** The first part is as small as what comes, and grows once: most files are small. */
  #makeRoom(bytes: number): void {
    if (this.#filled < PART_BYTES) {
      const larger = bufferOf(this.#filled === 0 ? Math.min(bytes, PART_BYTES) : PART_BYTES)
      larger.set(this.#part)
      this.#part = larger
      return
    }
    if (this.#line === null) {
      this.#line = openLine()
      abandoned.register(this, this.#line, this)
    }
    this.#line.say(this.#part, 'more')
    this.#part = spares.pop() ?? bufferOf(PART_BYTES)
    this.#filled = 0
  }
}

/** An upload may be given up anywhere; its hash on the other thread goes with it. */
const abandoned = new FinalizationRegistry((line: Line) => line.say(NOTHING.slice(), 'forget'))

const NOTHING = new Uint8Array(0)

/** Parts that came back: else one is made and dropped for each 256 KiB of an upload. */
const spares: Uint8Array<ArrayBuffer>[] = []
const MAX_SPARES = 16

/** With memory of its own, which can move to another thread. */
function bufferOf(bytes: number): Uint8Array<ArrayBuffer> {
  return Buffer.allocUnsafeSlow(bytes)
}

/** One hash under way on another thread. */
class Line {
  readonly id: number
  /** Bytes that are not hashed yet. */
  waiting = 0
  md5: string | null = null
  readonly #thread: Md5Thread
  #wake = () => {}
  #failure: unknown

  constructor(id: number, thread: Md5Thread) {
    this.id = id
    this.#thread = thread
  }

  /** The memory of `part` moves away. */
  say(part: Uint8Array<ArrayBuffer>, then: Md5Request['then']): void {
    this.waiting += part.length
    this.#thread.post({ id: this.id, part, then })
  }

  hear({ part, md5 }: Md5Answer): void {
    this.waiting -= part.length
    if (part.length === PART_BYTES && spares.length < MAX_SPARES) spares.push(part)
    this.md5 = md5
    this.#wake()
  }

  fail(cause: unknown): void {
    this.#failure = cause
    this.#wake()
  }

  /** For one caller at a time. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#failure !== undefined)
        throw new RegistryError(
          'registry_unavailable',
          'A thread of the server has ended; send the bytes again.',
          {},
          { cause: this.#failure },
        )
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      await this.#thread.hold(woken)
    }
  }
}

const threads: Md5Thread[] = []
let linesOpened = 0

/** On the least busy thread. Threads are made as they are needed, and stay. */
function openLine(): Line {
  let [thread] = threads.toSorted((a, b) => a.lines.size - b.lines.size)
  if (thread === undefined || (thread.lines.size > 0 && threads.length < MAX_THREADS)) {
    thread = new Md5Thread()
    threads.push(thread)
  }
  linesOpened += 1
  const line = new Line(linesOpened, thread)
  thread.lines.set(line.id, line)
  return line
}

class Md5Thread {
  readonly lines = new Map<number, Line>()
  readonly #worker: Worker
  #waits = 0

  constructor() {
    // The worker is compiled like this file, or, like it, runs as it is.
    const url = new URL(`./md5-worker${extname(import.meta.filename)}`, import.meta.url)
    this.#worker = new Worker(url)
    this.#worker.on('message', (answer: Md5Answer) => {
      this.lines.get(answer.id)?.hear(answer)
      if (answer.md5 !== null) this.lines.delete(answer.id)
    })
    this.#worker.on('error', (cause) => this.#fail(cause))
    // Last, since to listen for messages holds the process again.
    this.#worker.unref()
  }

  post(request: Md5Request): void {
    this.#worker.postMessage(request, [request.part.buffer])
    if (request.then === 'forget') this.lines.delete(request.id)
  }

  /** While somebody waits for an answer the process must not end. */
  async hold(wait: Promise<void>): Promise<void> {
    this.#waits += 1
    if (this.#waits === 1) this.#worker.ref()
    await wait
    this.#waits -= 1
    if (this.#waits === 0) this.#worker.unref()
  }

  #fail(cause: unknown): void {
    threads.splice(threads.indexOf(this), 1)
    for (const line of this.lines.values()) line.fail(cause)
    this.lines.clear()
  }
}
