import * as sdk from '@greenroom/sdk'
import { Command } from 'commander'
import { examples } from '../examples.ts'
import { printable, table, time } from '../output.ts'
import { countOption, registryVerb, type Session, withSession } from '../registry-verb.ts'
import { takeItems } from '../take-items.ts'

interface CreateOptions {
  readonly displayName?: string
  readonly email?: string
  readonly admin?: true
}

/** Makes, lists and removes users, for administrators. */
export function userVerb(): Command {
  return new Command('user')
    .summary('make, list and remove users, as an administrator')
    .description('Make, list and remove users, as an administrator.')
    .addCommand(
      registryVerb('create', 'make a user; "greenroom token create" makes the key')
        .argument('<name>', 'also the owner of their projects')
        .option('--display-name <name>', 'for people')
        .option('--email <address>', 'for people')
        .option('--admin', 'an administrator')
        .addHelpText('after', examples('greenroom user create alice --display-name "Alice L."'))
        .action(withSession(createUser)),
    )
    .addCommand(
      registryVerb('remove', 'end a user, with all their keys')
        .argument('<name>')
        .addHelpText('after', examples('greenroom user remove alice'))
        .action(withSession(removeUser)),
    )
    .addCommand(
      registryVerb('list', 'list users')
        .addOption(countOption('users'))
        .addHelpText('after', examples('greenroom user list --json'))
        .action(withSession(listUsers)),
    )
}

async function createUser(
  { client, output }: Session,
  username: string,
  { displayName, email, admin }: CreateOptions,
): Promise<void> {
  const user = await sdk.createUser(client, {
    username,
    ...(displayName === undefined ? {} : { displayName }),
    ...(email === undefined ? {} : { email }),
    ...(admin === undefined ? {} : { admin }),
  })
  output.note(`Make a key for them: greenroom token create NAME --user ${printable(username)}`)
  output.result(user, () => `The user ${printable(user.username)} is there.`)
}

async function removeUser({ client, output }: Session, username: string): Promise<void> {
  await sdk.removeUser(client, username)
  output.result(
    { username, removed: true },
    () => `The user ${printable(username)} and their keys end here.`,
  )
}

async function listUsers(
  { client, output }: Session,
  { limit }: { readonly limit: number },
): Promise<void> {
  const items = await takeItems(limit, (page) => sdk.listUsers(client, page))
  const rowOf = (user: sdk.User) => [
    user.username,
    user.displayName,
    user.email ?? '',
    user.admin ? 'admin' : '',
    time(user.createdAt),
  ]
  output.result({ items }, () =>
    table(['user', 'name', 'e-mail', 'role', 'created'], items.map(rowOf)),
  )
}
