import { RegistryError } from '../errors.ts'
import {
  MAX_ALIAS_CHARACTERS,
  MAX_ARTIFACT_TYPE_CHARACTERS,
  MAX_COLLECTION_NAME_CHARACTERS,
  MAX_ENTITY_NAME_CHARACTERS,
  MAX_ENTRY_PATH_BYTES,
  MAX_LABEL_CHARACTERS,
  MAX_PROJECT_NAME_CHARACTERS,
  MAX_RUN_NAME_CHARACTERS,
  MAX_TAG_CHARACTERS,
} from '../limits.ts'

/** The alias that follows the newest membership by itself. */
export const LATEST = 'latest'

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/
const VERSION_INDEX = /^v(0|[1-9][0-9]{0,14})$/
const VERSION_LIKE = /^v[0-9]+$/
const TIME_TRAVEL = /@(\{[0-9]+\}|[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt].*)$/
const TAG = /^[-\w]+( +[-\w]+)*$/
const ENTITY = /^[A-Za-z0-9][-A-Za-z0-9_.]*$/
const WINDOWS_DRIVE = /^[A-Za-z]:/

export function utf8Bytes(text: string): Uint8Array {
  return encoder.encode(text)
}
const encoder = new TextEncoder()

/** Whether both databases keep it as it is: PostgreSQL has no U+0000, UTF-8 no half of a pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000')
}

/** Throws `request_invalid` for a free text that cannot be kept. */
export function checkStorableText(what: string, text: string): void {
  if (!isStorable(text))
    throw new RegistryError(
      'request_invalid',
      `${what} holds the character U+0000 or half a surrogate pair, which cannot be stored.`,
    )
}

/**
 * `v12` as 12; `undefined` for anything else. No leading zeros: a version has one spelling.
 */
export function parseVersionIndex(text: string): number | undefined {
  return VERSION_INDEX.test(text) ? Number(text.slice(1)) : undefined
}

export function checkCollectionName(name: string): void {
  checkText('collection', name, MAX_COLLECTION_NAME_CHARACTERS)
  refuse('collection', name, /[/:]/.test(name), 'it may contain neither "/" nor ":"')
  refuse('collection', name, name === '.' || name === '..', '"." and ".." are not names')
}

/** Checks an alias's spelling only; who may set `latest` is the door's business. */
export function checkAliasName(name: string): void {
  checkText('alias', name, MAX_ALIAS_CHARACTERS)
  refuse('alias', name, /[/:]/.test(name), 'it may contain neither "/" nor ":"')
  refuse('alias', name, VERSION_LIKE.test(name), '"v" and digits name a version')
  refuse('alias', name, TIME_TRAVEL.test(name), 'an ending "@{n}" or "@<time>" means time travel')
}

export function checkLabel(name: string): void {
  checkText('slot label', name, MAX_LABEL_CHARACTERS)
}

export function checkArtifactType(name: string): void {
  checkText('artifact type', name, MAX_ARTIFACT_TYPE_CHARACTERS)
  refuse('artifact type', name, /[/:]/.test(name), 'it may contain neither "/" nor ":"')
}

export function checkTag(name: string): void {
  checkText('tag', name, MAX_TAG_CHARACTERS)
  refuse(
    'tag',
    name,
    !TAG.test(name),
    'use letters, digits, "_" and "-", with spaces between words',
  )
}

/** A run's tag is any short text: the wandb client lets its users write what they like. */
export function checkRunTag(name: string): void {
  checkText('run tag', name, MAX_TAG_CHARACTERS)
}

export function checkProjectName(name: string): void {
  checkText('project', name, MAX_PROJECT_NAME_CHARACTERS)
  refuse('project', name, /[/\\#?%:]/.test(name), 'it may contain none of / \\ # ? % :')
  refuse('project', name, name === '.' || name === '..', '"." and ".." are not names')
}

export function checkRunName(name: string): void {
  checkText('run', name, MAX_RUN_NAME_CHARACTERS)
  refuse('run', name, /[:;,#?/']/.test(name), "it may contain none of : ; , # ? / '")
}

/** `reserved` comes from the route table: a name that would shadow a route. */
export function checkEntityName(name: string, reserved: ReadonlySet<string>): void {
  checkText('entity', name, MAX_ENTITY_NAME_CHARACTERS)
  refuse('entity', name, !ENTITY.test(name), 'start with a letter or digit, go on with - _ . too')
  const folded = name.toLowerCase()
  const shadows = reserved.has(folded) || folded === 'registry' || folded.startsWith('registry_')
  refuse('entity', name, shadows, 'the registry keeps this name for itself')
}

/** A manifest path: relative, `/` between parts, no `.` or `..` part, no drive letter. */
export function checkEntryPath(path: string): void {
  const quoted = JSON.stringify(path.slice(0, 200))
  const wrong = entryPathFault(path)
  if (wrong !== undefined)
    throw new RegistryError('name_invalid', `The path ${quoted} is refused: ${wrong}.`, { path })
}

function entryPathFault(path: string): string | undefined {
  if (path === '') return 'it is empty'
  if (!path.isWellFormed()) return 'it is not well-formed Unicode'
  if (utf8Bytes(path).length > MAX_ENTRY_PATH_BYTES)
    return `it is longer than ${MAX_ENTRY_PATH_BYTES} bytes`
  if (CONTROL.test(path)) return 'it contains a control character'
  if (path.includes('\\')) return 'it contains a backslash; use "/" between parts'
  if (WINDOWS_DRIVE.test(path)) return 'it begins with a drive letter'
  const parts = path.split('/')
  if (parts.some((part) => part === '')) return 'it begins or ends with "/" or contains "//"'
  if (parts.some((part) => part === '.' || part === '..')) return 'a part is "." or ".."'
  return undefined
}

function checkText(what: string, name: string, maxCharacters: number): void {
  refuse(what, name, name === '', 'it is empty')
  refuse(what, name, !name.isWellFormed(), 'it is not well-formed Unicode')
  refuse(what, name, name.length > maxCharacters, `it is longer than ${maxCharacters} characters`)
  refuse(what, name, CONTROL.test(name), 'it contains a control character')
  refuse(what, name, name !== name.normalize('NFC'), 'it is not in Unicode form NFC')
  refuse(what, name, name !== name.trim(), 'it begins or ends with a space')
}

function refuse(what: string, name: string, wrong: boolean, why: string): void {
  if (!wrong) return
  const quoted = JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name)
  throw new RegistryError('name_invalid', `The ${what} name ${quoted} is refused: ${why}.`, {
    what,
    name,
    why,
  })
}
