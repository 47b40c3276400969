import type { Registry } from '../core/registry.ts'
import type { SignInCodes } from './sign-in-codes.ts'
import type { SignedLinks } from './signed-links.ts'

/** What every protocol is given: `(app: FastifyInstance, context: AppContext) => Promise<void>`. */
export interface AppContext {
  readonly registry: Registry
  readonly links: SignedLinks
  readonly signInCodes: SignInCodes
  /**
   * Absolute links in answers begin with it; no `/` at its end. Never taken from a request's
   * `Host`. Read it while answering, not while registering: with `--port 0` it is known once it
   * listens.
   */
  readonly publicUrl: string
}
