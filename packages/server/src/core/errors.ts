/**
 * Every way the registry refuses. The contract of `docs/API.md`; a protocol translates each one.
 */
export const ERROR_CODES = [
  'alias_confusable',
  'alias_protected',
  'alias_unknown',
  'alias_vacant',
  'already_exists',
  'blob_missing',
  'capacity_exceeded',
  'collection_not_found',
  'cursor_invalid',
  'digest_mismatch',
  'draft_not_found',
  'forbidden',
  'generation_mismatch',
  'idempotency_key_reused',
  'internal',
  'manifest_invalid',
  'name_invalid',
  'not_found',
  'owner_not_found',
  'promotion_refused',
  'range_not_satisfiable',
  'rate_limited',
  'ref_invalid',
  'registry_unavailable',
  'request_invalid',
  'rollback_target_missing',
  'storage_full',
  'too_large',
  'type_mismatch',
  'unauthenticated',
  'upload_incomplete',
  'version_deleted',
  'version_in_use',
  'version_not_found',
  'version_quarantined',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/**
 * What went wrong, never how it looks on a wire.
 *
 * `message` is for the caller: it names what is wrong and how to mend it. `details` carries what
 * the contract promises for the code (JSON values only). `cause` is for the log and never leaves
 * the server.
 */
export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options: { cause?: unknown } = {},
  ) {
    super(message, options)
    this.code = code
    this.details = details
  }
}

/** True for a `RegistryError`, of the given code when one is given. */
export function isRegistryError(error: unknown, code?: ErrorCode): error is RegistryError {
  return error instanceof RegistryError && (code === undefined || error.code === code)
}
