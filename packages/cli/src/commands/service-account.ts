import * as sdk from '@greenroom/sdk'
import { Command, Option } from 'commander'
import { examples } from '../examples.ts'
import { printable, table, time } from '../output.ts'
import { countOption, registryVerb, type Session, withSession } from '../registry-verb.ts'
import { takeItems } from '../take-items.ts'
import { UsageError } from '../usage-error.ts'

/** Where it is at home. */
interface HomeOptions {
  readonly team?: string
  readonly organization?: string
}

interface CreateOptions extends HomeOptions {
  readonly displayName?: string
  readonly role: sdk.Role
}

/** Makes, lists and removes the accounts by which programs act. */
export function serviceAccountVerb(): Command {
  return new Command('service-account')
    .summary('make, list and remove the accounts by which programs act')
    .description('Make, list and remove the accounts by which programs act, by keys alone.')
    .addCommand(
      atHome(registryVerb('create', 'make one; "greenroom token create" makes its key'))
        .argument('<name>')
        .option('--display-name <name>', 'for people')
        .addOption(
          new Option('--role <role>', 'at home')
            .choices(['viewer', 'member', 'admin'])
            .default('member'),
        )
        .addHelpText('after', examples('greenroom service-account create ci --team vision'))
        .action(withSession(createAccount)),
    )
    .addCommand(
      atHome(registryVerb('list', 'list those of a team or organization'))
        .addOption(countOption('accounts'))
        .addHelpText('after', examples('greenroom service-account list --team vision'))
        .action(withSession(listAccounts)),
    )
    .addCommand(
      registryVerb('remove', 'end one, with all its keys')
        .argument('<name>')
        .addHelpText('after', examples('greenroom service-account remove ci'))
        .action(withSession(removeAccount)),
    )
}

function atHome(verb: Command): Command {
  return verb
    .option('--team <name>', 'at home in this team')
    .option('--organization <name>', 'at home in this organization, by its entity')
}

function homeOf({ team, organization }: HomeOptions): HomeOptions {
  if (team !== undefined && organization === undefined) return { team }
  if (organization !== undefined && team === undefined) return { organization }
  throw new UsageError('Say where it is at home: --team NAME or --organization NAME.')
}

async function createAccount(
  { client, output }: Session,
  name: string,
  { displayName, role, ...home }: CreateOptions,
): Promise<void> {
  const made = await sdk.createServiceAccount(client, {
    name,
    role,
    ...homeOf(home),
    ...(displayName === undefined ? {} : { displayName }),
  })
  output.note(`Make its key: greenroom token create NAME --user ${printable(made.name)}`)
  output.result(made, () => `The service account ${printable(made.name)} is there.`)
}

async function listAccounts(
  { client, output }: Session,
  { limit, ...home }: HomeOptions & { readonly limit: number },
): Promise<void> {
  const at = homeOf(home)
  const items = await takeItems(limit, (page) =>
    sdk.listServiceAccounts(client, { ...at, ...page }),
  )
  const rowOf = (each: sdk.ServiceAccount) => [each.name, each.displayName, time(each.createdAt)]
  output.result({ items }, () => table(['account', 'name', 'created'], items.map(rowOf)))
}

async function removeAccount({ client, output }: Session, name: string): Promise<void> {
  await sdk.removeServiceAccount(client, name)
  output.result(
    { name, removed: true },
    () => `The service account ${printable(name)} and its keys end here.`,
  )
}
