import { getMe, writeLogin } from '@greenroom/sdk/node'
import type { Command } from 'commander'
import { chosenUrl, clientFor } from '../connection.ts'
import { examples } from '../examples.ts'
import { printable } from '../output.ts'
import { readKey } from '../read-key.ts'
import { type RegistryOptions, registryVerb, terminalOutput } from '../registry-verb.ts'

interface Options extends RegistryOptions {
  readonly keyFile?: string
}

/** Remembers a server and a key, once the server has said whose it is. */
export function loginVerb(): Command {
  return registryVerb('login', 'remember a server and your key for it')
    .argument('[url]', 'the server; without it the one in force')
    .option('--key-file <file>', 'the key is in this file')
    .addHelpText(
      'after',
      examples(
        'greenroom login http://127.0.0.1:4747',
        'greenroom login https://models.example.com --key-file key',
        'cat key | greenroom login https://models.example.com',
      ),
    )
    .action(login)
}

async function login(given: string | undefined, options: Options): Promise<void> {
  const url = await chosenUrl(given ?? options.url)
  const key = await readKey(options.keyFile)
  const { user, entity, organization } = await getMe(clientFor(url, key))
  const file = await writeLogin({ url, key })
  terminalOutput(options.json === true).result(
    { url, user, entity, organization, file },
    () => `Signed in to ${url} as ${printable(user.username)}.`,
  )
}
