import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { type ErrorCode, isRegistryError, RegistryError } from '../core/errors.ts'

/** No import: for one of `node:http` Node loads its `fetch` too, 20 ms and 3 MiB of a start. */
const { STATUS_CODES } = process.getBuiltinModule('node:http')

/** How each refusal looks in HTTP. Towards the wandb client its own protocol chooses otherwise. */
export const STATUS_OF = {
  alias_confusable: 422,
  alias_protected: 403,
  alias_unknown: 404,
  alias_vacant: 404,
  already_exists: 409,
  blob_missing: 422,
  capacity_exceeded: 422,
  collection_not_found: 404,
  cursor_invalid: 422,
  digest_mismatch: 422,
  draft_not_found: 404,
  forbidden: 403,
  generation_mismatch: 412,
  idempotency_key_reused: 422,
  internal: 500,
  manifest_invalid: 422,
  name_invalid: 422,
  not_found: 404,
  owner_not_found: 404,
  promotion_refused: 422,
  range_not_satisfiable: 416,
  rate_limited: 429,
  ref_invalid: 422,
  registry_unavailable: 503,
  request_invalid: 400,
  rollback_target_missing: 409,
  storage_full: 507,
  too_large: 413,
  type_mismatch: 409,
  unauthenticated: 401,
  upload_incomplete: 409,
  version_deleted: 410,
  version_in_use: 409,
  version_not_found: 404,
  version_quarantined: 423,
} as const satisfies Record<ErrorCode, number>

/** Seconds after which a caller may ask again. */
const RETRY_AFTER_SECONDS: Partial<Record<ErrorCode, number>> = {
  rate_limited: 5,
  registry_unavailable: 2,
}

/** RFC 9457 with the registry's stable `code`; `details` is what the contract promises for it. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ErrorCode
  readonly requestId: string
  readonly details: Readonly<Record<string, unknown>>
}

/**
 * Any thrown thing as a refusal: ours as it is, the framework's by its status, everything else
 * `internal` with the thing itself as the cause, which only the log sees.
 */
export function toRegistryError(thrown: unknown): RegistryError {
  if (isRegistryError(thrown)) return thrown
  const status = isFrameworkRefusal(thrown) ? (thrown.statusCode ?? 500) : 500
  if (isFrameworkRefusal(thrown) && status < 500) {
    const code = status === 413 ? 'too_large' : status === 404 ? 'not_found' : 'request_invalid'
    const sentence = thrown.message.replace(/[^.!?]$/, '$&.')
    return new RegistryError(code, sentence, {}, { cause: thrown })
  }
  return new RegistryError(
    'internal',
    'Something broke inside the registry. Its log says what, under the request id.',
    {},
    { cause: thrown },
  )
}

/** The error handler of every protocol that speaks problem details. */
export async function answerProblem(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const error = toRegistryError(thrown)
  logRefusal(request, error)
  sendProblem(request, reply, error, STATUS_OF[error.code])
}

/** Answers with the problem under a status of the caller's choice. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  error: RegistryError,
  status: number,
): void {
  setRefusalHeaders(reply, error)
  const problem: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.message,
    code: error.code,
    requestId: request.id,
    details: error.details,
  }
  // A buffer, so that no response schema of the route is applied to it.
  const body = Buffer.from(JSON.stringify(problem))
  void reply.code(status).type('application/problem+json; charset=utf-8').send(body)
}

/** `Retry-After` and `WWW-Authenticate` where the refusal calls for them, whatever its body. */
export function setRefusalHeaders(
  reply: FastifyReply,
  { code, details }: Pick<RegistryError, 'code' | 'details'>,
): void {
  const seconds = details.retryAfterSeconds ?? RETRY_AFTER_SECONDS[code]
  if (seconds !== undefined) reply.header('retry-after', String(seconds))
  if (code === 'unauthenticated') reply.header('www-authenticate', 'Bearer realm="greenroom"')
}

/** What is the registry's own fault goes to the log with its cause; refusals need no line. */
export function logRefusal(request: FastifyRequest, error: RegistryError): void {
  if (error.code === 'internal') request.log.error({ err: error.cause ?? error }, error.message)
  else if (STATUS_OF[error.code] > 500)
    request.log.warn({ err: error.cause ?? error, code: error.code }, error.message)
}

function isFrameworkRefusal(thrown: unknown): thrown is FastifyError {
  if (!(thrown instanceof Error)) return false
  const { code, validation, statusCode } = thrown as Partial<FastifyError>
  // The framework marks the end of a body that its sender broke off with a status of its own.
  const brokenOff = code === 'ECONNRESET' && statusCode === 400
  if (validation !== undefined || brokenOff) return true
  return typeof code === 'string' && code.startsWith('FST_ERR_')
}
