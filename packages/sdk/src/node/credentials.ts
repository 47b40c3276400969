import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { type Client, type ClientOptions, createClient } from '../client.ts'
import { GreenroomError } from '../greenroom-error.ts'
import { makeFolder } from './make-folder.ts'

export const DEFAULT_URL = 'http://127.0.0.1:4747'

/** What `greenroom login` remembers. */
export interface Login {
  readonly url: string
  readonly key: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * A client with what is left out taken from the environment (`GREENROOM_URL`, `GREENROOM_API_KEY`,
 * then `WANDB_BASE_URL`, `WANDB_API_KEY`), then from the login, then a server on this machine. The
 * key of the login goes to the server that it is for, and to no other.
 *
 * Throws `GreenroomError`: `unauthenticated` where no key is at hand.
 */
export async function openClient(
  options: ClientOptions = {},
  environment: Environment = process.env,
): Promise<Client> {
  const login = await readLogin(environment)
  const url = trimmed(urlInForce(options.url, login, environment))
  const remembered = login !== undefined && trimmed(login.url) === url ? login.key : undefined
  const { GREENROOM_API_KEY, WANDB_API_KEY } = environment
  const key = options.key ?? (GREENROOM_API_KEY || WANDB_API_KEY || remembered)
  if (key === undefined)
    throw new GreenroomError(
      'unauthenticated',
      `There is no key for ${url}. Give one, or set GREENROOM_API_KEY.`,
    )
  return createClient({ ...options, url, key })
}

export function urlInForce(
  given: string | undefined,
  login: Login | undefined,
  environment: Environment = process.env,
): string {
  const { GREENROOM_URL, WANDB_BASE_URL } = environment
  return given ?? (GREENROOM_URL || WANDB_BASE_URL || login?.url || DEFAULT_URL)
}

/** Undefined where nobody has signed in. */
export async function readLogin(
  environment: Environment = process.env,
): Promise<Login | undefined> {
  const file = credentialsFile(environment)
  try {
    const { url, key }: Partial<Login> = JSON.parse(await readFile(file, 'utf8'))
    if (typeof url === 'string' && typeof key === 'string') return { url, key }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  }
  throw new GreenroomError(
    'unauthenticated',
    `${file} cannot be read as a login. Sign in once more, or remove it.`,
  )
}

/** Gives the file, which only its owner may read. */
export async function writeLogin(
  { url, key }: Login,
  environment: Environment = process.env,
): Promise<string> {
  const file = credentialsFile(environment)
  const aside = `${file}.${process.pid}`
  await makeFolder(path.dirname(file), 0o700)
  try {
    await writeFile(aside, `${JSON.stringify({ url, key }, null, 2)}\n`, { mode: 0o600 })
    // The mode of `writeFile` is only that of a file that it makes.
    await chmod(aside, 0o600)
    await rename(aside, file)
  } finally {
    await rm(aside, { force: true })
  }
  return file
}

/** Forgets the login. Gives whether there was one. */
export async function removeLogin(environment: Environment = process.env): Promise<boolean> {
  try {
    await rm(credentialsFile(environment))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

export function credentialsFile(environment: Environment = process.env): string {
  const config = environment.XDG_CONFIG_HOME || path.join(homedir(), '.config')
  return path.join(config, 'greenroom', 'credentials.json')
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '')
}
