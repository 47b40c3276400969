import { type CollectionName, dryRunPromotion, putAlias } from '@greenroom/sdk'
import type { Forecast } from '@greenroom/sdk/wire'
import type { Command } from 'commander'
import { changeText, otherText } from '../change-text.ts'
import { examples } from '../examples.ts'
import { EXIT } from '../exit-codes.ts'
import { printable } from '../output.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'
import { UsageError } from '../usage-error.ts'

interface Options {
  readonly to: string
  readonly expect?: string
  readonly reason?: string
  readonly dryRun?: true
}

/** Moves an alias to a version. */
export function promoteVerb(): Command {
  return registryVerb('promote', 'move an alias to a version; no byte is copied')
    .argument('<ref>', 'the version, by number, alias or digest')
    .requiredOption('--to <alias>', 'the alias that moves')
    .option('--expect <what>', 'only if it is so still: a generation, v<number> or "vacant"')
    .option('--reason <text>', 'kept in the log')
    .option('--dry-run', 'say what it would do, and which rules say no; ends with 1 then')
    .addHelpText(
      'after',
      examples(
        'greenroom promote demo/image-classifier:staging --to production --reason "beats v3"',
        'greenroom promote demo/image-classifier:v4 --to production --expect v3',
      ),
    )
    .action(withSession(promote))
}

async function promote(session: Session, ref: string, options: Options): Promise<void> {
  const { collection, selector } = await session.parse(ref)
  if (options.dryRun) {
    await dryRun(session, collection, options.to, selector)
    return
  }
  const change = await putAlias(session.client, collection, options.to, {
    version: selector,
    ...(options.reason === undefined ? {} : { reason: options.reason }),
    ...(options.expect === undefined ? {} : { expect: expectation(options.expect) }),
  })
  session.output.result(change, () => changeText(change, session.output.colours))
}

async function dryRun(
  { client, output }: Session,
  collection: CollectionName,
  alias: string,
  version: string,
): Promise<void> {
  const plan = await dryRunPromotion(client, collection, alias, { version })
  output.result(plan, () => forecastText(plan, plan.version))
  if (!plan.allowed) process.exitCode = EXIT.refused
}

/** What a dry run says that the alias would do, with every rule. */
export function forecastText(
  { alias, allowed, removed, rules, others }: Forecast,
  version: string,
): string {
  const verdict = allowed ? 'would move to' : 'would be refused to move to'
  const displaced = removed.length > 0 ? `, away from ${removed.join(', ')}` : ''
  return [
    `${printable(alias)} ${verdict} ${version}${displaced}\n`,
    ...rules.map(
      ({ passed, message }) => `  ${passed ? 'met' : 'not met'}: ${printable(message)}\n`,
    ),
    ...others.map((other) => `  ${otherText(other)}\n`),
  ].join('')
}

/** As the registry takes it: a generation is a number. */
export function expectation(text: string): number | string {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  if (text === 'vacant' || /^v\d+$/.test(text)) return text
  throw new UsageError(
    `--expect takes a generation (7), a version (v3) or "vacant", not "${text}". ` +
      '"greenroom history" shows generations.',
  )
}
