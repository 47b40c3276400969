import { isGreenroomError } from '@greenroom/sdk'
import { EXIT, type ExitCode, exitOf } from './exit-codes.ts'
import { wasInterrupted } from './interrupt.ts'
import { nextStep } from './next-step.ts'
import { printable } from './output.ts'
import { UsageError } from './usage-error.ts'

interface Problem {
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
  readonly requestId: string | null
  readonly exitCode: ExitCode
}

/** Says on stderr what went wrong and what to do next; gives the exit code. */
export function reportProblem(error: unknown, json: boolean): ExitCode {
  const problem = problemOf(error)
  const { code, exitCode } = problem
  if (json) process.stderr.write(`${JSON.stringify({ error: problem })}\n`)
  else {
    const next = nextStep(problem)
    const rules = rulesText(problem)
    const trace = code === 'fault' && error instanceof Error ? `${error.stack}\n` : ''
    const request = code === 'internal' ? `Request id: ${problem.requestId}\n` : ''
    process.stderr.write(
      `greenroom: ${printable(problem.message)}\n${rules}${trace}${request}` +
        (next === undefined ? '' : `${printable(next)}\n`),
    )
  }
  return exitCode
}

function problemOf(error: unknown): Problem {
  const nothing = { details: {}, requestId: null }
  if (wasInterrupted())
    return { code: 'aborted', message: 'Stopped.', ...nothing, exitCode: EXIT.interrupted }
  if (isGreenroomError(error)) {
    const { code, message, details, requestId = null, status } = error
    return { code, message, details, requestId, exitCode: exitOf(code, status) }
  }
  const message = error instanceof Error ? error.message : String(error)
  if (isOfFiles(error)) return { code: 'file', message, ...nothing, exitCode: EXIT.refused }
  if (error instanceof UsageError)
    return { code: 'usage', message, ...nothing, exitCode: EXIT.usage }
  return { code: 'fault', message, ...nothing, exitCode: EXIT.fault }
}

/** A full disk, a folder that may not be written: nothing that a trace would explain. */
function isOfFiles(error: unknown): boolean {
  const { syscall, path } = error as NodeJS.ErrnoException
  return (
    error instanceof Error && syscall !== undefined && (path !== undefined || syscall === 'write')
  )
}

/** Each rule of a stage that refused a promotion, with its verdict. */
function rulesText({ code, details }: Problem): string {
  if (code !== 'promotion_refused' || !Array.isArray(details.rules)) return ''
  const rules: readonly { readonly passed?: boolean; readonly message?: string }[] = details.rules
  return rules
    .map(({ passed, message }) => `  ${passed ? 'met' : 'not met'}: ${printable(message ?? '')}\n`)
    .join('')
}
