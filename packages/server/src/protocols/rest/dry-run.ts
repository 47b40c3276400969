import type * as wire from '@greenroom/sdk/wire'
import { parseSelector } from '../../core/model/ref.ts'
import {
  dryRunPromotion,
  type Forecast,
  type Prospect,
} from '../../core/operations/dry-run-promotion.ts'
import { dryRunRollback, type StackEntry } from '../../core/operations/dry-run-rollback.ts'
import type { OwnedCollection } from '../../core/operations/get-collection.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { bindFor } from './idempotency.ts'
import { collectionOf, indexOf } from './read-request.ts'
import { comings, renderLoggedSlot, renderMove, renderOwner, versionName } from './render.ts'
import { COLLECTION_PATH, operation, type RestServer } from './rest-server.ts'
import { AliasPath, Omissible } from './schemas.ts'
import { DryRun, DryRunRequest, RollbackDryRun, RollbackDryRunRequest } from './schemas-pointers.ts'
import { RESOLVE_REFUSALS } from './versions.ts'

export function addDryRuns(app: RestServer, context: AppContext): void {
  addDryRunPromotion(app, context)
  addDryRunRollback(app, context)
}

function addDryRunPromotion(app: RestServer, context: AppContext): void {
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
      return {
        ...renderForecast(forecast),
        version: versionName(forecast.membership.index),
        changed: forecast.prospect.changed,
      }
    },
  )
}

function addDryRunRollback(app: RestServer, context: AppContext): void {
  app.post(
    `${COLLECTION_PATH}/aliases/:alias/rollback/dry-run`,
    {
      config: operation(
        'dryRunRollback',
        'What a rollback would put back, the stack that it walks, and how every rule judges it. ' +
          'Changes nothing',
        [
          'owner_not_found',
          'collection_not_found',
          'alias_unknown',
          'rollback_target_missing',
          'ref_invalid',
          'forbidden',
          'name_invalid',
        ],
      ),
      schema: {
        params: AliasPath,
        body: Omissible(RollbackDryRunRequest),
        response: { 200: RollbackDryRun },
      },
    },
    async (request): Promise<wire.RollbackDryRun> => {
      await bindFor(context, request)
      const { to } = request.body ?? {}
      const forecast = await dryRunRollback(context.registry, actorOf(request), {
        collection: collectionOf(request.params),
        alias: request.params.alias,
        to: to === undefined ? null : indexOf(to, 'to'),
      })
      return {
        ...renderForecast(forecast),
        slots: forecast.target.restorable.map(renderLoggedSlot),
        stack: forecast.stack.map(renderStackEntry),
      }
    },
  )
}

function renderForecast({
  owner,
  collection,
  allowed,
  prospect,
  others,
}: Forecast & OwnedCollection): wire.Forecast {
  return {
    owner: renderOwner(owner),
    collection: collection.name,
    alias: prospect.alias,
    generation: prospect.generation,
    allowed,
    ...comings(prospect),
    rules: [prospect, ...others].flatMap(renderVerdicts),
    others: others.map((other) => ({
      alias: other.alias,
      generation: other.generation,
      ...comings(other),
    })),
  }
}

function renderStackEntry({ event, slots, why }: StackEntry): wire.StackEntry {
  return {
    generation: event.generation,
    slots: slots.map(renderLoggedSlot),
    move: renderMove(event),
    why,
  }
}

function renderVerdicts({ alias, verdicts }: Prospect): readonly wire.RuleVerdict[] {
  return verdicts.map((verdict) => ({ alias, ...verdict }))
}
