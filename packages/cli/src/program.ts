import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { completionVerb } from './commands/completion.ts'
import { deleteVerb } from './commands/delete.ts'
import { diffVerb } from './commands/diff.ts'
import { eventsVerb } from './commands/events.ts'
import { grantVerb } from './commands/grant.ts'
import { historyVerb } from './commands/history.ts'
import { linkVerb } from './commands/link.ts'
import { listVerb } from './commands/list.ts'
import { loginVerb } from './commands/login.ts'
import { logoutVerb } from './commands/logout.ts'
import { operatorsVerbs } from './commands/operate.ts'
import { organizationVerb } from './commands/organization.ts'
import { ownerVerb } from './commands/owner.ts'
import { promoteVerb } from './commands/promote.ts'
import { pullVerb } from './commands/pull.ts'
import { pushVerb } from './commands/push.ts'
import { quarantineVerb } from './commands/quarantine.ts'
import { resolveVerb } from './commands/resolve.ts'
import { rollbackVerb } from './commands/rollback.ts'
import { runVerb } from './commands/run.ts'
import { serviceAccountVerb } from './commands/service-account.ts'
import { showVerb } from './commands/show.ts'
import { stageVerb } from './commands/stage.ts'
import { storageVerb } from './commands/storage.ts'
import { tagVerb } from './commands/tag.ts'
import { teamVerb } from './commands/team.ts'
import { tokenVerb } from './commands/token.ts'
import { unlinkVerb } from './commands/unlink.ts'
import { userVerb } from './commands/user.ts'
import { watchVerb } from './commands/watch.ts'
import { whoamiVerb } from './commands/whoami.ts'

const AFTER_HELP = `
A reference is [entity/]project/collection[:selector] or
registry/[organization/]name/collection[:selector]; what is left out is your own. A selector is v3,
an alias, alias@{1}, alias@<time> or sha256:…; without one it is "latest".

Where to: --url, else GREENROOM_URL or WANDB_BASE_URL, else where "greenroom login" signed in.
As whom: GREENROOM_API_KEY or WANDB_API_KEY, else the key of that login.

Start:
  $ greenroom login http://127.0.0.1:4747
  $ greenroom push ./model demo/image-classifier --alias staging
  $ greenroom promote demo/image-classifier:staging --to production
  $ greenroom pull demo/image-classifier:production
`

/** All verbs, in the order in which they are listed. */
export function createProgram(): Command {
  const program = new Command('greenroom')
    .description('Log, promote and pull versions of models.')
    .usage('<verb> [arguments]')
    .version(VERSION, '--version', 'print the version')
    .helpOption('--help', 'explain a verb')
    .enablePositionalOptions()
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', AFTER_HELP)
  const groups: readonly (readonly [heading: string, verbs: readonly Command[]])[] = [
    ['Sign in:', [loginVerb(), logoutVerb(), whoamiVerb()]],
    ['Log and fetch:', [pushVerb(), pullVerb()]],
    [
      'Look:',
      [
        ...[listVerb(), showVerb(), resolveVerb(), historyVerb(), diffVerb(), runVerb()],
        ...[watchVerb(), eventsVerb()],
      ],
    ],
    ['Move:', [promoteVerb(), rollbackVerb(), linkVerb(), unlinkVerb(), tagVerb(), deleteVerb()]],
    [
      'Rule:',
      [ownerVerb('registry'), ownerVerb('project'), stageVerb(), grantVerb(), quarantineVerb()],
    ],
    ['People:', [userVerb(), teamVerb(), organizationVerb(), serviceAccountVerb(), tokenVerb()]],
    ['Operate a server:', [...operatorsVerbs(), storageVerb()]],
    ['Besides:', [completionVerb(program)]],
  ]
  for (const [heading, verbs] of groups)
    for (const verb of verbs) program.addCommand(verb.helpGroup(heading))
  return program.helpCommand('help [verb]', 'explain a verb')
}

const VERSION: string = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
).version
