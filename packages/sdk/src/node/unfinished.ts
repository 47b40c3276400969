import { createHash } from 'node:crypto'
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { randomKey } from '../client.ts'
import { makeFolder } from './make-folder.ts'

/** The registry keeps a draft, and the key that it was asked for under, for 7 days. */
const LIFETIME_MILLISECONDS = 6 * 86_400_000

/** A push that is being made. */
export interface Unfinished {
  /** The same for the same push begun again: it finds its draft, and what was sent, once more. */
  readonly idempotencyKey: string
  readonly isResumed: boolean
  /** Done: the same asked for once more is a new push. Broken off: it will go on. */
  end(isDone: boolean): Promise<void>
}

interface Note {
  readonly key: string
  readonly process: number
  readonly since: number
}

/** Pushes of this very process: its own process number says nothing of them. */
const running = new Set<string>()

/**
 * Notes in `folder` that `what` is being pushed, or finds the note of an earlier attempt whose
 * process has ended. Two that run at once do not share a draft.
 */
export async function beginPush(folder: string, what: unknown): Promise<Unfinished> {
  const name = createHash('sha256').update(JSON.stringify(what)).digest('hex')
  const file = path.join(folder, 'pushes', `${name}.json`)
  const noted = await readNote(file)
  if (running.has(file) || (noted !== undefined && isRunning(noted)))
    return { idempotencyKey: randomKey(), isResumed: false, end: async () => {} }
  running.add(file)
  const isResumed = noted !== undefined && Date.now() - noted.since < LIFETIME_MILLISECONDS
  const note: Note = isResumed
    ? { ...noted, process: process.pid }
    : { key: randomKey(), process: process.pid, since: Date.now() }
  await removeOldNotes(path.dirname(file))
  await writeNote(file, note)
  return {
    idempotencyKey: note.key,
    isResumed,
    async end(isDone) {
      running.delete(file)
      if (isDone) await rm(file, { force: true })
    },
  }
}

async function readNote(file: string): Promise<Note | undefined> {
  try {
    const { key, process: by, since }: Partial<Note> = JSON.parse(await readFile(file, 'utf8'))
    if (key !== undefined && by !== undefined && since !== undefined)
      return { key, process: by, since }
  } catch {
    // None, or one that cannot be read: as if there were none.
  }
  return undefined
}

/** Of pushes that nobody began again: their drafts have ended, too. */
async function removeOldNotes(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name)
    const found = await stat(file).catch(() => undefined)
    if (found !== undefined && Date.now() - found.mtimeMs > LIFETIME_MILLISECONDS)
      await rm(file, { force: true })
  }
}

async function writeNote(file: string, note: Note): Promise<void> {
  await makeFolder(path.dirname(file), 0o700)
  const aside = `${file}.${process.pid}`
  await writeFile(aside, JSON.stringify(note), { mode: 0o600 })
  await rename(aside, file)
}

function isRunning({ process: by }: Note): boolean {
  if (by === process.pid) return false
  try {
    process.kill(by, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
