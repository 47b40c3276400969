import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isRegistryError, RegistryError } from '../../core/errors.ts'
import {
  MAX_BATCH_BODY_BYTES,
  MAX_BLOB_BYTES,
  MAX_WANDB_MANIFEST_BYTES,
} from '../../core/limits.ts'
import { openBlob } from '../../core/operations/open-blob.ts'
import {
  type IncomingBlob,
  type ReceivedBlob,
  receiveBlob,
} from '../../core/operations/receive-blob.ts'
import { receiveBlobs } from '../../core/operations/receive-blobs.ts'
import { receiveDraftManifest } from '../../core/operations/receive-draft-manifest.ts'
import { receiveRunFile } from '../../core/operations/receive-run-file.ts'
import { sendBlob } from '../../core/operations/send-blob.ts'
import type { Registry } from '../../core/registry.ts'
import { etagOf, sendBytes } from '../../http/byte-response.ts'
import type { AppContext } from '../../http/context.ts'
import { answerProblem, logRefusal, sendProblem } from '../../http/problem.ts'
import { discardRest, parseContentRange, readBody, receiveBody } from '../../http/receive-body.ts'
import type { LinkPermit } from '../../http/signed-links.ts'
import { parseBatch } from './batch.ts'

type UploadPermit = Exclude<
  Extract<LinkPermit, { kind: `upload-${string}` }>,
  { kind: 'upload-batch' }
>
type DownloadPermit = Extract<LinkPermit, { kind: 'download-blob' }>
/** An upload but for what its permit says of the bytes. */
type Incoming = Pick<IncomingBlob, 'feed' | 'stageId' | 'announced'>

const PATH = '/transfer/:signed/*'
const PUBLIC = { config: { access: 'public' } } as const
const UPLOAD = { config: { access: 'public', streamsBody: true } } as const

/**
 * The one door for bytes. The link is the right, so no token is asked for; what follows the signed
 * part of the path is for the eye.
 *
 * - `PUT` of a whole body, or of parts in order with `Content-Range: bytes <first>-<last>/<total>`:
 *   `200` when all is here, `202` with `Upload-Offset` when more must come: `0` where a file of the
 *   wandb client found no room, since it shows its user what refuses a commit, but nothing of this.
 *   An empty body with `Content-Range: bytes *\/<total>` finishes what has come whole already.
 * - `PUT` of a batch of small blobs, each as if it came by itself; `batch.ts` says how it is built.
 * - `HEAD` of an upload's link: `Upload-Offset` says where to go on, and finishes an upload whose
 *   last byte is here. Whoever asks takes over: what is still coming in on another connection ends
 *   there.
 * - `GET` and `HEAD` of a download's link, with ranges. `ETag` is the content digest everywhere but
 *   for a part of a file, where it is the part's MD5 in hex, as S3 has it.
 */
export async function transfer(app: FastifyInstance, context: AppContext): Promise<void> {
  const { registry } = context
  const permitOf = (request: FastifyRequest): LinkPermit =>
    context.links.verify((request.params as { readonly signed: string }).signed)

  // Whatever a body calls itself, be it no media type at all, the route reads the stream.
  app.addHook('onRequest', async ({ headers }) => void delete headers['content-type'])
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _body, done) => done(null))
  app.setErrorHandler(answerRefusal)

  let isClosing = false
  app.addHook('preClose', async () => {
    isClosing = true
  })

  app.put(PATH, UPLOAD, async (request, reply) => {
    // What has begun may finish; what begins now would only be cut.
    if (isClosing) throw new RegistryError('registry_unavailable', 'This server is stopping.')
    const permit = permitOf(request)
    if (permit.kind === 'upload-batch') return takeBatch(registry, permit, request, reply)
    const upload = uploadOf(permit)
    const received = await receive(registry, upload, incomingOf(request, upload)).catch((error) => {
      discardRest(request.raw)
      return nothingKept(request, upload, error)
    })
    return answerReceived(reply, upload, received)
  })

  app.head(PATH, PUBLIC, async (request, reply) => {
    const permit = permitOf(request)
    if (permit.kind === 'download-blob') return download(registry, permit, request, reply)
    const upload = uploadOf(permit)
    // All may be here already, and its sender or we died before that was said.
    const feed: Incoming['feed'] = async ({ offset }) =>
      offset > 0 && offset === sizeOf(upload) ? 'complete' : 'partial'
    const received = await receive(registry, upload, { stageId: stageIdOf(upload), feed })
    const offset = received.kind === 'partial' ? received.offset : received.blob.size
    return reply.header('upload-offset', offset).send()
  })

  app.get(PATH, { ...PUBLIC, exposeHeadRoute: false }, async (request, reply) => {
    const permit = permitOf(request)
    if (permit.kind !== 'download-blob') throw notPermitted('a download')
    return download(registry, permit, request, reply)
  })
}

// ---------- in ----------

