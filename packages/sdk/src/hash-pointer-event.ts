import { Sha256 } from './sha256.ts'
import type { LoggedSlot, PointerEvent } from './wire.ts'

/**
 * The hash of an entry of the pointer log, computed anew out of what was answered:
 * `SHA-256(prevHash ‖ row)`, hex. The row is frozen in `docs/decisions/0003-frozen-forms.md`.
 */
export function hashPointerEvent(entry: PointerEvent): string {
  const { collectionId, seq, alias, generation, actorId, actor, reason, cause, changeId } = entry
  const change =
    entry.from === null || entry.to === null
      ? ['members', entry.added.map(indexOf), entry.removed.map(indexOf)]
      : ['slots', entry.from.map(rowOf), entry.to.map(rowOf)]
  const seen = entry.seen === null ? null : JSON.stringify(entry.seen)
  const time = Date.parse(entry.time) * 1000 + Number(entry.time.slice(-4, -1))
  const what = [collectionId, seq, alias, generation, change]
  const row = [FORM, ...what, actorId, actor, reason, cause, changeId, seen, time]
  return new Sha256()
    .update(Uint8Array.from(entry.prevHash.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)))
    .update(new TextEncoder().encode(JSON.stringify(row)))
    .digest()
    .slice('sha256:'.length)
}

const FORM = 'greenroom-pointer-event-v1'
const indexOf = (version: string) => Number(version.slice(1))
const rowOf = ({ version, label, weight }: LoggedSlot) => [indexOf(version), label, weight]
