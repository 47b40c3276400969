import * as sdk from '@greenroom/sdk'
import { Command } from 'commander'
import { confirm } from '../confirm.ts'
import { examples } from '../examples.ts'
import { memberVerbs } from '../member-verbs.ts'
import { facts, printable, table, time } from '../output.ts'
import { ownerRef } from '../ref.ts'
import { countOption, registryVerb, type Session, withSession } from '../registry-verb.ts'
import { takeItems } from '../take-items.ts'
import { UsageError } from '../usage-error.ts'

type Kind = sdk.OwnerName['kind']

interface ListOptions {
  readonly limit: number
  readonly entity?: string
}

interface ChangeOptions {
  readonly name?: string
  readonly description?: string
  readonly restricted?: boolean
}

interface DeleteOptions {
  readonly dropAliases?: true
  readonly reason?: string
  readonly yes?: true
}

/** `registry` and `project`: makes them, changes them, says who is in them, ends them. */
export function ownerVerb(kind: Kind): Command {
  const [several, under] =
    kind === 'registry'
      ? (['registries', 'an organization'] as const)
      : (['projects', 'a user or team'] as const)
  const example = kind === 'registry' ? 'model' : 'vision/demo'
  const verb = new Command(kind)
    .summary(`make ${several}, change them, and say who is in them`)
    .description(`Make ${several}, change them, and say who is in them.`)
  const find = (session: Session, text: string) => ownerOf(session, kind, text)
  for (const each of [createVerb(kind, find, example), listVerb(kind, several, under)])
    verb.addCommand(each)
  verb.addCommand(changeVerb(kind, find, example)).addCommand(deleteVerb(kind, find, example))
  const members = memberVerbs({
    noun: kind,
    roles: ['restricted_viewer', 'viewer', 'member', 'admin'],
    who: 'a user, team or service account',
    example: [example, 'vision'],
    find,
    list: sdk.listMembers,
    set: sdk.setMember,
    remove: sdk.removeMember,
  })
  for (const each of members) verb.addCommand(each)
  return verb
}

type Find = (session: Session, text: string) => Promise<sdk.OwnerName>

/** `NAME`, `ENTITY/NAME`, and for registries the same as in references, with `registry/` before. */
async function ownerOf(session: Session, kind: Kind, text: string): Promise<sdk.OwnerName> {
  const path = kind === 'registry' ? text.replace(/^registry\//, '') : text
  const prefix = kind === 'registry' ? 'registry/' : ''
  return session.requireOwner(`${prefix}${path}`)
}

function createVerb(kind: Kind, find: Find, example: string): Command {
  const verb = registryVerb('create', `make a ${kind}`).argument('<name>', '[entity/]name')
  if (kind === 'registry')
    verb
      .option('--description <text>', 'for people')
      .option('--restricted', 'seen by its members only; else by the whole organization')
  return verb.addHelpText('after', examples(`greenroom ${kind} create ${example}`)).action(
    withSession(async (session, text: string, options: ChangeOptions) => {
      const { entity, name } = await find(session, text)
      const made =
        kind === 'registry'
          ? await sdk.createRegistry(session.client, { entity, name, ...given(options) })
          : await sdk.createProject(session.client, { entity, name })
      session.output.result(made, () => `${printable(ownerRef(made))} is there.`)
    }),
  )
}

function listVerb(kind: Kind, several: string, under: string): Command {
  return registryVerb('list', `list the ${several} that you may see`)
    .option('--entity <name>', `only those of ${under}`)
    .addOption(countOption(several))
    .addHelpText('after', examples(`greenroom ${kind} list`))
    .action(
      withSession(async ({ client, output }, { limit, entity }: ListOptions) => {
        const getPage = kind === 'registry' ? sdk.listRegistries : sdk.listProjects
        const items = await takeItems(limit, (page) => getPage(client, { entity, ...page }))
        const rowOf = (each: sdk.Owner) => [
          ownerRef(each),
          each.restricted ? 'members' : 'all',
          time(each.updatedAt),
          each.description ?? '',
        ]
        const headings = [kind, 'seen by', 'changed', 'description']
        output.result({ items }, () => table(headings, items.map(rowOf)))
      }),
    )
}

function changeVerb(kind: Kind, find: Find, example: string): Command {
  return registryVerb('change', 'its name, description, and who sees it; what is left out stays')
    .argument(`<${kind}>`, '[entity/]name')
    .option('--name <name>', 'its new name; references by the old one end')
    .option('--description <text>', 'for people')
    .option('--restricted', 'seen by its members only')
    .option('--no-restricted', 'seen by its whole team or organization')
    .addHelpText('after', examples(`greenroom ${kind} change ${example} --restricted`))
    .action(
      withSession(async (session, text: string, options: ChangeOptions) => {
        const change = given(options)
        if (Object.keys(change).length === 0)
          throw new UsageError('Say what changes: --name, --description or --restricted.')
        const owner = await find(session, text)
        const changed = await sdk.changeOwner(session.client, owner, change)
        session.output.result(changed, () =>
          facts([
            [kind, ownerRef(changed)],
            ['seen by', changed.restricted ? 'members' : 'all'],
            ['description', changed.description ?? ''],
          ]),
        )
      }),
    )
}

function deleteVerb(kind: Kind, find: Find, example: string): Command {
  return registryVerb('delete', `end a ${kind} with all that it holds`)
    .argument(`<${kind}>`, '[entity/]name')
    .option('--drop-aliases', 'though aliases are set')
    .option('--reason <text>', 'kept in the log')
    .option('--yes', 'do not ask')
    .addHelpText('after', examples(`greenroom ${kind} delete ${example} --drop-aliases`))
    .action(
      withSession(async (session, text: string, options: DeleteOptions) => {
        const owner = await find(session, text)
        const { dropAliases, reason, yes } = options
        const ref = printable(ownerRef(owner))
        await confirm(`This ends ${ref} with all that it holds.`, yes)
        await sdk.deleteOwner(session.client, owner, { dropAliases, reason })
        session.output.result({ ...owner, deleted: true }, () => `${ref} ends here.`)
      }),
    )
}

function given({ name, description, restricted }: ChangeOptions): ChangeOptions {
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(restricted === undefined ? {} : { restricted }),
  }
}
