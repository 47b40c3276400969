import type { FastifyInstance } from 'fastify'
import { RegistryError } from '../../core/errors.ts'
import { findArtifacts } from '../../core/operations/find-artifacts.ts'
import { findFileByClientDigest } from '../../core/operations/find-file-by-client-digest.ts'
import { openManifest } from '../../core/operations/open-manifest.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { writeManifest } from './manifest-file.ts'
import { readNodeId } from './node-ids.ts'

/** What the client downloads by paths of its own. */
export function addDownloadRoutes(app: FastifyInstance, context: AppContext): void {
  addManifestRoute(app, context)
  addEntryRoute(app, context)
}

/** `GET /artifacts/manifest/<signed>/wandb_manifest.json`: a version's manifest, page by page. */
function addManifestRoute(app: FastifyInstance, { registry, links }: AppContext): void {
  app.get<{ Params: { signed: string } }>('/artifacts/manifest/:signed/wandb_manifest.json', {
    config: { access: 'public' },
    handler: async (request, reply) => {
      const permit = links.verify(request.params.signed)
      if (permit.kind !== 'download-manifest')
        throw new RegistryError('forbidden', 'This link is for something else.')
      const { versionId } = permit
      const text = writeManifest(versionId, (after) => openManifest(registry, { versionId, after }))
      // The first page before the head of the answer: a refusal can still be told.
      const first = await text.next()
      const begun = first.done === true ? '' : first.value
      return reply
        .type('application/json; charset=utf-8')
        .send(ReadableStream.from(prepend(begun, text)))
    },
  })
}

async function* prepend(first: string, rest: AsyncGenerator<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  yield encoder.encode(first)
  for await (const part of rest) yield encoder.encode(part)
}

interface EntryPath {
  readonly artifact: string
  /** Lower-case hex of the digest in the manifest. */
  readonly digest: string
}

/**
 * `GET /artifactsV2/<region>/<entity>/<project>/<collection>/<artifact>/<birth>/<digest>/…`: one
 * file, by its digest. The last part is ignored: the client does not encode it. The version decides
 * who may read; with which version the bytes first came does not matter.
 */
function addEntryRoute(app: FastifyInstance, { registry, links }: AppContext): void {
  const path = '/artifactsV2/:region/:entity/:project/:collection/:artifact/:birth/:digest/*'
  app.get<{ Params: EntryPath }>(path, {
    config: { access: 'token' },
    handler: async (request, reply) => {
      const actor = actorOf(request)
      const id = readNodeId('Artifact', request.params.artifact)
      const artifact = (await findArtifacts(registry, actor, { ids: [id] })).get(id)
      if (artifact?.kind !== 'version')
        throw new RegistryError('version_not_found', 'There is no such artifact.')
      const { version } = artifact
      const clientDigest = Buffer.from(request.params.digest, 'hex').toString('base64')
      const entry = await findFileByClientDigest(registry, actor, {
        versionId: version.id,
        clientDigest,
      })
      if (entry?.digest == null)
        throw new RegistryError('not_found', 'This artifact has no file of that digest.')
      const name = entry.path.slice(entry.path.lastIndexOf('/') + 1)
      return reply.redirect(
        links.url(
          { kind: 'download-blob', versionId: version.id, digest: entry.digest, name },
          `wandb_artifacts/${version.id}/${request.params.digest}`,
        ),
        302,
      )
    },
  })
}
