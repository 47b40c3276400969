import { RegistryError } from '../errors.ts'
import { MAX_PATTERN_CHARACTERS } from '../limits.ts'
import type { Micros } from './time.ts'

/**
 * What may be done with an owner and what it holds. `read` sees it: names, metadata, history.
 * `download` reads the bytes, too. `write` changes it, and moves aliases that are not protected.
 * `promote` moves an alias, protected or not. `administer`: stages, members, grants, its end.
 */
export const VERBS = ['read', 'download', 'write', 'promote', 'administer'] as const

export type Verb = (typeof VERBS)[number]

/** What a grant may give or take; to administer is a role's. */
export const GRANT_VERBS = ['read', 'download', 'write', 'promote'] as const

export type GrantVerb = (typeof GRANT_VERBS)[number]

export const EFFECTS = ['allow', 'deny'] as const

export type Effect = (typeof EFFECTS)[number]

/** Patterns of names: plain text in which each `*` stands for any characters, also none. */
export interface Grant {
  readonly id: string
  readonly ownerId: number
  /** The entity of a user, a team or a service account. */
  readonly principalId: number
  readonly collection: string
  readonly alias: string
  readonly verb: GrantVerb
  readonly effect: Effect
  readonly createdBy: number
  readonly createdAt: Micros
}

/** What a token may be used for, at most: whoever holds it never may more than its actor. */
export interface TokenScope {
  readonly verbs: readonly Verb[]
  /** A pattern of owners: `entity/project` or `registry/organization/registry`. */
  readonly owner: string
  readonly collection: string
  readonly alias: string
}

/** Throws `request_invalid`. */
export function checkPattern(what: string, pattern: string): string {
  if (
    pattern !== '' &&
    pattern.length <= MAX_PATTERN_CHARACTERS &&
    pattern.isWellFormed() &&
    pattern === pattern.normalize('NFC')
  )
    return pattern
  throw new RegistryError(
    'request_invalid',
    `The ${what} pattern is refused: it has 1 to ${MAX_PATTERN_CHARACTERS} characters in Unicode ` +
      'form NFC. "*" stands for any characters.',
  )
}

/** Throws `request_invalid` for a scope of no verb, of a verb twice, or of a bad pattern. */
export function checkScope(scope: TokenScope): TokenScope {
  if (scope.verbs.length === 0 || new Set(scope.verbs).size !== scope.verbs.length)
    throw new RegistryError('request_invalid', 'A scope names one verb or more, each once.')
  checkPattern('owner', scope.owner)
  checkPattern('collection', scope.collection)
  checkPattern('alias', scope.alias)
  return scope
}
