import * as sdk from '@greenroom/sdk'
import { Command } from 'commander'
import { confirm } from '../confirm.ts'
import { examples } from '../examples.ts'
import { memberVerbs } from '../member-verbs.ts'
import { printable, table, time } from '../output.ts'
import { countOption, registryVerb, type Session, withSession } from '../registry-verb.ts'
import { takeItems } from '../take-items.ts'

interface CreateOptions {
  readonly organization?: string
  readonly admin?: string
}

interface ListOptions {
  readonly organization?: string
  readonly limit: number
}

/** Makes teams and says who is in them. */
export function teamVerb(): Command {
  const verb = new Command('team')
    .summary('make teams, and say who is in them')
    .description('Make teams, which own projects, and say who is in them.')
    .addCommand(
      registryVerb('create', 'make a team; you are its first admin')
        .argument('<name>', 'also the owner of its projects')
        .option('--organization <name>', 'by its entity; else your own')
        .option('--admin <user>', 'its first admin, in your place')
        .addHelpText('after', examples('greenroom team create vision'))
        .action(withSession(createTeam)),
    )
    .addCommand(
      registryVerb('list', 'list teams')
        .option('--organization <name>', 'by its entity; else your own')
        .addOption(countOption('teams'))
        .addHelpText('after', examples('greenroom team list'))
        .action(withSession(listTeams)),
    )
    .addCommand(
      registryVerb('delete', 'end a team that owns no project any more')
        .argument('<team>')
        .option('--yes', 'do not ask')
        .addHelpText('after', examples('greenroom team delete vision'))
        .action(withSession(deleteTeam)),
    )
  const members = memberVerbs({
    noun: 'team',
    // Only a project or registry knows restricted viewers.
    roles: ['viewer', 'member', 'admin'],
    who: 'a user or service account',
    example: ['vision', 'ada'],
    find: async (_session, text) => text,
    list: sdk.listTeamMembers,
    set: sdk.setTeamMember,
    remove: sdk.removeTeamMember,
  })
  for (const each of members) verb.addCommand(each)
  return verb
}

async function createTeam(
  { client, output }: Session,
  name: string,
  { organization, admin }: CreateOptions,
): Promise<void> {
  const team = await sdk.createTeam(client, {
    name,
    ...(organization === undefined ? {} : { organization }),
    ...(admin === undefined ? {} : { admin }),
  })
  output.note(`Take somebody in: greenroom team add ${printable(team.name)} USER`)
  output.result(team, () => `The team ${printable(team.name)} is there.`)
}

async function listTeams(
  { client, output }: Session,
  { organization, limit }: ListOptions,
): Promise<void> {
  const items = await takeItems(limit, (page) => sdk.listTeams(client, { organization, ...page }))
  const rowOf = (team: sdk.Team) => [team.name, team.organization, time(team.createdAt)]
  output.result({ items }, () => table(['team', 'organization', 'created'], items.map(rowOf)))
}

async function deleteTeam(
  { client, output }: Session,
  team: string,
  { yes }: { readonly yes?: true },
): Promise<void> {
  await confirm(`This ends the team ${printable(team)}, with its members' roles.`, yes)
  await sdk.removeTeam(client, team)
  output.result({ team, deleted: true }, () => `The team ${printable(team)} ends here.`)
}