function uploadOf(permit: LinkPermit): UploadPermit {
  if (permit.kind === 'upload-batch') throw notPermitted('the upload of one file alone')
  if (permit.kind === 'download-blob' || permit.kind === 'download-manifest')
    throw notPermitted('an upload')
  return permit
}

/** A part is kept for the next one; a whole body that breaks off leaves nothing. */
function incomingOf(request: FastifyRequest, permit: UploadPermit): Incoming {
  const range = parseContentRange(request.headers['content-range'])
  const bounds = { range, maxBytes: maxBytesOf(permit) }
  const feed: Incoming['feed'] = (stage) => receiveBody(request.raw, stage, bounds)
  const announced = Number(request.headers['content-length'] ?? 0)
  return { feed, announced, ...(range !== undefined && { stageId: stageIdOf(permit) }) }
}

/** The permit itself: a fresh link for the same thing goes on where the older one stopped. */
function stageIdOf(permit: UploadPermit): string {
  return JSON.stringify(permit)
}

/** What the link says that the whole upload has; null where it says nothing. */
function sizeOf(permit: UploadPermit): number | null {
  return permit.kind === 'upload-blob' ? permit.size : null
}

function maxBytesOf(permit: UploadPermit): number {
  switch (permit.kind) {
    case 'upload-blob':
      return permit.size ?? MAX_BLOB_BYTES
    case 'upload-draft-manifest':
      return MAX_WANDB_MANIFEST_BYTES
    case 'upload-part':
    case 'upload-run-file':
      return MAX_BLOB_BYTES
  }
}

function receive(
  registry: Registry,
  permit: UploadPermit,
  incoming: Incoming,
): Promise<ReceivedBlob> {
  switch (permit.kind) {
    case 'upload-blob': {
      const { draftId, digest, md5, size } = permit
      const expected = {
        ...(digest !== null && { digest }),
        ...(md5 !== null && { md5 }),
        ...(size !== null && { size }),
      }
      return receiveBlob(registry, { ...incoming, draftId, expected })
    }
    case 'upload-part': {
      const { draftId, md5 } = permit
      return receiveBlob(registry, { ...incoming, draftId, expected: { md5 } })
    }
    case 'upload-draft-manifest':
      return receiveDraftManifest(registry, { ...incoming, manifestId: permit.manifestId })
    case 'upload-run-file': {
      const { runId, name } = permit
      return receiveRunFile(registry, { ...incoming, runId, name, expected: {} })
    }
  }
}

/**
 * A full disk, towards the wandb client: nothing has come, and more must come. After a refusal it
 * gives up with a sentence of its own; so it goes on to the commit, which tells.
 */
function nothingKept(request: FastifyRequest, permit: UploadPermit, error: unknown): ReceivedBlob {
  const isOfWandb =
    permit.kind === 'upload-draft-manifest' ||
    (permit.kind === 'upload-blob' && permit.digest === null)
  if (!isOfWandb || !isRegistryError(error, 'storage_full')) throw error
  logRefusal(request, error)
  return { kind: 'partial', offset: 0 }
}

async function takeBatch(
  registry: Registry,
  { draftId }: Extract<LinkPermit, { kind: 'upload-batch' }>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const blobs = parseBatch(await readBody(request.raw, MAX_BATCH_BODY_BYTES))
  await receiveBlobs(registry, { draftId, blobs })
  return reply.send()
}

/**
 * Never a body: the wandb client does not read it, and then leaves its connection open and makes a
 * new one for each file (seen: one socket a file, until no descriptor was left). What there is to
 * say stands in the headers.
 */
function answerReceived(
  reply: FastifyReply,
  permit: UploadPermit,
  received: ReceivedBlob,
): unknown {
  if (received.kind === 'partial')
    return reply.code(202).header('upload-offset', received.offset).send()
  const { digest, md5, size } = received.blob
  // S3's tag of a part, which the client sends back to name it.
  const etag =
    permit.kind === 'upload-part'
      ? `"${Buffer.from(md5, 'base64').toString('hex')}"`
      : etagOf(digest)
  return reply.header('etag', etag).header('upload-offset', size).send()
}

// ---------- out ----------

async function download(
  registry: Registry,
  permit: DownloadPermit,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const blob = await openBlob(registry, permit)
  await sendBytes(request, reply, {
    blob,
    fileName: permit.name,
    send: (range, sink) => sendBlob(registry, blob, range, sink),
    onCorrupt: (digest) => request.log.error({ digest }, 'stored bytes have changed'),
  })
}

// ---------- refusals ----------

function notPermitted(what: string): RegistryError {
  return new RegistryError('forbidden', `This link does not permit ${what}. Ask for one that does.`)
}

/**
 * As everywhere, but for a full disk: 413 and not 507, since the wandb client sends its bytes again
 * for twenty minutes after any 5xx but 501.
 */
async function answerRefusal(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (!isRegistryError(thrown, 'storage_full')) return answerProblem(thrown, request, reply)
  logRefusal(request, thrown)
  sendProblem(request, reply, thrown, 413)
}
