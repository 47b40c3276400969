import * as sdk from '@greenroom/sdk'
import { Command, InvalidArgumentError } from 'commander'
import { examples } from '../examples.ts'
import { printable, table, time } from '../output.ts'
import {
  collected,
  countOption,
  type RegistryOptions,
  registryVerb,
  type Session,
  withSession,
} from '../registry-verb.ts'
import { takeItems } from '../take-items.ts'
import { UsageError } from '../usage-error.ts'

interface Change {
  readonly capacity?: number | null
  readonly protected?: boolean
  readonly requires?: readonly string[]
  readonly onSupersede?: string
  readonly clears?: readonly string[]
  readonly fallback?: readonly string[]
}

interface SetOptions extends Change, RegistryOptions {
  readonly reason?: string
}

const WHERE = 'registry/NAME, PROJECT, or ENTITY/PROJECT'

/** Shows and declares the life cycle of a registry or project. */
export function stageVerb(): Command {
  return new Command('stage')
    .summary('show and declare the stages of a registry or project')
    .description('Show and declare the stages of a registry or project: aliases with rules.')
    .addCommand(
      registryVerb('list', 'list the stages, in order of the life cycle')
        .argument('<where>', WHERE)
        .addHelpText('after', examples('greenroom stage list registry/model'))
        .action(withSession(listStages)),
    )
    .addCommand(setVerb())
    .addCommand(
      registryVerb('remove', 'make a stage an alias like any other')
        .argument('<where>', WHERE)
        .argument('<stage>')
        .option('--reason <text>', 'kept with the change')
        .addHelpText('after', examples('greenroom stage remove demo canary'))
        .action(withSession(removeStage)),
    )
    .addCommand(
      registryVerb('history', 'who declared what, newest first')
        .argument('<where>', WHERE)
        .addOption(countOption('changes'))
        .addHelpText('after', examples('greenroom stage history registry/model'))
        .action(withSession(showHistory)),
    )
}

function setVerb(): Command {
  const several = '; may be given several times, "" for none'
  return registryVerb('set', 'declare a stage, or change one; what is left out stays')
    .argument('<where>', WHERE)
    .argument('<stage>', 'a new one becomes the last of the life cycle')
    .option('--protected', 'only who may promote there moves it')
    .option('--no-protected', 'who may write moves it')
    .option('--capacity <number>', 'so many versions bear it at once; or "any"', capacity)
    .option('--requires <stage>', `that a version bore before${several}`, listed)
    .option('--on-supersede <alias>', 'what a displaced version becomes; "" for nothing')
    .option('--clears <alias>', `what a version that gains it loses${several}`, listed)
    .option('--fallback <alias>', `tried when it is vacant${several}`, listed)
    .option('--reason <text>', 'kept with the change')
    .addHelpText(
      'after',
      examples(
        'greenroom stage set registry/model production --protected --requires staging',
        'greenroom stage set demo canary --fallback production --reason "try it first"',
      ),
    )
    .action(withSession(setStage))
}

async function listStages(session: Session, where: string): Promise<void> {
  const list = await sdk.listStages(session.client, await session.requireOwner(where))
  showStages(session, list)
}

async function setStage(
  session: Session,
  where: string,
  name: string,
  { reason, url: _, json: __, onSupersede, ...change }: SetOptions,
): Promise<void> {
  const wanted = {
    ...change,
    ...(onSupersede === undefined ? {} : { onSupersede: onSupersede || null }),
  }
  await changeStages(session, where, reason, (stages) => {
    const known = stages.some((stage) => stage.name === name)
    const before = known ? stages : [...stages, { name }]
    return before.map((stage) => (stage.name === name ? { ...stage, ...wanted } : stage))
  })
}

async function removeStage(
  session: Session,
  where: string,
  name: string,
  { reason }: { readonly reason?: string },
): Promise<void> {
  await changeStages(session, where, reason, (stages) => {
    const kept = stages.filter((stage) => stage.name !== name)
    if (kept.length < stages.length) return kept
    const known = stages.map((stage) => stage.name).join(', ')
    throw new UsageError(`There is no stage "${name}" there. There are: ${known}.`)
  })
}

/** The whole list at once, unless somebody else was quicker. */
async function changeStages(
  session: Session,
  where: string,
  reason: string | undefined,
  change: (stages: readonly sdk.NewStage[]) => readonly sdk.NewStage[],
): Promise<void> {
  const owner = await session.requireOwner(where)
  const before = await sdk.listStages(session.client, owner)
  const items = change(before.items.map(({ position: _, ...stage }) => stage))
  const body = { items, ...(reason === undefined ? {} : { reason }) }
  const after = await sdk.putStages(session.client, owner, body, { ifMatch: before.etag })
  showStages(session, after)
}

function showStages({ output }: Session, { items }: sdk.StageList): void {
  const headings = ['stage', 'holds', 'protected', 'requires', 'displaced to', 'clears', 'fallback']
  const rowOf = (each: sdk.Stage) => [
    each.name,
    each.capacity === null ? 'any' : String(each.capacity),
    each.protected ? 'yes' : '',
    each.requires.join(', '),
    each.onSupersede ?? '',
    each.clears.join(', '),
    each.fallback.join(', '),
  ]
  output.result({ items }, () => table(headings, items.map(rowOf)))
}

async function showHistory(
  session: Session,
  where: string,
  { limit }: { readonly limit: number },
): Promise<void> {
  const owner = await session.requireOwner(where)
  const items = await takeItems(limit, (page) => sdk.listStageChanges(session.client, owner, page))
  const rowOf = (each: sdk.StageChange) => [
    time(each.time),
    each.actor,
    each.to.map(({ name }) => printable(name)).join(' → '),
    each.reason ?? '',
  ]
  session.output.result({ items }, () =>
    table(['when', 'who', 'stages', 'reason'], items.map(rowOf)),
  )
}

function capacity(text: string): number | null {
  if (text === 'any') return null
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a whole number from 1, or "any".')
}

/** `""` is none. */
function listed(value: string, before: readonly string[] = []): readonly string[] {
  return value === '' ? [] : collected(value, before)
}
