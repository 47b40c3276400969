import type * as wire from '@greenroom/sdk/wire'
import type { Owner } from '../../core/model/owner.ts'
import { formatTime } from '../../core/model/time.ts'
import type { StageChange } from '../../core/operations/list-stage-changes.ts'
import { renderOwner, renderStage } from './render.ts'

export function renderWholeOwner(owner: Owner): wire.Owner {
  return {
    ...renderOwner(owner),
    description: owner.description,
    restricted: owner.restricted,
    allowsAllTypes: owner.allowsAllTypes,
    artifactTypes: owner.artifactTypes,
    createdAt: formatTime(owner.createdAt),
    updatedAt: formatTime(owner.updatedAt),
  }
}

export function renderStageChange(change: StageChange): wire.StageChange {
  return {
    time: formatTime(change.time),
    actor: change.actorName,
    actorId: change.actorId,
    reason: change.reason,
    from: change.from.map(renderStage),
    to: change.to.map(renderStage),
  }
}
