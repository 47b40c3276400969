import * as sdk from '@greenroom/sdk'
import { Command } from 'commander'
import { examples } from '../examples.ts'
import { printable, table, time } from '../output.ts'
import { readSecret } from '../read-key.ts'
import { countOption, registryVerb, type Session, withSession } from '../registry-verb.ts'
import { takeItems } from '../take-items.ts'
import { UsageError } from '../usage-error.ts'

interface Facts {
  readonly displayName?: string
  readonly email?: string
  readonly admin?: boolean
}

/** Makes, changes, lists and removes users, for administrators. */
export function userVerb(): Command {
  return new Command('user')
    .summary('make, change, list and remove users, as an administrator')
    .description('Make, change, list and remove users, as an administrator.')
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
      registryVerb('change', 'how they are shown, and who is an administrator')
        .argument('<name>')
        .option('--display-name <name>', 'for people')
        .option('--email <address>', 'for people')
        .option('--admin', 'an administrator')
        .option('--no-admin', 'an administrator no more')
        .addHelpText('after', examples('greenroom user change alice --admin'))
        .action(withSession(changeUser)),
    )
    .addCommand(
      registryVerb('password', 'set the password by which somebody signs in to the page')
        .argument('<name>', 'asked for unseen, or taken from a pipe; ends their sessions')
        .addHelpText('after', examples('greenroom user password alice'))
        .action(withSession(setPassword)),
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
  facts: Facts,
): Promise<void> {
  const user = await sdk.createUser(client, { username, ...given(facts) })
  output.note(`Make a key for them: greenroom token create NAME --user ${printable(username)}`)
  output.result(user, () => `The user ${printable(user.username)} is there.`)
}

async function changeUser(
  { client, output }: Session,
  username: string,
  facts: Facts,
): Promise<void> {
  const change = given(facts)
  if (Object.keys(change).length === 0)
    throw new UsageError('Say what changes: --display-name, --email, --admin or --no-admin.')
  const user = await sdk.changeUser(client, username, change)
  output.result(user, () => {
    const role = user.admin ? 'an administrator' : 'no administrator'
    return `${printable(user.username)} is shown as "${printable(user.displayName)}", ${role}.`
  })
}

function given({ displayName, email, admin }: Facts): Facts {
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(email === undefined ? {} : { email }),
    ...(admin === undefined ? {} : { admin }),
  }
}

/** One's own is changed in the page, which asks for the one until now. */
async function setPassword({ client, output }: Session, username: string): Promise<void> {
  const password = await readSecret(`Password of ${username} (not shown): `)
  if (password === '') throw new UsageError('No password was given. Type it, or pipe it in.')
  await sdk.setPassword(client, username, { password })
  output.result(
    { username, passwordSet: true },
    () => `${printable(username)} signs in by this password now.`,
  )
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
