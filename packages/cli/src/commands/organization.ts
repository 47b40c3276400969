import * as sdk from '@greenroom/sdk'
import { Command } from 'commander'
import { examples } from '../examples.ts'
import { memberVerbs } from '../member-verbs.ts'
import { printable, table, time } from '../output.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'

/** Makes organizations and says who is in them. */
export function organizationVerb(): Command {
  const verb = new Command('organization')
    .alias('org')
    .summary('make organizations, and say who is in them')
    .description('Make organizations, which own registries and teams, and say who is in them.')
    .addCommand(
      registryVerb('create', 'make an organization, as an administrator')
        .argument('<name>', 'of its entity, in references')
        .requiredOption('--display-name <name>', 'for people and wandb; another than the name')
        .addHelpText('after', examples('greenroom org create acme-org --display-name Acme'))
        .action(withSession(createOrganization)),
    )
    .addCommand(
      registryVerb('list', 'list your organizations')
        .addHelpText('after', examples('greenroom org list'))
        .action(withSession(listOrganizations)),
    )
    .addCommand(
      registryVerb('rename', 'show it to people under another name')
        .argument('<organization>', 'by its entity, which stays')
        .argument('<display-name>')
        .addHelpText('after', examples('greenroom org rename acme-org "Acme Corp."'))
        .action(withSession(renameOrganization)),
    )
  const members = memberVerbs({
    noun: 'organization',
    roles: ['viewer', 'member', 'admin'],
    who: 'a user or service account',
    example: ['acme-org', 'ada'],
    find: async (_session, text) => text,
    list: sdk.listOrganizationMembers,
    set: sdk.setOrganizationMember,
    remove: sdk.removeOrganizationMember,
  })
  for (const each of members) verb.addCommand(each)
  return verb
}

async function createOrganization(
  { client, output }: Session,
  name: string,
  { displayName }: { readonly displayName: string },
): Promise<void> {
  const made = await sdk.createOrganization(client, { name, displayName })
  output.note(`Take somebody in: greenroom org add ${printable(made.name)} USER`)
  output.result(made, () => `The organization ${printable(made.name)} is there.`)
}

async function listOrganizations({ client, output }: Session): Promise<void> {
  const { items } = await sdk.listOrganizations(client)
  const rowOf = (each: sdk.Organization) => [each.name, each.displayName, time(each.createdAt)]
  output.result({ items }, () => table(['organization', 'name', 'created'], items.map(rowOf)))
}

async function renameOrganization(
  { client, output }: Session,
  organization: string,
  displayName: string,
): Promise<void> {
  const changed = await sdk.changeOrganization(client, organization, { displayName })
  output.result(
    changed,
    () => `${printable(changed.name)} is shown as "${printable(changed.displayName)}" now.`,
  )
}
