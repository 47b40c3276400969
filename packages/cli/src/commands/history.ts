import { type LoggedSlot, listAliasHistory, listHistory, type PointerEvent } from '@greenroom/sdk'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { table, time } from '../output.ts'
import { countOption, registryVerb, type Session, withSession } from '../registry-verb.ts'
import { takeItems } from '../take-items.ts'

interface Options {
  readonly limit: number
}

/** Shows who moved what, when and why. */
export function historyVerb(): Command {
  return registryVerb('history', 'show who moved which alias, when and why; newest first')
    .argument('<collection>', 'without a selector')
    .argument('[alias]', 'only this one')
    .addOption(countOption('moves'))
    .addHelpText(
      'after',
      examples(
        'greenroom history demo/image-classifier',
        'greenroom history demo/image-classifier production --limit 5 --json',
      ),
    )
    .action(withSession(history))
}

async function history(
  session: Session,
  name: string,
  alias: string | undefined,
  { limit }: Options,
): Promise<void> {
  const collection = await session.parseCollection(name)
  const { client } = session
  const items = await takeItems(limit, (page) =>
    alias === undefined
      ? listHistory(client, collection, page)
      : listAliasHistory(client, collection, alias, page),
  )
  session.output.result({ items }, () =>
    items.length === 0
      ? 'No alias was moved here.'
      : table(['when', 'alias', 'gen', 'from', 'to', 'cause', 'who', 'reason'], items.map(rowOf)),
  )
}

function rowOf(event: PointerEvent): string[] {
  return [
    time(event.time),
    event.alias,
    String(event.generation),
    event.from === null ? event.removed.map((gone) => `-${gone}`).join(' ') : slots(event.from),
    event.to === null ? event.added.map((come) => `+${come}`).join(' ') : slots(event.to),
    event.cause,
    event.actor,
    event.reason ?? '',
  ]
}

function slots(list: readonly LoggedSlot[]): string {
  const weighed = list.length > 1
  const names = list.map(({ version, weight }) => (weighed ? `${version}(${weight})` : version))
  return names.join(' ') || '-'
}
