import * as sdk from '@greenroom/sdk'
import { Command, Option } from 'commander'
import { examples } from '../examples.ts'
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

/** A team's roles: only a project or registry knows restricted viewers. */
const ROLES = ['viewer', 'member', 'admin'] as const

/** Makes teams and says who is in them. */
export function teamVerb(): Command {
  return new Command('team')
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
      registryVerb('members', 'list who is in a team')
        .argument('<team>')
        .addOption(countOption('members'))
        .addHelpText('after', examples('greenroom team members vision'))
        .action(withSession(listMembers)),
    )
    .addCommand(
      registryVerb('add', 'take somebody into a team, or give them another role there')
        .argument('<team>')
        .argument('<member>', 'a user or service account')
        .addOption(new Option('--role <role>', 'in the team').choices(ROLES).default('member'))
        .addHelpText('after', examples('greenroom team add vision ada --role admin'))
        .action(withSession(addMember)),
    )
    .addCommand(
      registryVerb('remove', 'take somebody out of a team')
        .argument('<team>')
        .argument('<member>', 'a user or service account')
        .addHelpText('after', examples('greenroom team remove vision ada'))
        .action(withSession(removeMember)),
    )
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

async function listMembers(
  { client, output }: Session,
  team: string,
  { limit }: { readonly limit: number },
): Promise<void> {
  const items = await takeItems(limit, (page) => sdk.listTeamMembers(client, team, page))
  const rowOf = ({ name, kind, role, displayName }: sdk.Member) => [
    name,
    kind.replace('_', ' '),
    role,
    displayName ?? '',
  ]
  output.result({ items }, () => table(['member', 'kind', 'role', 'name'], items.map(rowOf)))
}

async function addMember(
  { client, output }: Session,
  team: string,
  member: string,
  { role }: { readonly role: sdk.Role },
): Promise<void> {
  await sdk.setTeamMember(client, team, member, { role })
  output.result(
    { team, member, role },
    () => `${printable(member)} is ${role} of ${printable(team)} now.`,
  )
}

async function removeMember(
  { client, output }: Session,
  team: string,
  member: string,
): Promise<void> {
  await sdk.removeTeamMember(client, team, member)
  output.result(
    { team, member, removed: true },
    () => `${printable(member)} is in ${printable(team)} no more.`,
  )
}
