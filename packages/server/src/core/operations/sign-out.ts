import { digestOfKey } from '../model/token-key.ts'
import type { Registry } from '../registry.ts'
import { recordFact } from './steps/facts.ts'
import { namedAs } from './steps/sessions.ts'

/** Ends the session of a cookie at once. One that is over already is no error. */
export async function signOut(registry: Registry, key: string): Promise<void> {
  return registry.metadata.transaction(async (tx) => {
    const found = await tx.signIns.findSession(digestOfKey(key))
    if (found === undefined || (await tx.signIns.endSession(found.session.id)) === 0) return
    const { session, user } = found
    await recordFact(registry, tx, namedAs(user), {
      kind: 'session.ended',
      payload: { session: session.id, user: user.username },
    })
  })
}
