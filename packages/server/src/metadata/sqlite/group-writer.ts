import { RegistryError } from '../../core/errors.ts'
import { MAX_GROUP_MILLISECONDS, MAX_WORKS_PER_GROUP } from '../../core/limits.ts'
import { TransactionMisuse, type Tx } from '../../core/ports/metadata-store.ts'
import { SqlTx } from '../tx.ts'
import type { SqliteConnection } from './connection.ts'
import { databaseAway, isFailedSync, translateSqliteError } from './errors.ts'
import { SqliteSession } from './session.ts'

type Work = (tx: Tx) => Promise<unknown>

interface Waiting {
  readonly work: Work
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

/** A work that has ended and whose answer waits for the COMMIT. */
interface Ended {
  readonly answer: () => void
  readonly refuse: (error: unknown) => void
  readonly changedRights: boolean
}

interface Running {
  readonly waiting: Waiting
  readonly session: SqliteSession
}

export interface GroupHooks {
  readonly beforeGroup: () => void
  /** The group's last writes. When it throws, the group is lost. */
  readonly beforeCommit: () => void
  /** Before the works are answered. */
  readonly afterCommit: (changedRights: boolean) => void
  /** Milliseconds, from any beginning on. */
  readonly now: () => number
}

/**
 * Runs works one after another on one connection, a savepoint each, and commits them in groups.
 *
 * A group begins in an immediate, so that all requests of one poll phase share its COMMIT, and
 * another immediate stands right behind it. Between the two run only microtasks: works that await
 * nothing but their statements begin and end there, one after another, and the COMMIT with them.
 * A work that is still running when the second one comes has awaited something else.
 */
export class GroupWriter {
  readonly #connection: SqliteConnection
  readonly #hooks: GroupHooks
  readonly #waiting: Waiting[] = []
  #ended: Ended[] = []
  #running: Running | null = null
  #scheduled = false
  #held = false
  #groupStart = 0
  #onIdle: (() => void)[] = []

  constructor(connection: SqliteConnection, hooks: GroupHooks) {
    this.#connection = connection
    this.#hooks = hooks
  }

  /** Only the running work's own code runs while this is true. */
  get isRunning(): boolean {
    return this.#running !== null
  }

  submit<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as Waiting['resolve'], reject })
      this.#schedule()
    })
  }

  /** From here on no group begins until `resume`. Works wait; the event loop does not. */
  hold(): void {
    this.#held = true
  }

  resume(): void {
    this.#held = false
    if (this.#waiting.length > 0) this.#schedule()
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    if (this.#scheduled || this.#waiting.length > 0)
      await new Promise<void>((resolve) => this.#onIdle.push(resolve))
  }

  #schedule(): void {
    if (this.#scheduled || this.#held) return
    this.#scheduled = true
    setImmediate(() => this.#beginGroup())
    setImmediate(() => this.#turn())
  }

  #beginGroup(): void {
    if (this.#held) return
    this.#hooks.beforeGroup()
    this.#groupStart = this.#hooks.now()
    try {
      this.#connection.say('begin immediate')
    } catch (error) {
      const refused = this.#waiting.splice(0, MAX_WORKS_PER_GROUP)
      const refusal = refusalOf(error)
      for (const { reject } of refused) reject(refusal)
      return
    }
    this.#next()
  }

  /** Begins the next work, or ends the group when none waits or it is large or old enough. */
  #next(): void {
    const full =
      this.#ended.length >= MAX_WORKS_PER_GROUP ||
      this.#hooks.now() - this.#groupStart >= MAX_GROUP_MILLISECONDS
    const waiting = full ? undefined : this.#waiting.shift()
    if (waiting === undefined) this.#commitGroup()
    else this.#begin(waiting)
  }

  #begin(waiting: Waiting): void {
    try {
      this.#connection.say('savepoint work')
    } catch (error) {
      waiting.reject(refusalOf(error))
      this.#loseGroup(error)
      return
    }
    const session = new SqliteSession(this.#connection, { writable: true })
    const running = { waiting, session }
    this.#running = running
    start(waiting.work, session).then(
      (result) => {
        if (session.failure === null) this.#end(running, () => waiting.resolve(result), true)
        else this.#refuse(running, session.failure.error)
      },
      (error: unknown) => this.#refuse(running, session.failure?.error ?? error),
    )
  }

  /** A refusal waits for the COMMIT too: what it saw may still be lost. */
  #refuse(running: Running, error: unknown): void {
    this.#end(running, () => running.waiting.reject(error), false)
  }

  #end(running: Running, answer: () => void, keep: boolean): void {
    // A work that yielded has been refused already.
    if (this.#running !== running) return
    if (this.#close(running, answer, keep)) this.#next()
  }

  /** Ends a work's savepoint; false when the group's transaction was lost. */
  #close(running: Running, answer: () => void, keep: boolean): boolean {
    this.#running = null
    running.session.end()
    const { changedRights } = running.session
    this.#ended.push({ answer, refuse: running.waiting.reject, changedRights })
    try {
      if (!this.#connection.inTransaction) throw running.session.failure?.error
      if (!keep) this.#connection.say('rollback to work')
      this.#connection.say('release work')
      return true
    } catch (error) {
      this.#loseGroup(error)
      return false
    }
  }

  #commitGroup(): void {
    try {
      this.#hooks.beforeCommit()
      this.#connection.say('commit')
    } catch (error) {
      // SQLite writes the pages anew the next time, so that a failed fsync is never followed by one
      // that only seems to succeed.
      if (isFailedSync(error)) this.#overwriteLog()
      this.#loseGroup(error)
      return
    }
    const ended = this.#ended
    this.#ended = []
    this.#hooks.afterCommit(ended.some(({ changedRights }) => changedRights))
    for (const { answer } of ended) answer()
  }

  /**
   * A commit whose fsync failed stands whole in the log, and after a crash SQLite would take it for
   * one that was done. The next commit is written over it: before that, nobody may be told that
   * nothing was changed. Where it fails as well nobody knows, and the process ends, as it should
   * with a disk like that: who waits sees a broken connection.
   */
  #overwriteLog(): void {
    if (this.#connection.inTransaction) this.#connection.say('rollback')
    // Nobody reads this number; to set it is the smallest commit there is.
    this.#connection.say('pragma user_version = 0')
  }

  #loseGroup(cause: unknown): void {
    const ended = this.#ended
    this.#ended = []
    const error = refusalOf(cause)
    for (const { refuse } of ended) refuse(error)
    // Last, since it may fail as well: then the next BEGIN says so.
    if (this.#connection.inTransaction) this.#connection.say('rollback')
  }

  /** The event loop has turned: what is still running has awaited something else than `tx`. */
  #turn(): void {
    const running = this.#running
    if (running !== null) {
      const error = new TransactionMisuse(
        'transaction_yielded',
        'A transaction awaited something else than tx. Do it before or after the transaction.',
      )
      if (this.#close(running, () => running.waiting.reject(error), false)) this.#commitGroup()
    }
    this.#scheduled = false
    if (this.#waiting.length > 0) this.#schedule()
    else for (const resolve of this.#onIdle.splice(0)) resolve()
  }
}

async function start(work: Work, session: SqliteSession): Promise<unknown> {
  return work(new SqlTx(session))
}

/** Where the transaction itself is gone, it is never a work's own fault. */
function refusalOf(cause: unknown): unknown {
  if (cause instanceof RegistryError) return cause
  const translated = translateSqliteError(cause)
  return translated === cause ? databaseAway(cause) : translated
}
