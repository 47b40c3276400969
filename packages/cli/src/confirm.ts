import { createInterface } from 'node:readline/promises'
import { UsageError } from './usage-error.ts'

/**
 * Asks a person before something ends for good; `--yes` has answered already. Throws `UsageError`
 * where nobody can answer, and where the answer is no.
 */
export async function confirm(question: string, isConfirmed: boolean | undefined): Promise<void> {
  if (isConfirmed === true) return
  if (!process.stdin.isTTY)
    throw new UsageError(`${question} There is no way back: say --yes if that is meant.`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await terminal.question(`${question} There is no way back. Type "yes": `)
    if (answer.trim().toLowerCase() !== 'yes') throw new UsageError('Nothing was changed.')
  } finally {
    terminal.close()
  }
}
