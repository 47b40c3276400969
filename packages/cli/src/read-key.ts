import { readFileSync } from 'node:fs'
import { UsageError } from './usage-error.ts'

/** The key from a file, a pipe, or a person who types it unseen. Throws `UsageError`. */
export async function readKey(keyFile: string | undefined): Promise<string> {
  if (keyFile !== undefined) return checked(readKeyFile(keyFile))
  return checked(await readSecret('Key (not shown): '))
}

/** What a person types unseen, or what comes by a pipe, without the end of its line. */
export async function readSecret(question: string): Promise<string> {
  if (process.stdin.isTTY) return ask(question)
  let piped = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    piped += chunk
    if (piped.length > MAX_SECRET_CHARACTERS) break
  }
  return piped.replace(/\r?\n$/, '')
}

const MAX_SECRET_CHARACTERS = 4096

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`--key-file: ${(error as Error).message}`, { cause: error })
  }
}

function checked(text: string): string {
  const key = text.trim()
  if (/^[\x21-\x7e]{1,1024}$/.test(key)) return key
  throw new UsageError(
    key === ''
      ? 'No key was given. Type it, pipe it in, or say --key-file FILE.'
      : 'A key is one word of letters, digits and signs.',
  )
}

/** Raw mode, because a line that the terminal edits is echoed. */
function ask(question: string): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(question)
  stdin.setRawMode(true).setEncoding('utf8').resume()
  return new Promise((resolve, reject) => {
    let typed = ''
    const end = () => {
      stdin.off('data', take).setRawMode(false).pause()
      stderr.write('\n')
    }
    const take = (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n' || character === '\u0004') {
          end()
          resolve(typed)
          return
        }
        if (character === '\u0003') {
          end()
          reject(new UsageError('Not signed in.'))
          return
        }
        typed = character === '\u007f' ? typed.slice(0, -1) : typed + character
      }
    }
    stdin.on('data', take)
  })
}
