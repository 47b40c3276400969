import type { Client, Member, Page, PageQuery, Role } from '@greenroom/sdk'
import { type Command, Option } from 'commander'
import { examples } from './examples.ts'
import { printable, table } from './output.ts'
import { countOption, registryVerb, type Session, withSession } from './registry-verb.ts'
import { takeItems } from './take-items.ts'

/** Where somebody can be a member, and how one asks for that place. */
export interface MemberPlace<Place> {
  /** `team`: what help, messages and `--json` call it. */
  readonly noun: string
  readonly roles: readonly Role[]
  /** Who can be a member there. */
  readonly who: string
  /** A place and somebody for the examples. */
  readonly example: readonly [place: string, member: string]
  /** What is meant by the word that was typed. */
  find(session: Session, text: string): Promise<Place>
  list(client: Client, place: Place, page: PageQuery): Promise<Page<Member>>
  set(client: Client, place: Place, member: string, body: { role: Role }): Promise<void>
  remove(client: Client, place: Place, member: string): Promise<void>
}

/** `members`, `add` and `remove`: alike for teams, organizations, registries and projects. */
export function memberVerbs<Place>(place: MemberPlace<Place>): Command[] {
  const { noun, roles, who, example } = place
  const [there, somebody] = example
  return [
    registryVerb('members', `list who is in a ${noun}, and their roles`)
      .argument(`<${noun}>`)
      .addOption(countOption('members'))
      .addHelpText('after', examples(`greenroom ${noun} members ${there}`))
      .action(
        withSession((session, text: string, { limit }: { readonly limit: number }) =>
          listMembers(session, place, text, limit),
        ),
      ),
    registryVerb('add', `take somebody into a ${noun}, or give them another role there`)
      .argument(`<${noun}>`)
      .argument('<member>', who)
      .addOption(new Option('--role <role>', `in the ${noun}`).choices(roles).default('member'))
      .addHelpText('after', examples(`greenroom ${noun} add ${there} ${somebody} --role admin`))
      .action(
        withSession((session, text: string, member: string, { role }: { readonly role: Role }) =>
          addMember(session, place, text, { member, role }),
        ),
      ),
    registryVerb('remove', `take somebody out of a ${noun}`)
      .argument(`<${noun}>`)
      .argument('<member>', who)
      .addHelpText('after', examples(`greenroom ${noun} remove ${there} ${somebody}`))
      .action(
        withSession((session, text: string, member: string) =>
          removeMember(session, place, text, member),
        ),
      ),
  ]
}

async function listMembers<Place>(
  session: Session,
  place: MemberPlace<Place>,
  text: string,
  limit: number,
): Promise<void> {
  const found = await place.find(session, text)
  const items = await takeItems(limit, (page) => place.list(session.client, found, page))
  const rowOf = ({ name, kind, role, displayName }: Member) => [
    name,
    kind.replace('_', ' '),
    role,
    displayName ?? '',
  ]
  session.output.result({ items }, () =>
    table(['member', 'kind', 'role', 'name'], items.map(rowOf)),
  )
}

async function addMember<Place>(
  session: Session,
  place: MemberPlace<Place>,
  text: string,
  { member, role }: { readonly member: string; readonly role: Role },
): Promise<void> {
  await place.set(session.client, await place.find(session, text), member, { role })
  session.output.result(
    { [place.noun]: text, member, role },
    () => `${printable(member)} is ${role} of ${printable(text)} now.`,
  )
}

async function removeMember<Place>(
  session: Session,
  place: MemberPlace<Place>,
  text: string,
  member: string,
): Promise<void> {
  await place.remove(session.client, await place.find(session, text), member)
  session.output.result(
    { [place.noun]: text, member, removed: true },
    () => `${printable(member)} is in ${printable(text)} no more.`,
  )
}
