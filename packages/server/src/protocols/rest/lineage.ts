import type * as wire from '@greenroom/sdk/wire'
import { parseSelector } from '../../core/model/ref.ts'
import { getLineage } from '../../core/operations/get-lineage.ts'
import { getMember } from '../../core/operations/get-member.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { collectionOf } from './read-request.ts'
import { renderLineage } from './render-runs.ts'
import { COLLECTION_PATH, operation, type RestServer } from './rest-server.ts'
import { VersionPath } from './schemas.ts'
import { Lineage, LineageQuery } from './schemas-runs.ts'
import { RESOLVE_REFUSALS } from './versions.ts'

const DEFAULT_DEPTH = 2

export function addLineage(app: RestServer, { registry }: AppContext): void {
  app.get(
    `${COLLECTION_PATH}/versions/:selector/lineage`,
    {
      config: operation(
        'getLineage',
        'What a version came from and what came from it, through runs, both ways',
        RESOLVE_REFUSALS,
      ),
      schema: { params: VersionPath, querystring: LineageQuery, response: { 200: Lineage } },
    },
    async (request): Promise<wire.Lineage> => {
      const actor = actorOf(request)
      const { version } = await getMember(registry, actor, {
        collection: collectionOf(request.params),
        selector: parseSelector(request.params.selector),
      })
      const lineage = await getLineage(registry, actor, {
        versionId: version.id,
        depth: request.query.depth ?? DEFAULT_DEPTH,
      })
      return renderLineage(`version:${version.id}`, lineage)
    },
  )
}
