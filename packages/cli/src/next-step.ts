import { nearNames } from './near-names.ts'

/** A refusal as the client tells it. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

/** What to do about a refusal, in one sentence; undefined where its own message says it already. */
export function nextStep({ code, details }: Refusal): string | undefined {
  switch (code) {
    case 'unauthenticated':
      return 'Sign in with a key of this server: greenroom login URL'
    case 'unreachable':
      return 'Start a server with "greenroom serve", or name the one you mean with --url.'
    case 'registry_unavailable':
    case 'rate_limited':
      return 'Nothing was changed. Ask again in a while.'
    case 'generation_mismatch':
      return 'Nothing was moved. Look with "greenroom history", then promote with what it is now.'
    case 'alias_unknown':
      return didYouMean(details.alias, details.aliases)
    case 'alias_vacant':
      return 'Name a version, or set the alias again: greenroom promote REF --to ALIAS'
    case 'owner_not_found':
      return 'A reference is [entity/]project/collection[:alias]: is its first part right?'
    case 'rollback_target_missing':
      return 'Promote the version that you want instead: greenroom promote REF --to ALIAS'
    case 'alias_protected':
      return 'Ask somebody who may move it; "greenroom history" shows who did.'
    case 'version_in_use':
      return 'Look what they serve, then move them, or say --drop-aliases.'
    case 'aborted':
      return 'What was transferred is not lost: the same command goes on.'
    case 'digest_mismatch':
      return 'The bytes changed on the way or on a disk. Try again; if it stays, tell the operator.'
    case 'internal':
      return 'This is a fault of the server: its log has more under the request id.'
    default:
      return undefined
  }
}

function didYouMean(wanted: unknown, names: unknown): string | undefined {
  if (typeof wanted !== 'string' || !Array.isArray(names)) return undefined
  const near = nearNames(
    wanted,
    names.filter((name) => typeof name === 'string'),
  )
  return near.length === 0 ? undefined : `Did you mean ${near.join(' or ')}?`
}
