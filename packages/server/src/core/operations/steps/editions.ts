import { RegistryError } from '../../errors.ts'

/** Throws `generation_mismatch` with what is there now unless the edition is the expected one. */
export function checkEdition(
  expected: string | null | undefined,
  edition: string,
  now: Readonly<Record<string, unknown>>,
): void {
  if (expected == null || expected === edition) return
  throw new RegistryError(
    'generation_mismatch',
    'Somebody changed it since you looked. Look again, then decide.',
    { ...now, edition },
  )
}
