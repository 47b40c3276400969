import { removeLogin } from '@greenroom/sdk/node'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { type RegistryOptions, registryVerb, terminalOutput } from '../registry-verb.ts'

/** Forgets what `greenroom login` remembered. */
export function logoutVerb(): Command {
  return registryVerb('logout', 'forget the server and key of your login on this machine')
    .addHelpText(
      'after',
      `
The key itself goes on being good: greenroom token revoke ID ends it.
${examples('greenroom logout')}`,
    )
    .action(logout)
}

async function logout(options: RegistryOptions): Promise<void> {
  const wasSignedIn = await removeLogin()
  terminalOutput(options.json === true).result({ wasSignedIn }, () =>
    wasSignedIn ? 'The login of this machine is forgotten.' : 'Nobody was signed in here.',
  )
}
