import type { Problem } from './wire.ts'

/** What was refused, or could not be done. The one class of error that this package throws. */
export class GreenroomError extends Error {
  override readonly name = 'GreenroomError'
  /**
   * A code of `docs/API.md`, or one of this side's own: `unreachable` (nobody answered in time),
   * `unknown` (an answer that no registry gives, such as a proxy's page), `digest_mismatch` (bytes
   * are not those announced), `path_refused` (a path leads out of the folder asked for).
   */
  readonly code: string
  /** Of the answer; undefined when none came. */
  readonly status: number | undefined
  readonly details: Readonly<Record<string, unknown>>
  /** What the server's log knows the call by. */
  readonly requestId: string | undefined

  constructor(
    code: string,
    message: string,
    given: {
      readonly status?: number
      readonly details?: Readonly<Record<string, unknown>>
      readonly requestId?: string | undefined
      readonly cause?: unknown
    } = {},
  ) {
    super(message, { cause: given.cause })
    this.code = code
    this.status = given.status
    this.details = given.details ?? {}
    this.requestId = given.requestId
  }
}

/** Whether it is one of ours, and of this code where one is given. */
export function isGreenroomError(thrown: unknown, code?: string): thrown is GreenroomError {
  return thrown instanceof GreenroomError && (code === undefined || thrown.code === code)
}

/** Reads the refusal out of an answer that is none of the good ones. */
export async function errorOf(response: Response): Promise<GreenroomError> {
  const { status, headers, url } = response
  const text = await response.text().catch(() => '')
  const problem = parseProblem(text)
  const requestId = problem?.requestId ?? headers.get('x-request-id') ?? undefined
  if (problem === undefined)
    return new GreenroomError('unknown', `${originOf(url)} answered ${status}.`, {
      status,
      requestId,
    })
  return new GreenroomError(problem.code, problem.detail, {
    status,
    requestId,
    details: problem.details,
  })
}

/** The error for a call that nobody answered. */
export function unreachable(url: string, cause: unknown): GreenroomError {
  const why = deepest(cause)
  return new GreenroomError('unreachable', `${originOf(url)} does not answer: ${why}`, { cause })
}

function parseProblem(text: string): Problem | undefined {
  try {
    const problem: Partial<Problem> | null = JSON.parse(text)
    const { code, detail, details } = problem ?? {}
    if (typeof code !== 'string' || typeof detail !== 'string') return undefined
    return { ...problem, details: details ?? {} } as Problem
  } catch {
    return undefined
  }
}

/** `fetch` says "fetch failed", and why in its cause. */
function deepest(cause: unknown): string {
  const inner = cause instanceof Error ? cause.cause : undefined
  if (inner instanceof Error && inner.message !== '') return inner.message
  return cause instanceof Error ? cause.message : String(cause)
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'The server'
}
