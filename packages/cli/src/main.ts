import { CommanderError } from 'commander'
import { EXIT } from './exit-codes.ts'
import { reportProblem } from './problem-report.ts'
import { createProgram } from './program.ts'

// `greenroom history … | head` closes our stdout: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(EXIT.ok)
})

const program = createProgram()
for (const command of [program, ...program.commands.flatMap((each) => [each, ...each.commands])])
  command.exitOverride().showSuggestionAfterError().showHelpAfterError('(--help explains it)')
try {
  await program.parseAsync()
} catch (error) {
  // Commander has said already what it has to say.
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage
  else process.exitCode = reportProblem(error, process.argv.includes('--json'))
}
