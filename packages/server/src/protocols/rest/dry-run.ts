import type * as wire from '@greenroom/sdk/wire'
import { parseSelector } from '../../core/model/ref.ts'
import { dryRunPromotion, type Prospect } from '../../core/operations/dry-run-promotion.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { bindFor } from './idempotency.ts'
import { collectionOf } from './read-request.ts'
import { comings, renderOwner, versionName } from './render.ts'
import { COLLECTION_PATH, operation, type RestServer } from './rest-server.ts'
import { AliasPath } from './schemas.ts'
import { DryRun, DryRunRequest } from './schemas-pointers.ts'
import { RESOLVE_REFUSALS } from './versions.ts'

export function addDryRun(app: RestServer, context: AppContext): void {
  app.post(
    `${COLLECTION_PATH}/aliases/:alias/dry-run`,
    {
      config: operation(
        'dryRunPromotion',
        'What a promotion would do, and how every rule judges it. Changes nothing',
        [...RESOLVE_REFUSALS, 'forbidden', 'name_invalid', 'alias_confusable'],
      ),
      schema: { params: AliasPath, body: DryRunRequest, response: { 200: DryRun } },
    },
    async (request): Promise<wire.DryRun> => {
      await bindFor(context, request)
      const { alias } = request.params
      const forecast = await dryRunPromotion(context.registry, actorOf(request), {
        collection: collectionOf(request.params),
        alias,
        selector: parseSelector(request.body.version),
      })
      const { owner, collection, membership, allowed, prospect, others } = forecast
      return {
        owner: renderOwner(owner),
        collection: collection.name,
        alias,
        version: versionName(membership.index),
        generation: prospect.generation,
        allowed,
        changed: prospect.changed,
        ...comings(prospect),
        rules: [prospect, ...others].flatMap(renderVerdicts),
        others: others.map((other) => ({
          alias: other.alias,
          generation: other.generation,
          ...comings(other),
        })),
      }
    },
  )
}

function renderVerdicts({ alias, verdicts }: Prospect): readonly wire.RuleVerdict[] {
  return verdicts.map((verdict) => ({ alias, ...verdict }))
}
