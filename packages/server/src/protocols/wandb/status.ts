import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorCode, RegistryError } from '../../core/errors.ts'
import { logRefusal, setRefusalHeaders, toRegistryError } from '../../http/problem.ts'

/**
 * How each refusal looks to the wandb client, which retries nearly every status for up to 20
 * minutes: what is refused for good uses only those that it takes for final. 429, 500 and 503 are
 * for what may pass. 409 is never used: a run's start is retried on it.
 */
export const WANDB_STATUS_OF = {
  alias_confusable: 422,
  alias_protected: 403,
  alias_unknown: 404,
  alias_vacant: 404,
  already_exists: 422,
  blob_missing: 422,
  capacity_exceeded: 422,
  collection_not_found: 404,
  cursor_invalid: 422,
  digest_mismatch: 400,
  draft_not_found: 404,
  forbidden: 403,
  generation_mismatch: 422,
  idempotency_key_reused: 422,
  internal: 500,
  manifest_invalid: 422,
  name_invalid: 422,
  not_found: 404,
  owner_not_found: 404,
  promotion_refused: 422,
  range_not_satisfiable: 422,
  rate_limited: 429,
  ref_invalid: 422,
  registry_unavailable: 503,
  request_invalid: 400,
  rollback_target_missing: 422,
  storage_full: 413,
  too_large: 413,
  type_mismatch: 422,
  unauthenticated: 401,
  upload_incomplete: 422,
  version_deleted: 410,
  version_in_use: 422,
  version_not_found: 404,
  version_quarantined: 422,
} as const satisfies Record<ErrorCode, number>

/** The error handler of the wandb routes: GraphQL's envelope, which the client reads anywhere. */
export async function answerWandbError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const error = toRegistryError(thrown)
  logRefusal(request, error)
  sendWandbError(reply, error)
}

/** The client shows a refusal's whole body to its user, so it holds the message and the code. */
export function sendWandbError(reply: FastifyReply, error: RegistryError): void {
  setRefusalHeaders(reply, error)
  void reply
    .code(WANDB_STATUS_OF[error.code])
    .type('application/json; charset=utf-8')
    .send({ errors: [{ message: error.message, extensions: { code: error.code } }] })
}
