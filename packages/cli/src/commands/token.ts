import * as sdk from '@greenroom/sdk'
import { Command } from 'commander'
import { examples } from '../examples.ts'
import { printable, table, time } from '../output.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'

interface Options {
  readonly user?: string
}

/** Makes, lists and revokes keys. */
export function tokenVerb(): Command {
  const whose = 'whose; without it your own'
  return new Command('token')
    .summary('make, list and revoke keys')
    .description('Make, list and revoke keys: your own, or as an administrator those of others.')
    .addCommand(
      registryVerb('create', 'make a key; it is shown this once')
        .argument('<name>', 'what it is for')
        .option('--user <name>', whose)
        .addHelpText('after', examples('greenroom token create ci --user robot'))
        .action(withSession(createToken)),
    )
    .addCommand(
      registryVerb('list', 'list keys, by how they begin')
        .option('--user <name>', whose)
        .addHelpText('after', examples('greenroom token list'))
        .action(withSession(listTokens)),
    )
    .addCommand(
      registryVerb('revoke', 'end a key, at once')
        .argument('<id>', 'as the list gives it')
        .option('--user <name>', whose)
        .addHelpText('after', examples('greenroom token revoke 01JD4Z --user robot'))
        .action(withSession(revokeToken)),
    )
}

async function createToken(session: Session, name: string, { user }: Options): Promise<void> {
  const token = await sdk.createToken(session.client, user ?? (await ownName(session)), { name })
  session.output.note('Keep this key now: nobody can show it again.')
  session.output.result(token, () => token.key)
}

async function listTokens(session: Session, { user }: Options): Promise<void> {
  const list = await sdk.listTokens(session.client, user ?? (await ownName(session)))
  const rowOf = ({ id, name, prefix, createdAt, revokedAt }: sdk.Token) => [
    id,
    name,
    `${prefix}…`,
    time(createdAt),
    revokedAt === null ? '' : time(revokedAt),
  ]
  session.output.result(list, () =>
    table(['id', 'name', 'key', 'created', 'revoked'], list.items.map(rowOf)),
  )
}

async function revokeToken(session: Session, id: string, { user }: Options): Promise<void> {
  await sdk.revokeToken(session.client, user ?? (await ownName(session)), id)
  session.output.result({ id, revoked: true }, () => `The key ${printable(id)} ends here.`)
}

async function ownName(session: Session): Promise<string> {
  return (await sdk.getMe(session.client)).user.username
}
