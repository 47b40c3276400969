import { maxAgeOf, type Policy, pullRefSteps } from '@greenroom/sdk/node'
import { type Command, InvalidArgumentError } from 'commander'
import { examples } from '../examples.ts'
import { interruptSignal } from '../interrupt.ts'
import { printable, size, time } from '../output.ts'
import { withBars } from '../progress-bar.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'

interface Options {
  readonly fallback?: true
  readonly policy: Policy
}

/** Fetches the files of a version, each checked against its digest. */
export function pullVerb(): Command {
  return registryVerb('pull', 'fetch the files of a version, each checked against its digest')
    .argument('<ref>', 'the version, by number, alias or digest')
    .argument('[folder]', "where to; without it a folder with the collection's name")
    .option('--fallback', 'try what the stage declares when it is vacant')
    .option(
      '--policy <policy>',
      'when the registry is away: fail; stale-ok:24h (s, m, h, d) serves what was pulled last; ' +
        'pinned never asks again',
      policy,
      'fail',
    )
    .addHelpText(
      'after',
      examples(
        'greenroom pull demo/image-classifier:production ./model',
        'greenroom pull demo/image-classifier:production ./model --policy stale-ok:24h',
        'greenroom pull demo/image-classifier:production ./model --fallback --json',
      ),
    )
    .action(withSession(pull))
}

async function pull(
  { client, output }: Session,
  ref: string,
  folder: string | undefined,
  { fallback, policy: inForce }: Options,
): Promise<void> {
  const place = folder ?? nameIn(ref)
  const steps = pullRefSteps(client, ref, {
    folder: place,
    fallback,
    policy: inForce,
    signal: interruptSignal(),
  })
  const { resolution, ...pulled } = await withBars(output, 'pull', steps)
  if (pulled.stale)
    output.note(
      `${client.url} does not answer: this is the last known good, of ${time(pulled.confirmedAt)}.`,
    )
  output.result(pulled, () => {
    const { files, bytes, fetchedBytes, references } = pulled
    const count = files === 1 ? '1 file' : `${files} files`
    const name = output.colours.bold(printable(pulled.ref))
    const pointers = references === 0 ? '' : `; ${references} point elsewhere, not followed`
    const fetched = `${size(bytes)}, ${size(fetchedBytes)} fetched`
    return `${name} → ${printable(pulled.folder)}: ${count}, ${fetched}${pointers}`
  })
}

/** The collection's name: without asking the registry, which may be away. */
function nameIn(ref: string): string {
  return ref.split(':', 1)[0]?.split('/').at(-1) ?? ''
}

function policy(text: string): Policy {
  try {
    maxAgeOf(text as Policy)
    return text as Policy
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}
