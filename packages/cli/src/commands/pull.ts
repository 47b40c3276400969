import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { pull as pullFiles } from '../interim-transfer.ts'
import { printable, size } from '../output.ts'
import { progressBar } from '../progress-bar.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'

interface Options {
  readonly fallback?: true
}

/** Fetches the files of a version, each checked against its digest. */
export function pullVerb(): Command {
  return registryVerb('pull', 'fetch the files of a version, each checked against its digest')
    .argument('<ref>', 'the version, by number, alias or digest')
    .argument('[folder]', "where to; without it a folder with the collection's name")
    .option('--fallback', 'try what the stage declares when it is vacant')
    .addHelpText(
      'after',
      examples(
        'greenroom pull demo/image-classifier:production ./model',
        'greenroom pull demo/image-classifier:production ./model --fallback --json',
      ),
    )
    .action(withSession(pull))
}

async function pull(
  { client, output }: Session,
  ref: string,
  folder: string | undefined,
  { fallback }: Options,
): Promise<void> {
  const found = await client.resolveRef(ref, fallback === undefined ? {} : { fallback })
  const bar = progressBar(output, 'pull')
  const place = folder ?? found.collection
  const pulled = await pullFiles(client, found, place, bar.update).finally(bar.end)
  output.result(pulled, () => {
    const { files, bytes } = pulled
    const count = files === 1 ? '1 file' : `${files} files`
    const name = output.colours.bold(printable(pulled.ref))
    return `${name} → ${printable(pulled.folder)}: ${count}, ${size(bytes)}`
  })
}
