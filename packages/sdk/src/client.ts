import { isPassing, pauseBefore, sleep } from './backoff.ts'
import { errorOf, GreenroomError, unreachable } from './greenroom-error.ts'

export interface ClientOptions {
  /** The server, such as `https://models.example.com`; in a browser the page's own if left out. */
  readonly url?: string | undefined
  /** Without one no `Authorization` is sent: a page's session cookie is the right then. */
  readonly key?: string | undefined
  /** In place of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
  /** How often a call is made before its failure is the caller's. 1: never again. */
  readonly attempts?: number | undefined
  /** For an answer to begin. After it the call counts as unanswered. */
  readonly timeoutMilliseconds?: number | undefined
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call, its waiting and its body. It throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** In place of the client's own. */
  readonly attempts?: number | undefined
  /** Of a POST, in place of a fresh one: the same key later asks for the same thing again. */
  readonly idempotencyKey?: string | undefined
}

export interface Call extends CallOptions {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Under `/api/v1`, each part percent-encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, QueryValue>>
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Statuses beside 2xx that `read` takes. */
  readonly alsoGood?: readonly number[]
}

type QueryValue = string | number | boolean | readonly string[] | undefined

/** Speaks with one server as one actor. Every function of this package that calls takes one. */
export interface Client {
  readonly url: string
  /** Without its key: for links that are a right of their own. */
  readonly fetch: typeof fetch
  /** How often a call is made before its failure is the caller's. */
  readonly attempts: number
  /**
   * Makes a call and gives what `read` makes of a good answer. Asks again, slower and slower and
   * not before `Retry-After`, while that may help and can do no harm. Throws `GreenroomError`.
   */
  request<Answer>(call: Call, read: (response: Response) => Promise<Answer>): Promise<Answer>
}

const DEFAULT_ATTEMPTS = 5
const DEFAULT_TIMEOUT_MILLISECONDS = 60_000

/** Throws `GreenroomError` (`request_invalid`) for a URL that is none. */
export function createClient(options: ClientOptions = {}): Client {
  const url = baseOf(options.url ?? globalThis.location?.origin ?? '')
  const { key } = options
  const settings = {
    fetch: options.fetch ?? ((...given: Parameters<typeof fetch>) => globalThis.fetch(...given)),
    timeoutMilliseconds: options.timeoutMilliseconds ?? DEFAULT_TIMEOUT_MILLISECONDS,
  }
  const attempts = options.attempts ?? DEFAULT_ATTEMPTS
  return {
    url,
    fetch: settings.fetch,
    attempts,
    request(call, read) {
      const target = urlOf(url, call)
      // The key lives in here only: whoever prints a client does not print it.
      const init = initOf(call, key)
      return again(call, call.attempts ?? attempts, () =>
        attempt(settings, target, init, call, read),
      )
    },
  }
}

function baseOf(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))
    return text.replace(/\/+$/, '')
  throw new GreenroomError(
    'request_invalid',
    `"${text}" is no address of a server. Write http://127.0.0.1:4747, for example.`,
  )
}

function urlOf(base: string, { path, query = {} }: Call): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) parameters.append(name, String(one))
  const search = parameters.size === 0 ? '' : `?${parameters}`
  return `${base}/api/v1${path}${search}`
}

function initOf(call: Call, key: string | undefined): RequestInit {
  const { method, body } = call
  const headers: Record<string, string> = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    // One for all attempts: it is what lets a POST be asked again.
    ...(method === 'POST' ? { 'idempotency-key': call.idempotencyKey ?? randomKey() } : {}),
    ...call.headers,
  }
  return { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
}

/** `crypto.randomUUID` is not there for a page that came over plain HTTP. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** What went wrong, and how long the server wants to be left alone. */
class Refused {
  readonly error: GreenroomError
  readonly retryAfter: string | null

  constructor(error: GreenroomError, retryAfter: string | null) {
    this.error = error
    this.retryAfter = retryAfter
  }
}

async function again<Answer>(
  call: Call,
  attempts: number,
  once: () => Promise<Answer | Refused>,
): Promise<Answer> {
  for (let made = 1; ; made++) {
    const answer = await once()
    if (!(answer instanceof Refused)) return answer
    const { error, retryAfter } = answer
    const pause = pauseBefore(made, retryAfter)
    if (made >= attempts || pause === undefined || !mayAskAgain(call, error)) throw error
    await sleep(pause, call.signal)
  }
}

/** A PATCH may have been done when its answer is lost: only a plain "not now" is asked again. */
function mayAskAgain({ method }: Call, error: GreenroomError): boolean {
  return method === 'PATCH' ? error.status === 429 : isPassing(error)
}

async function attempt<Answer>(
  settings: { readonly fetch: typeof fetch; readonly timeoutMilliseconds: number },
  url: string,
  init: RequestInit,
  call: Call,
  read: (response: Response) => Promise<Answer>,
): Promise<Answer | Refused> {
  const { signal } = call
  signal?.throwIfAborted()
  const abort = new AbortController()
  const timer = setTimeout(
    () => abort.abort(new Error(`no answer within ${settings.timeoutMilliseconds} ms`)),
    settings.timeoutMilliseconds,
  )
  const either = signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal])
  try {
    const response = await settings.fetch(url, { ...init, signal: either })
    clearTimeout(timer)
    if (response.ok || call.alsoGood?.includes(response.status)) return await read(response)
    return new Refused(await errorOf(response), response.headers.get('retry-after'))
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof GreenroomError) throw error
    return new Refused(unreachable(url, error), null)
  } finally {
    clearTimeout(timer)
  }
}
