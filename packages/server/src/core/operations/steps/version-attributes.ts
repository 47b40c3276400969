import { RegistryError } from '../../errors.ts'
import {
  MAX_ALIASES_PER_CALL,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_METADATA_BYTES,
  MAX_METADATA_DEPTH,
  MAX_TAGS_PER_VERSION,
  MAX_TTL_SECONDS,
} from '../../limits.ts'
import {
  checkAliasName,
  checkStorableText,
  checkTag,
  isStorable,
  LATEST,
  utf8Bytes,
} from '../../model/names.ts'

/** Checks and sorts tags; throws `name_invalid` or `too_large`. */
export function checkTags(tags: readonly string[]): readonly string[] {
  for (const tag of tags) checkTag(tag)
  const unique = [...new Set(tags)].sort()
  if (unique.length > MAX_TAGS_PER_VERSION)
    throw new RegistryError('too_large', `A version bears at most ${MAX_TAGS_PER_VERSION} tags.`)
  return unique
}

/** Checks wanted aliases; `latest` is dropped, since every commit moves it by itself. */
export function checkWantedAliases(aliases: readonly string[]): readonly string[] {
  for (const alias of aliases) checkAliasName(alias)
  const unique = [...new Set(aliases)].filter((alias) => alias !== LATEST)
  if (unique.length > MAX_ALIASES_PER_CALL)
    throw new RegistryError('too_large', `One call sets at most ${MAX_ALIASES_PER_CALL} aliases.`)
  return unique
}

/** Metadata is a JSON object as text. Throws `request_invalid` or `too_large`. */
export function checkMetadata(text: string): string {
  if (utf8Bytes(text).length > MAX_METADATA_BYTES)
    throw new RegistryError(
      'too_large',
      `Metadata takes at most ${MAX_METADATA_BYTES} bytes of JSON. Put more into a file.`,
    )
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new RegistryError('request_invalid', 'Metadata is not JSON.', {}, { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RegistryError('request_invalid', 'Metadata is a JSON object of names and values.')
  const fault = metadataFault(value, MAX_METADATA_DEPTH)
  if (fault !== undefined) throw new RegistryError('request_invalid', `Metadata ${fault}.`)
  return text
}

/** A TTL in whole seconds; null inherits, and below zero is the wandb client's "none". */
export function checkTtl(seconds: number | null): number | null {
  if (seconds === null || (Number.isInteger(seconds) && Math.abs(seconds) <= MAX_TTL_SECONDS))
    return seconds
  throw new RegistryError(
    'request_invalid',
    `A time to live is a whole number of seconds, at most ${MAX_TTL_SECONDS} (100 years).`,
  )
}

export function checkDescription(text: string | null): string | null {
  if (text !== null) checkStorableText('A description', text)
  if (text !== null && text.length > MAX_DESCRIPTION_CHARACTERS)
    throw new RegistryError(
      'too_large',
      `A description takes at most ${MAX_DESCRIPTION_CHARACTERS} characters.`,
    )
  return text
}

/** What of a value cannot be stored as it was meant; undefined when all can. */
function metadataFault(value: unknown, levels: number): string | undefined {
  if (typeof value === 'string' && !isStorable(value))
    return 'holds the character U+0000 or half a surrogate pair'
  if (typeof value === 'number' && !Number.isFinite(value)) return 'holds a number beyond a double'
  if (typeof value !== 'object' || value === null) return undefined
  if (levels === 0) return `is nested deeper than ${MAX_METADATA_DEPTH} levels`
  for (const [name, inner] of Object.entries(value)) {
    // Whoever copies it name by name would change what every object is made of.
    if (name === '__proto__') return 'has the name "__proto__"'
    const fault = isStorable(name) ? metadataFault(inner, levels - 1) : metadataFault(name, 0)
    if (fault !== undefined) return fault
  }
  return undefined
}
