import { rollBack } from '@greenroom/sdk'
import type { Command } from 'commander'
import { changeText } from '../change-text.ts'
import { examples } from '../examples.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'
import { expectation } from './promote.ts'

interface Options {
  readonly to?: string
  readonly expect?: string
  readonly reason?: string
}

/** Takes the last move of an alias back. */
export function rollbackVerb(): Command {
  return registryVerb('rollback', 'take the last move of an alias back')
    .argument('<collection>', 'without a selector')
    .argument('<alias>', 'the alias that goes back')
    .option('--to <version>', 'down to this one, instead of the one before')
    .option('--expect <what>', 'only if it is so still: a generation or v<number>')
    .option('--reason <text>', 'kept in the log')
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
  { to, expect, reason }: Options,
): Promise<void> {
  const collection = await session.parseCollection(name)
  const change = await rollBack(session.client, collection, alias, {
    ...(to === undefined ? {} : { to }),
    ...(reason === undefined ? {} : { reason }),
    ...(expect === undefined ? {} : { expect: expectation(expect) }),
  })
  session.output.result(change, () => changeText(change, session.output.colours))
}
