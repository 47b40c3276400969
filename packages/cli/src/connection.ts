import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { Client, ClientError } from './interim-client.ts'
import { UsageError } from './usage-error.ts'

const DEFAULT_URL = 'http://127.0.0.1:4747'

/** What `greenroom login` remembers. */
export interface Login {
  readonly url: string
  readonly key: string
}

/** The flag, else the environment, else the login, else a server on this machine. */
export function urlInForce(flag: string | undefined): string {
  const { GREENROOM_URL, WANDB_BASE_URL } = process.env
  const text = flag ?? GREENROOM_URL ?? WANDB_BASE_URL ?? readLogin()?.url ?? DEFAULT_URL
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new UsageError(`"${text}" is no address of a server. Write ${DEFAULT_URL}, for example.`)
  return text.replace(/\/+$/, '')
}

/** Throws `ClientError` (`unauthenticated`) where no key for that server is at hand. */
export function openClient(flag: string | undefined): Client {
  const url = urlInForce(flag)
  const login = readLogin()
  // A key goes to the server that it is for, and to no other.
  const remembered = login?.url === url ? login.key : undefined
  const key = process.env.GREENROOM_API_KEY ?? process.env.WANDB_API_KEY ?? remembered
  if (key === undefined) throw new ClientError('unauthenticated', `There is no key for ${url}.`)
  return new Client(url, key)
}

/** Gives the file, which only its owner may read. */
export function writeLogin(login: Login): string {
  const file = credentialsFile()
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(`${file}.new`, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return file
}

function credentialsFile(): string {
  return path.join(homedir(), '.config', 'greenroom', 'credentials.json')
}

function readLogin(): Login | undefined {
  try {
    return JSON.parse(readFileSync(credentialsFile(), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new UsageError(`${credentialsFile()} cannot be read. Sign in once more, or remove it.`, {
      cause: error,
    })
  }
}
