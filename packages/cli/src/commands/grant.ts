import * as sdk from '@greenroom/sdk'
import { Command, Option } from 'commander'
import { examples } from '../examples.ts'
import { printable, table, time } from '../output.ts'
import { countOption, registryVerb, type Session, withSession } from '../registry-verb.ts'
import { takeItems } from '../take-items.ts'

interface CreateOptions {
  readonly verb: sdk.Grant['verb']
  readonly deny?: true
  readonly collection?: string
  readonly alias?: string
}

interface ExplainOptions {
  readonly verb: sdk.Verb
  readonly collection?: string
  readonly alias?: string
}

const WHERE = 'registry/NAME, PROJECT, or ENTITY/PROJECT'

/** Makes, lists and removes exceptions to what roles say. */
export function grantVerb(): Command {
  return new Command('grant')
    .summary('let or forbid somebody one thing in a registry or project')
    .description('Let or forbid one principal one thing in a registry or project, by patterns.')
    .addCommand(
      registryVerb('create', 'allow or deny a verb to a user, team or service account')
        .argument('<where>', WHERE)
        .argument('<principal>', 'a user, team or service account')
        .addOption(
          new Option('--verb <verb>', 'what')
            .choices(['read', 'download', 'write', 'promote'])
            .makeOptionMandatory(),
        )
        .option('--deny', 'deny it, which beats whatever allows')
        .option('--collection <pattern>', 'only in these collections')
        .option('--alias <pattern>', 'only these aliases, as "staging*"')
        .addHelpText(
          'after',
          examples("greenroom grant create registry/model ci --verb promote --alias 'staging*'"),
        )
        .action(withSession(createGrant)),
    )
    .addCommand(
      registryVerb('list', 'list the grants of a registry or project')
        .argument('<where>', WHERE)
        .addOption(countOption('grants'))
        .addHelpText('after', examples('greenroom grant list registry/model'))
        .action(withSession(listGrants)),
    )
    .addCommand(
      registryVerb('explain', 'say whether somebody may do something, and what decides it')
        .argument('<where>', WHERE)
        .argument('<principal>', 'a user or service account')
        .addOption(
          new Option('--verb <verb>', 'what')
            .choices(['read', 'download', 'write', 'promote', 'administer'])
            .default('promote'),
        )
        .option('--collection <name>', 'in this collection')
        .option('--alias <name>', 'this alias')
        .addHelpText(
          'after',
          examples('greenroom grant explain registry/model ci --verb promote --alias production'),
        )
        .action(withSession(explain)),
    )
    .addCommand(
      registryVerb('remove', 'take a grant back')
        .argument('<where>', WHERE)
        .argument('<id>', 'as the list gives it')
        .addHelpText('after', examples('greenroom grant remove registry/model 01JD4Z'))
        .action(withSession(removeGrant)),
    )
}

async function createGrant(
  session: Session,
  where: string,
  principal: string,
  { verb, deny, collection, alias }: CreateOptions,
): Promise<void> {
  const grant = await sdk.createGrant(session.client, await session.requireOwner(where), {
    principal,
    verb,
    effect: deny === true ? 'deny' : 'allow',
    ...(collection === undefined ? {} : { collection }),
    ...(alias === undefined ? {} : { alias }),
  })
  session.output.result(
    grant,
    () => `${printable(grant.id)}: ${grantText(grant)} to ${printable(grant.principal)}.`,
  )
}

async function listGrants(
  session: Session,
  where: string,
  { limit }: { readonly limit: number },
): Promise<void> {
  const owner = await session.requireOwner(where)
  const items = await takeItems(limit, (page) => sdk.listGrants(session.client, owner, page))
  const rowOf = (each: sdk.Grant) => [
    each.id,
    each.principal,
    each.effect,
    each.verb,
    each.collection,
    each.alias,
    time(each.createdAt),
  ]
  const headings = ['id', 'principal', 'effect', 'verb', 'collection', 'alias', 'created']
  session.output.result({ items }, () => table(headings, items.map(rowOf)))
}

async function explain(
  session: Session,
  where: string,
  principal: string,
  { verb, collection, alias }: ExplainOptions,
): Promise<void> {
  const found = await sdk.explainAccess(session.client, await session.requireOwner(where), {
    principal,
    verb,
    collection,
    alias,
  })
  session.output.result(found, () => {
    const what =
      alias === undefined ? verb : `move ${alias}${found.isProtected ? ', which is protected' : ''}`
    const may = found.allowed ? 'may' : 'may not'
    return `${printable(principal)} ${may} ${printable(what)}: ${printable(reasonText(found))}.`
  })
}

function reasonText({ because, role, needed, grant }: sdk.ExplainedAccess): string {
  if (because === 'administrator') return 'administrators may everything'
  if (grant !== null) return `the grant ${grant.id} of ${grant.principal} says so`
  return `their role is ${role ?? 'none'}, and it takes ${needed ?? 'none'}`
}

async function removeGrant(session: Session, where: string, id: string): Promise<void> {
  await sdk.removeGrant(session.client, await session.requireOwner(where), id)
  session.output.result({ id, removed: true }, () => `The grant ${printable(id)} ends here.`)
}

/** `promote of staging* is allowed`. */
function grantText({ effect, verb, collection, alias }: sdk.Grant): string {
  const place = collection === '*' && alias === '*' ? '' : ` in ${collection}:${alias}`
  return `${verb}${printable(place)} is ${effect === 'deny' ? 'denied' : 'allowed'}`
}
