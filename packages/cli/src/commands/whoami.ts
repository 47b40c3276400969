import { getMe } from '@greenroom/sdk'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { facts } from '../output.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'

/** Says as whom, and where. */
export function whoamiVerb(): Command {
  return registryVerb('whoami', 'say as whom you are signed in, and where you may act')
    .addHelpText('after', examples('greenroom whoami'))
    .action(withSession(whoami))
}

async function whoami({ client, output }: Session): Promise<void> {
  const me = await getMe(client)
  output.result(me, () =>
    facts([
      ['user', me.user.username + (me.user.admin ? ', an administrator' : '')],
      ['server', client.url],
      ['projects', `${me.entity}/`],
      ['registries', `registry/${me.organization.name}/`],
      ...me.access.places.map(({ kind, name, role }) => [kind, `${name}, as ${role}`] as const),
    ]),
  )
}
