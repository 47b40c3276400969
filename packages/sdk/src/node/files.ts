import { createHash } from 'node:crypto'
import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { GreenroomError } from '../greenroom-error.ts'

const READ_BYTES = 256 * 1024
/** Each costs a hop to a thread and back while the connection waits. */
const SENT_BYTES = 1024 * 1024

/** A file on this machine, and its path in a version: parts between `/`. */
export interface LocalFile {
  readonly file: string
  readonly path: string
  readonly size: number
}

/**
 * Every file under a folder, or the one file that `place` is, by path. A link to a file counts as
 * that file. Throws `GreenroomError` (`file_invalid`) for what is neither file nor folder, a link
 * to a folder, and a folder with nothing in it.
 */
export async function listLocalFiles(place: string): Promise<LocalFile[]> {
  const found = await stat(place).catch((cause: Error) => {
    throw new GreenroomError('file_invalid', `Nothing to log: ${cause.message}`, { cause })
  })
  if (found.isFile()) return [{ file: place, path: path.basename(place), size: found.size }]
  if (!found.isDirectory())
    throw new GreenroomError('file_invalid', `${place} is neither a file nor a folder.`)
  const files: LocalFile[] = []
  await gather(place, '', files)
  if (files.length === 0)
    throw new GreenroomError('file_invalid', `Nothing to log: ${place} holds no file.`)
  return files
}

async function gather(folder: string, prefix: string, files: LocalFile[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) {
      await gather(file, `${prefix}${entry.name}/`, files)
      continue
    }
    files.push({ file, path: `${prefix}${entry.name}`, size: await sizeOf(file) })
  }
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((cause: Error) => {
    throw new GreenroomError('file_invalid', `${file} leads nowhere: ${cause.message}`, { cause })
  })
  if (found.isFile()) return found.size
  throw new GreenroomError(
    'file_invalid',
    `${file} is no file${found.isDirectory() ? ' but a link to a folder' : ''}: log what it ` +
      'stands for, or leave it out.',
  )
}

/**
 * Parts of a file from `offset` to its end, each lent until the next is asked for, which is read
 * meanwhile.
 */
export async function* readParts(
  handle: FileHandle,
  offset: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const read = (into: Buffer<ArrayBuffer>, at: number) => {
    const reading = handle.read(into, 0, READ_BYTES, at)
    // Whoever awaits it learns of a failure, if anybody does.
    reading.catch(() => {})
    return reading
  }
  let spare = Buffer.allocUnsafe(READ_BYTES)
  let next = read(Buffer.allocUnsafe(READ_BYTES), offset)
  for (let at = offset; ; ) {
    signal?.throwIfAborted()
    const { bytesRead, buffer } = await next
    if (bytesRead === 0) return
    at += bytesRead
    next = read(spare, at)
    yield buffer.subarray(0, bytesRead)
    spare = buffer
  }
}

/** `sha256:<hex>` and the size of what a file holds now; `hasRead` hears of each part's bytes. */
export async function digestFile(
  file: string,
  options: { readonly signal?: AbortSignal; readonly hasRead?: (bytes: number) => void } = {},
): Promise<{ readonly digest: string; readonly size: number }> {
  const sha256 = createHash('sha256')
  let size = 0
  const handle = await open(file)
  try {
    for await (const part of readParts(handle, 0, options.signal)) {
      sha256.update(part)
      size += part.length
      options.hasRead?.(part.length)
    }
  } finally {
    await handle.close()
  }
  return { digest: `sha256:${sha256.digest('hex')}`, size }
}

/**
 * A file from `offset` on as the body of a request, read as it is sent. Its stream fails with
 * `GreenroomError` (`file_invalid`) when the file ends before `size` bytes.
 */
export function fileBody(
  file: string,
  size: number,
  offset: number,
  hasRead: (position: number) => void,
): ReadableStream<Uint8Array> {
  let handle: FileHandle | undefined
  let at = offset
  const close = async () => {
    await handle?.close()
    handle = undefined
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          handle ??= await open(file)
          const wanted = Buffer.allocUnsafe(Math.min(SENT_BYTES, size - at))
          const { bytesRead } = await handle.read(wanted, 0, wanted.length, at)
          if (bytesRead === 0 && at < size) throw new Error(`it ends after ${at} of ${size} bytes`)
          at += bytesRead
          if (bytesRead > 0) controller.enqueue(wanted.subarray(0, bytesRead))
          if (at >= size) {
            await close()
            controller.close()
          }
          hasRead(at)
        } catch (cause) {
          await close()
          throw changed(file, cause)
        }
      },
      cancel: close,
    },
    // Nothing is read ahead: each part is read when there is room for it on the connection.
    { highWaterMark: 0 },
  )
}

/** All of a small file. Throws `GreenroomError` (`file_invalid`) when it has not `size` bytes. */
export async function fileBytes(file: string, size: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const bytes = await readFile(file)
    if (bytes.length !== size) throw new Error(`it has ${bytes.length} bytes instead of ${size}`)
    return bytes
  } catch (cause) {
    throw changed(file, cause)
  }
}

function changed(file: string, cause: unknown): GreenroomError {
  return new GreenroomError(
    'file_invalid',
    `${file} changed while it was being logged: ${(cause as Error).message}`,
    { cause },
  )
}
