import { Command } from 'commander'
import { handOver } from '../hand-over.ts'

const OPERATORS_VERBS = {
  serve: 'serve the registry until told to stop',
  verify: 'prove that nothing of a data folder is damaged',
  collect: 'remove what nothing needs, once',
  backup: 'copy the data folder, while its server writes',
  restore: 'make a new data folder of a backup, and verify it',
  'sign-in-link': 'print a link that opens the page once, for who has no password',
  config: "print the server's settings in force and where each came from",
} as const

/** What operators do where the data is: the server's own program does it, flags and all. */
export function operatorsVerbs(): Command[] {
  return Object.entries(OPERATORS_VERBS).map(([name, summary]) =>
    new Command(name)
      .summary(summary)
      .description(`${summary}; handed to the server's program, which also explains its flags`)
      .argument('[args...]', "what the server's program takes")
      .helpOption(false)
      .allowUnknownOption()
      .passThroughOptions()
      .action(async (args: readonly string[]) => {
        const asksForHelp = args.some((word) => word === '--help' || word === '-h')
        process.exitCode = await handOver(asksForHelp ? ['help'] : [name, ...args])
      }),
  )
}
