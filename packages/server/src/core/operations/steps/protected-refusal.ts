import { RegistryError } from '../../errors.ts'
import type { FactFields } from './facts.ts'

/** `alias_protected`, with what was attempted: that is for the stream, not for the caller. */
export class ProtectedRefusal extends RegistryError {
  readonly attempt: Omit<FactFields, 'kind'>

  constructor(
    message: string,
    details: Readonly<Record<string, unknown>>,
    attempt: ProtectedRefusal['attempt'],
  ) {
    super('alias_protected', message, details)
    this.attempt = attempt
  }
}
