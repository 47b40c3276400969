import { type CollectionName, dryRunRollback, rollBack } from '@greenroom/sdk'
import type { Command } from 'commander'
import { changeText } from '../change-text.ts'
import { examples } from '../examples.ts'
import { EXIT } from '../exit-codes.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'
import { expectation, forecastText } from './promote.ts'

interface Options {
  readonly to?: string
  readonly expect?: string
  readonly reason?: string
  readonly dryRun?: true
}

/** Takes the last move of an alias back. */
export function rollbackVerb(): Command {
  return registryVerb('rollback', 'take the last move of an alias back')
    .argument('<collection>', 'without a selector')
    .argument('<alias>', 'the alias that goes back')
    .option('--to <version>', 'down to this one, instead of the one before')
    .option('--expect <what>', 'only if it is so still: a generation or v<number>')
    .option('--reason <text>', 'kept in the log')
    .option('--dry-run', 'say what it would do, and which rules say no; ends with 1 then')
    .addHelpText(
      'after',
      examples(
        'greenroom rollback demo/image-classifier production',
        'greenroom rollback demo/image-classifier production --to v2 --reason "v4 drifts"',
      ),
    )
    .action(withSession(rollback))
}

async function rollback(
  session: Session,
  name: string,
  alias: string,
  options: Options,
): Promise<void> {
  const collection = await session.parseCollection(name)
  const { to, expect, reason } = options
  if (options.dryRun) {
    await dryRun(session, collection, alias, to)
    return
  }
  const change = await rollBack(session.client, collection, alias, {
    ...(to === undefined ? {} : { to }),
    ...(reason === undefined ? {} : { reason }),
    ...(expect === undefined ? {} : { expect: expectation(expect) }),
  })
  session.output.result(change, () => changeText(change, session.output.colours))
}

async function dryRun(
  { client, output }: Session,
  collection: CollectionName,
  alias: string,
  to: string | undefined,
): Promise<void> {
  const plan = await dryRunRollback(client, collection, alias, to === undefined ? {} : { to })
  const versions = plan.slots.map(({ version }) => version).join(', ')
  output.result(plan, () => forecastText(plan, versions))
  if (!plan.allowed) process.exitCode = EXIT.refused
}
