import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RegistryError } from '../core/errors.ts'
import { matchesETag } from './byte-response.ts'

/** Where `npm run build` leaves the page; the same from `src/http` and from `dist/parts`. */
export const PAGE_FOLDER = path.resolve(import.meta.dirname, '../../../web/dist')

/** Nothing inline, nothing from elsewhere, no script out of a text, and no frame around it. */
const POLICY = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'font-src', 'connect-src', 'manifest-src'].map(
    (directive) => `${directive} 'self'`,
  ),
  "img-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** What the build wrote beside a file, smallest first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** The name that a build gives a file changes with its content. */
const HASHED_NAME = /-[\w-]{8}\.\w+$/
const INDEX = '/index.html'
const NO_PAGE =
  'This is a Greenroom model registry. Its page is not built here: run "npm run build" in the ' +
  'clone.\nThe API is under /api/v1, and /openapi.json describes it.\n'

interface PageFile {
  readonly bytes: Buffer
  readonly etag: string
  /** By content coding. */
  readonly encoded: ReadonlyMap<string, Buffer>
}

/**
 * Answers what no route of a protocol does: files of the built page, and its index wherever a
 * browser asks for a path that the page itself knows. Paths below a first part that a protocol has
 * stay not found, and so does everything that is no navigation. A link that another page would know
 * leads to the place that `placeOf` gives for it.
 *
 * Call it before any route comes in: it takes note of them.
 */
export function servePage(
  app: FastifyInstance,
  folder: string | null,
  placeOf: (url: string) => string | undefined,
): void {
  const taken = new Set<string>()
  app.addHook('onRoute', ({ url }) => void taken.add(firstPart(url)))
  const files = readOnce(folder)
  app.setNotFoundHandler(async (request, reply) => {
    const url = request.url.split('?', 1)[0] ?? '/'
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!isRead || taken.has(firstPart(url))) throw nothingHere()
    const found = await files()
    const file = found.get(url)
    if (file !== undefined && url !== INDEX) return sendFile(request, reply, url, file)
    if (!acceptsHtml(request) && url !== '/') throw nothingHere()
    const place = placeOf(request.url)
    if (place !== undefined) return reply.redirect(place)
    const index = found.get(INDEX)
    if (index !== undefined) return sendFile(request, reply, INDEX, index)
    if (url !== '/' || folder === null) throw nothingHere()
    return reply.type('text/plain; charset=utf-8').send(NO_PAGE)
  })
}

function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  url: string,
  file: PageFile,
): FastifyReply {
  const isHashed = HASHED_NAME.test(url)
  reply
    .header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('content-security-policy', POLICY)
    .header('cross-origin-opener-policy', 'same-origin')
    .header('etag', file.etag)
    // Under "no-referrer" a browser tells its own server nothing of where a POST comes from.
    .header('referrer-policy', 'same-origin')
    .header('vary', 'accept-encoding')
  if (matchesETag(request.headers['if-none-match'], file.etag)) return reply.code(304).send()
  const [coding, bytes] = chooseCoding(request, file)
  if (coding !== null) reply.header('content-encoding', coding)
  const type = MEDIA_TYPES[path.extname(url)] ?? 'application/octet-stream'
  return reply.type(type).send(bytes)
}

/** What the client takes and the build has. (`q` is a preference that no browser uses here.) */
function chooseCoding(
  { headers }: FastifyRequest,
  { bytes, encoded }: PageFile,
): readonly [coding: string | null, bytes: Buffer] {
  const accepted = String(headers['accept-encoding'] ?? '').toLowerCase()
  for (const [coding] of ENCODINGS) {
    const smaller = encoded.get(coding)
    const isTaken = new RegExp(`(^|[\\s,])${coding}\\s*(,|;(?!\\s*q=0(\\.0*)?\\s*(,|$))|$)`)
    if (smaller !== undefined && isTaken.test(accepted)) return [coding, smaller]
  }
  return [null, bytes]
}

function acceptsHtml({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') ?? false
}

function nothingHere(): RegistryError {
  return new RegistryError('not_found', 'There is nothing under this path.')
}

function firstPart(url: string): string {
  return url.split('/')[1]?.toLowerCase() ?? ''
}

/**
 * All files by their path, once somebody asks: some two megabytes. Later a request's path only
 * chooses among them, so none can lead out of the folder.
 */
function readOnce(folder: string | null): () => Promise<ReadonlyMap<string, PageFile>> {
  let reading: Promise<ReadonlyMap<string, PageFile>> | undefined
  return () => {
    reading ??= folder === null ? Promise.resolve(new Map()) : readPage(folder)
    return reading
  }
}

async function readPage(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const contents = new Map<string, Buffer>()
  for (const entry of await entriesOf(folder)) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    const url = `/${path.relative(folder, file).split(path.sep).join('/')}`
    contents.set(url, await readFile(file))
  }
  const isEncoded = (url: string) =>
    ENCODINGS.some(
      ([, suffix]) => url.endsWith(suffix) && contents.has(url.slice(0, -suffix.length)),
    )
  return new Map(
    [...contents]
      .filter(([url]) => !isEncoded(url))
      .map(([url, bytes]) => [url, pageFile(url, bytes, contents)]),
  )
}

function pageFile(url: string, bytes: Buffer, contents: ReadonlyMap<string, Buffer>): PageFile {
  const encoded = new Map<string, Buffer>()
  for (const [coding, suffix] of ENCODINGS) {
    const smaller = contents.get(`${url}${suffix}`)
    if (smaller !== undefined) encoded.set(coding, smaller)
  }
  const digest = createHash('sha256').update(bytes).digest('hex')
  return { bytes, etag: `"${digest.slice(0, 32)}"`, encoded }
}

/** None where the page was not built. */
async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
