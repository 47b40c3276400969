import { RegistryError } from '../../errors.ts'
import { MAX_RUN_CONFIG_BYTES } from '../../limits.ts'
import { mergeLooseJson } from '../../model/loose-json.ts'
import { checkRunTag, utf8Bytes } from '../../model/names.ts'
import type { Run, RunTexts } from '../../model/run.ts'
import type { Tx } from '../../registry.ts'

type Changeable = RunTexts &
  Pick<Run, 'displayName' | 'jobType' | 'group' | 'program' | 'host' | 'commit' | 'notes' | 'tags'>

/** Undefined and null leave a field as it is; what is given replaces it whole. */
export type RunFields = {
  readonly [Field in keyof Changeable]?: Changeable[Field] | null | undefined
}

/** What is given, of the row and of the texts beside it. */
export function givenFields({ config, summary, ...fields }: RunFields): {
  readonly row: Partial<Run>
  readonly texts: Partial<RunTexts>
} {
  return { row: given(fields), texts: given({ config, summary }) }
}

function given<Fields extends object>(fields: Fields) {
  const entries = Object.entries(fields).filter(([, value]) => value != null)
  return Object.fromEntries(entries)
}

/** What one of several writers tells, in what the others told. Throws `too_large`. */
export async function mergeTexts(
  tx: Tx,
  runId: number,
  texts: Partial<RunTexts>,
): Promise<Partial<RunTexts>> {
  const before = (await tx.runs.texts([runId])).get(runId)
  const merge = (name: keyof RunTexts) => {
    const text = texts[name]
    return text === undefined ? {} : { [name]: mergeLooseJson(before?.[name] ?? '{}', text) }
  }
  const merged = { ...merge('config'), ...merge('summary') }
  checkRunFields(merged)
  return merged
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
