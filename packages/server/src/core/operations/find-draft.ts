import type { Actor } from '../model/actor.ts'
import type { Draft } from '../model/version.ts'
import type { Registry } from '../registry.ts'

/** A draft of the actor's by the key that their client gave it, open or committed, or undefined. */
export async function findDraft(
  registry: Registry,
  actor: Actor,
  input: { readonly clientKey: string },
): Promise<Draft | undefined> {
  return registry.metadata.read((tx) => tx.drafts.findByClientKey(actor.userId, input.clientKey))
}
