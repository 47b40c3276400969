import { type EventKind, items, listEvents, type StreamEvent, watchEvents } from '@greenroom/sdk'
import { type Command, Option } from 'commander'
import { examples } from '../examples.ts'
import { printable, time } from '../output.ts'
import { ownerRef } from '../ref.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'
import { revision } from './watch.ts'

interface Options {
  readonly kind?: EventKind
  readonly after: number
  readonly follow?: true
}

const PAGE_EVENTS = 1000

/** Tells everything that happened, for the audit. */
export function eventsVerb(): Command {
  return registryVerb('events', 'tell everything that happened, oldest first: the audit')
    .argument('[where]', 'only in registry/NAME, PROJECT or ENTITY/PROJECT')
    .option('--kind <kind>', 'only these, as alias.moved or refusal.protected')
    .addOption(
      new Option('--after <revision>', 'only what came behind it').default(0).argParser(revision),
    )
    .option('--follow', 'and then what happens, until it is stopped')
    .addHelpText(
      'after',
      `
What you may not see is left out; administrators see all. With --json it is one event a line.
${examples(
  'greenroom events --json > audit.jsonl',
  'greenroom events registry/model --kind refusal.protected',
  'greenroom events --after 120000 --follow',
)}`,
    )
    .action(withSession(events))
}

async function events(session: Session, where: string | undefined, options: Options) {
  const { client, output } = session
  const { kind, after, follow } = options
  const owner = where === undefined ? undefined : await session.requireOwner(where)
  const filter = { owner, kind, after }
  const found = follow
    ? watchEvents(client, filter)
    : items((page) => listEvents(client, { ...filter, ...page }), PAGE_EVENTS)
  for await (const event of found) output.result(event, () => lineOf(event))
}

function lineOf({ revision: at, time: when, kind, actor, owner, ...rest }: StreamEvent): string {
  const { collection, alias, payload } = rest
  const place = owner === null ? '' : `${ownerRef(owner)}${collection ?? ''}`
  const what = alias === null ? place : `${place}:${alias}`
  const told = what === '' ? JSON.stringify(payload) : what
  return `${at}  ${time(when)}  ${kind}  ${printable(actor)}  ${printable(told)}`
}
