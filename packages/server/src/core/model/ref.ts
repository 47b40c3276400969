import { RegistryError } from '../errors.ts'
import { type ContentDigest, isContentDigest } from './digest.ts'
import { checkAliasName, LATEST, parseVersionIndex } from './names.ts'
import { type Micros, parseTime } from './time.ts'

/** What stands behind the colon of a reference. */
export type Selector =
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'digest'; readonly digest: ContentDigest }
  | { readonly kind: 'alias'; readonly alias: string }
  /** What the alias pointed to `ago` of its generations ago. */
  | { readonly kind: 'generations-ago'; readonly alias: string; readonly ago: number }
  /** What the alias pointed to at that instant. */
  | { readonly kind: 'time'; readonly alias: string; readonly time: Micros }

const GENERATIONS_AGO = /^(.+)@\{([0-9]{1,9})\}$/
const AT_TIME = /^(.+)@([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt].*)$/

/** Reads a selector; an empty one is `latest`. Throws `ref_invalid`. */
export function parseSelector(text: string): Selector {
  if (text === '') return { kind: 'alias', alias: LATEST }
  if (isContentDigest(text)) return { kind: 'digest', digest: text }
  if (text.startsWith('sha256:'))
    throw invalidRef(text, 'a content digest is "sha256:" and 64 lower-case hex digits')
  const index = parseVersionIndex(text)
  if (index !== undefined) return { kind: 'index', index }
  const ago = GENERATIONS_AGO.exec(text)
  if (ago !== null)
    return { kind: 'generations-ago', alias: aliasOf(text, ago[1]), ago: Number(ago[2]) }
  const at = AT_TIME.exec(text)
  if (at !== null) {
    const time = parseTime(at[2] ?? '')
    if (time === undefined) throw invalidRef(text, 'what follows "@" is not an RFC 3339 time')
    return { kind: 'time', alias: aliasOf(text, at[1]), time }
  }
  return { kind: 'alias', alias: aliasOf(text, text) }
}

export function formatSelector(selector: Selector): string {
  switch (selector.kind) {
    case 'index':
      return `v${selector.index}`
    case 'digest':
      return selector.digest
    case 'alias':
      return selector.alias
    case 'generations-ago':
      return `${selector.alias}@{${selector.ago}}`
    case 'time':
      return `${selector.alias}@time`
  }
}

/** A reference as people write it; parts that they left out are undefined. */
export interface ParsedRef {
  readonly kind: 'project' | 'registry'
  /** The entity, or a registry's organization; undefined: the caller's own. */
  readonly entityName: string | undefined
  readonly ownerName: string
  readonly collectionName: string
  readonly selector: Selector
}

/**
 * Reads `[entity/]project/collection[:selector]` or `registry/[organization/]registry/collection
 * [:selector]`. Throws `ref_invalid`.
 */
export function parseRef(text: string): ParsedRef {
  const colon = text.indexOf(':')
  const path = colon === -1 ? text : text.slice(0, colon)
  const selector = parseSelector(colon === -1 ? '' : text.slice(colon + 1))
  const parts = path.split('/')
  if (parts.some((part) => part === '')) throw invalidRef(text, 'a part between "/" is empty')
  const registry = parts[0] === 'registry'
  const rest = registry ? parts.slice(1) : parts
  if (rest.length !== 2 && rest.length !== 3)
    throw invalidRef(
      text,
      'write [entity/]project/collection[:selector] or ' +
        'registry/[organization/]registry/collection[:selector]',
    )
  const [collectionName = '', ownerName = '', entityName] = rest.toReversed()
  return {
    kind: registry ? 'registry' : 'project',
    entityName,
    ownerName,
    collectionName,
    selector,
  }
}

function aliasOf(text: string, alias: string | undefined): string {
  try {
    checkAliasName(alias ?? '')
  } catch (error) {
    const why = error instanceof RegistryError ? error.message : 'it is not an alias'
    throw invalidRef(text, why)
  }
  return alias ?? ''
}

function invalidRef(text: string, why: string): RegistryError {
  const quoted = JSON.stringify(text.slice(0, 300))
  return new RegistryError('ref_invalid', `${quoted} names no version: ${why}.`, { ref: text })
}
