import type { Tx } from '../core/ports/metadata-store.ts'
import { aliases } from './aliases.ts'
import { audit } from './audit.ts'
import { blobs } from './blobs.ts'
import { collections } from './collections.ts'
import { discards } from './discards.ts'
import { drafts } from './drafts.ts'
import { entities } from './entities.ts'
import { events } from './events.ts'
import { fields } from './fields.ts'
import { garbage } from './garbage.ts'
import { grants } from './grants.ts'
import { leases } from './leases.ts'
import { lineage } from './lineage.ts'
import { manifests } from './manifests.ts'
import { members } from './members.ts'
import { memberships } from './memberships.ts'
import { owners } from './owners.ts'
import { pointerLog } from './pointer-log.ts'
import { requests } from './requests.ts'
import { runFiles } from './run-files.ts'
import { runLines } from './run-lines.ts'
import { runMetrics } from './run-metrics.ts'
import { runs } from './runs.ts'
import type { Session } from './session.ts'
import { settings } from './settings.ts'
import { signIns } from './sign-ins.ts'
import { users } from './users.ts'
import { versions } from './versions.ts'

/**
 * All aggregates over one session. Each is made when it is asked for, since most works need few,
 * and made anew each time, since that costs less than to keep it.
 */
export class SqlTx implements Tx {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  get settings() {
    return settings(this.#session)
  }

  get entities() {
    return entities(this.#session)
  }

  get users() {
    return users(this.#session)
  }

  get signIns() {
    return signIns(this.#session)
  }

  get members() {
    return members(this.#session)
  }

  get grants() {
    return grants(this.#session)
  }

  get owners() {
    return owners(this.#session)
  }

  get collections() {
    return collections(this.#session)
  }

  get memberships() {
    return memberships(this.#session)
  }

  get fields() {
    return fields(this.#session)
  }

  get versions() {
    return versions(this.#session)
  }

  get manifests() {
    return manifests(this.#session)
  }

  get blobs() {
    return blobs(this.#session)
  }

  get drafts() {
    return drafts(this.#session)
  }

  get aliases() {
    return aliases(this.#session)
  }

  get pointerLog() {
    return pointerLog(this.#session)
  }

  get events() {
    return events(this.#session)
  }

  get requests() {
    return requests(this.#session)
  }

  get runs() {
    return runs(this.#session)
  }

  get runLines() {
    return runLines(this.#session)
  }

  get runMetrics() {
    return runMetrics(this.#session)
  }

  get runFiles() {
    return runFiles(this.#session)
  }

  get lineage() {
    return lineage(this.#session)
  }

  get discards() {
    return discards(this.#session)
  }

  get garbage() {
    return garbage(this.#session)
  }

  get leases() {
    return leases(this.#session)
  }

  get audit() {
    return audit(this.#session)
  }
}
