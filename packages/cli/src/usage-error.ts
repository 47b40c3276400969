/** The command line cannot be done as typed. The message says what to type instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
