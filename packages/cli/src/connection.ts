import { type Client, createClient, readLogin, urlInForce } from '@greenroom/sdk/node'
import { UsageError } from './usage-error.ts'

/** The flag, else the environment, else the login, else a server on this machine. */
export async function chosenUrl(flag: string | undefined): Promise<string> {
  return checkedUrl(urlInForce(flag, await readLogin()))
}

/** For a server and a key that are to be tried. Throws `UsageError` for what is no address. */
export function clientFor(url: string, key: string): Client {
  return createClient({ url: checkedUrl(url), key })
}

function checkedUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))
    return text.replace(/\/+$/, '')
  throw new UsageError(
    `"${text}" is no address of a server. Write http://127.0.0.1:4747, for example.`,
  )
}
