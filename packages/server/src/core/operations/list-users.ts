import type { Actor, User } from '../model/actor.ts'
import { checkPageSize, type Page, pageOf } from '../model/page.ts'
import type { Registry } from '../registry.ts'
import { checkAdministrator } from './steps/accounts.ts'

/** Users in order of id. Throws `forbidden`, `request_invalid`. */
export async function listUsers(
  registry: Registry,
  actor: Actor,
  input: { readonly after: number; readonly limit: number },
): Promise<Page<User, number>> {
  checkAdministrator(actor)
  checkPageSize(input.limit)
  return registry.metadata.read(async (tx) => {
    const rows = await tx.users.list({
      kind: 'user',
      home: null,
      after: input.after,
      limit: input.limit + 1,
    })
    return pageOf(rows, input.limit, (user) => user.id)
  })
}
