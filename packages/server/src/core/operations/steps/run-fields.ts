import { RegistryError } from '../../errors.ts'
import { MAX_RUN_CONFIG_BYTES } from '../../limits.ts'
import { checkRunTag, utf8Bytes } from '../../model/names.ts'
import type { Run } from '../../model/run.ts'

type Changeable = Pick<
  Run,
  | 'displayName'
  | 'jobType'
  | 'group'
  | 'program'
  | 'host'
  | 'commit'
  | 'notes'
  | 'tags'
  | 'config'
  | 'summary'
>

/** Undefined and null leave a field as it is; what is given replaces it whole. */
export type RunFields = {
  readonly [Field in keyof Changeable]?: Changeable[Field] | null | undefined
}

export function givenFields(fields: RunFields): Partial<Changeable> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null))
}

/** Throws `name_invalid` for a tag, `too_large`. */
export function checkRunFields(fields: RunFields): void {
  for (const tag of fields.tags ?? []) checkRunTag(tag)
  for (const [name, text] of Object.entries(fields))
    if (typeof text === 'string' && utf8Bytes(text).length > MAX_RUN_CONFIG_BYTES)
      throw new RegistryError(
        'too_large',
        `A run's ${name} takes at most ${MAX_RUN_CONFIG_BYTES} bytes.`,
      )
}
