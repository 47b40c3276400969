/** Turns passwords into what may be kept of them. Slow on purpose: never inside a transaction. */
export interface Passwords {
  /** The PHC string of a password, with a salt of its own. */
  hash(password: string): Promise<string>
  /**
   * Whether a password is the one of a hash. A null hash takes the same time and says no, so that
   * nobody learns from the time which users there are.
   *
   * Both throw `rate_limited` while too many wait.
   */
  verify(hash: string | null, password: string): Promise<boolean>
}
