import { publicUrlOf } from '../app.ts'
import { FIRST_USER, LINK_KEY } from '../core/operations/bootstrap-registry.ts'
import { StartRefused } from '../data-folder.ts'
import { createSignInCodes, signInLink } from '../http/sign-in-codes.ts'
import { readCommandLine } from './flags.ts'
import { openToRead } from './open-registry.ts'

/**
 * Prints a link that signs a user in to the page once. Whoever can read the data folder may be
 * anybody anyway; the server may run beside it, and accepts what is signed with its own key.
 */
export async function signInLinkCommand(argv: readonly string[]): Promise<number> {
  const names = argv[0] === undefined || argv[0].startsWith('-') ? [] : ['a user']
  const { positionals, config } = readCommandLine(argv, {}, names)
  const [username = FIRST_USER] = positionals
  const { metadata, blobs, now } = await openToRead(config)
  const found = await metadata.read(async (tx) => ({
    user: await tx.users.find(username),
    linkKey: await tx.settings.find(LINK_KEY),
  }))
  await metadata.close()
  await blobs.close()
  const { user, linkKey } = found
  if (user === undefined || linkKey === undefined)
    throw new StartRefused(`There is no user "${username}". Name one that is there.`)
  const code = createSignInCodes(Buffer.from(linkKey, 'hex'), now).make(user.id)
  process.stdout.write(`${signInLink(publicUrlOf(config, config.port), code)}\n`)
  return 0
}
