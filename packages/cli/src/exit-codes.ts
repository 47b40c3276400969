/** How a command ended, for scripts. `docs/CLI.md` has the table; a test holds the two together. */
export const EXIT = {
  ok: 0,
  refused: 1,
  usage: 2,
  notFound: 3,
  conflict: 4,
  notAllowed: 5,
  unreachable: 6,
  damaged: 7,
  fault: 8,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The registry's codes, as `docs/API.md` lists them, and the client's own. */
export const EXIT_OF_CODE: Readonly<Record<string, ExitCode>> = {
  alias_confusable: EXIT.refused,
  alias_protected: EXIT.notAllowed,
  alias_unknown: EXIT.notFound,
  alias_vacant: EXIT.notFound,
  already_exists: EXIT.conflict,
  blob_missing: EXIT.refused,
  capacity_exceeded: EXIT.refused,
  collection_not_found: EXIT.notFound,
  cursor_invalid: EXIT.refused,
  digest_mismatch: EXIT.damaged,
  draft_not_found: EXIT.notFound,
  forbidden: EXIT.notAllowed,
  generation_mismatch: EXIT.conflict,
  idempotency_key_reused: EXIT.conflict,
  internal: EXIT.fault,
  manifest_invalid: EXIT.refused,
  name_invalid: EXIT.usage,
  not_found: EXIT.notFound,
  owner_not_found: EXIT.notFound,
  promotion_refused: EXIT.refused,
  range_not_satisfiable: EXIT.refused,
  rate_limited: EXIT.unreachable,
  ref_invalid: EXIT.usage,
  registry_unavailable: EXIT.unreachable,
  request_invalid: EXIT.usage,
  rollback_target_missing: EXIT.refused,
  storage_full: EXIT.refused,
  too_large: EXIT.refused,
  type_mismatch: EXIT.conflict,
  unauthenticated: EXIT.notAllowed,
  upload_incomplete: EXIT.conflict,
  version_deleted: EXIT.notFound,
  version_in_use: EXIT.conflict,
  version_not_found: EXIT.notFound,
  version_quarantined: EXIT.refused,
  // What the client finds out by itself.
  unreachable: EXIT.unreachable,
  path_refused: EXIT.refused,
  file_invalid: EXIT.usage,
  aborted: EXIT.interrupted,
}

/** For a code of a newer server: what its status says. */
export function exitOf(code: string, status?: number): ExitCode {
  const known = Object.hasOwn(EXIT_OF_CODE, code) ? EXIT_OF_CODE[code] : undefined
  if (known !== undefined) return known
  if (status === 401 || status === 403) return EXIT.notAllowed
  if (status === 404 || status === 410) return EXIT.notFound
  if (status === 409 || status === 412) return EXIT.conflict
  if (status === 429 || status === 503) return EXIT.unreachable
  return status !== undefined && status < 500 ? EXIT.refused : EXIT.fault
}
