import * as sdk from '@greenroom/sdk'
import { Command, InvalidArgumentError, Option } from 'commander'
import { examples } from '../examples.ts'
import { printable, table, time } from '../output.ts'
import { readKey } from '../read-key.ts'
import { collected, registryVerb, type Session, withSession } from '../registry-verb.ts'
import { UsageError } from '../usage-error.ts'

interface Options {
  readonly user?: string
}

interface KeyOptions {
  readonly expires?: string
  readonly keyFile?: string
}

interface CreateOptions extends Options, KeyOptions {
  readonly verb: readonly sdk.Verb[]
  readonly owner?: string
  readonly collection?: string
  readonly alias?: string
}

const VERBS: readonly sdk.Verb[] = ['read', 'download', 'write', 'promote', 'administer']

/** Makes, lists and revokes keys. */
export function tokenVerb(): Command {
  const whose = 'whose, a user or service account; without it your own'
  return new Command('token')
    .summary('make, list and revoke keys')
    .description('Make, list and revoke keys: your own, or as an administrator those of others.')
    .addCommand(createVerb(whose))
    .addCommand(
      registryVerb('import', 'take over a key that exists elsewhere, as an administrator')
        .argument('<name>', 'what it is for')
        .option('--user <name>', whose)
        .option('--key-file <file>', 'where it is; without it asked for, or from a pipe', '-')
        .option('--expires <when>', 'when it ends: 90d or 12h from now, or a time', expiry)
        .addHelpText(
          'after',
          examples('greenroom token import moved --user alice --key-file old-key'),
        )
        .action(
          withSession((session, name: string, given: Options & KeyOptions) =>
            createToken(session, name, { ...given, verb: [] }),
          ),
        ),
    )
    .addCommand(
      registryVerb('list', 'list keys, by how they begin')
        .option('--user <name>', whose)
        .option('--revoked', 'those that were revoked, too')
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

function createVerb(whose: string): Command {
  return registryVerb('create', 'make a key; it is shown this once')
    .argument('<name>', 'what it is for')
    .option('--user <name>', whose)
    .option('--expires <when>', 'when it ends: 90d or 12h from now, or a time', expiry)
    .addOption(
      new Option(
        '--verb <verb>',
        `all that it may: ${VERBS.join(', ')}; may be given several times`,
      )
        .argParser(verb)
        .default([], 'whatever its owner may'),
    )
    .option('--owner <pattern>', 'only in these projects and registries, as "alice/*"')
    .option('--collection <pattern>', 'only in these collections')
    .option('--alias <pattern>', 'only these aliases, as "staging*"')
    .addHelpText(
      'after',
      examples(
        'greenroom token create laptop --expires 90d',
        "greenroom token create ci --user robot --verb read --verb promote --alias 'staging*'",
      ),
    )
    .action(withSession(createToken))
}

async function createToken(session: Session, name: string, options: CreateOptions): Promise<void> {
  const { expires, keyFile } = options
  const user = options.user ?? (await ownName(session))
  const key =
    keyFile === undefined ? undefined : await readKey(keyFile === '-' ? undefined : keyFile)
  const scope = scopeOf(options)
  const token = await sdk.createToken(session.client, user, {
    name,
    ...(expires === undefined ? {} : { expiresAt: expires }),
    ...(scope === undefined ? {} : { scope }),
    ...(key === undefined ? {} : { key }),
  })
  if (key === undefined) session.output.note('Keep this key now: nobody can show it again.')
  session.output.result(token, () =>
    key === undefined ? token.key : `The key ${printable(token.id)} is ${printable(user)}'s now.`,
  )
}

function scopeOf({ verb: verbs, owner, collection, alias }: CreateOptions) {
  const patterns = {
    ...(owner === undefined ? {} : { owner }),
    ...(collection === undefined ? {} : { collection }),
    ...(alias === undefined ? {} : { alias }),
  }
  if (verbs.length > 0) return { verbs, ...patterns }
  if (Object.keys(patterns).length === 0) return undefined
  throw new UsageError('Say what the key may do there: --verb read, for example.')
}

async function listTokens(
  session: Session,
  { user, revoked }: Options & { readonly revoked?: true },
): Promise<void> {
  const owner = user ?? (await ownName(session))
  const list = await sdk.listTokens(session.client, owner, { revoked })
  const headings = ['id', 'name', 'key', 'may', 'created', 'last used', 'expires', 'revoked']
  session.output.result(list, () => table(headings, list.items.map(rowOf)))
}

function rowOf(token: sdk.Token): string[] {
  const { id, name, prefix, scope, createdAt, lastUsedAt, expiresAt, revokedAt } = token
  const times = [createdAt, lastUsedAt, expiresAt, revokedAt]
  return [
    id,
    name,
    `${prefix}…`,
    scope === null ? 'all' : scopeText(scope),
    ...times.map((each) => (each === null ? '' : time(each))),
  ]
}

function scopeText({ verbs, owner, collection, alias }: sdk.TokenScope): string {
  const place = `${owner}/${collection}:${alias}`
  return verbs.join(' ') + (place === '*/*:*' ? '' : ` in ${place}`)
}

async function revokeToken(session: Session, id: string, { user }: Options): Promise<void> {
  await sdk.revokeToken(session.client, user ?? (await ownName(session)), id)
  session.output.result({ id, revoked: true }, () => `The key ${printable(id)} ends here.`)
}

async function ownName(session: Session): Promise<string> {
  return (await sdk.getMe(session.client)).user.username
}

function verb(word: string, before: readonly string[]): readonly string[] {
  if (VERBS.some((known) => known === word)) return collected(word, before)
  throw new InvalidArgumentError(`It is one of ${VERBS.join(', ')}.`)
}

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 }

/** As the registry takes it. Throws `InvalidArgumentError`. */
export function expiry(text: string): string {
  const [, count, unit = ''] = /^(\d{1,6})([hd])$/.exec(text) ?? []
  const each = UNIT_MILLISECONDS[unit]
  if (count !== undefined && each !== undefined)
    return new Date(Date.now() + Number(count) * each).toISOString()
  const at = Date.parse(text)
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(at)) return new Date(at).toISOString()
  throw new InvalidArgumentError('It is 90d, 12h, or a time as 2027-01-01T00:00:00Z.')
}
