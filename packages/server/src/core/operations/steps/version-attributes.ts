import { RegistryError } from '../../errors.ts'
import {
  MAX_ALIASES_PER_CALL,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_METADATA_BYTES,
  MAX_METADATA_DEPTH,
  MAX_TAGS_PER_VERSION,
} from '../../limits.ts'
import { checkAliasName, checkTag, LATEST, utf8Bytes } from '../../model/names.ts'

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
  if (isDeeper(value, MAX_METADATA_DEPTH))
    throw new RegistryError(
      'request_invalid',
      `Metadata is nested deeper than ${MAX_METADATA_DEPTH} levels.`,
    )
  return text
}

export function checkDescription(text: string | null): string | null {
  if (text !== null && text.length > MAX_DESCRIPTION_CHARACTERS)
    throw new RegistryError(
      'too_large',
      `A description takes at most ${MAX_DESCRIPTION_CHARACTERS} characters.`,
    )
  return text
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}
