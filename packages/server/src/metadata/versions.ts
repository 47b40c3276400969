import type { ContentDigest } from '../core/model/digest.ts'
import type { Version, VersionState } from '../core/model/version.ts'
import type { VersionWrites } from '../core/ports/metadata-store.ts'
import {
  checkChanged,
  clientDigestColumns,
  clientDigestOf,
  insertNew,
  mapFound,
  parseNames,
} from './columns.ts'
import type { VersionRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const findById = define('version.findById', ({ db }, p: { id: string }) =>
  db.selectFrom('version').selectAll().where('id', '=', p.id),
)

const findMany = define('version.findMany', ({ db, textIn }, p: { ids: readonly string[] }) =>
  db.selectFrom('version').selectAll().where(textIn('id', p.ids)),
)

const insert = defineRows<VersionRow>(
  'version.insert',
  'version',
  {
    id: 'text',
    digest: 'text',
    client_digest_kind: 'text',
    client_digest: 'text',
    source_collection_id: 'text',
    source_index: 'integer',
    state: 'text',
    state_reason: 'text',
    size: 'integer',
    file_count: 'integer',
    metadata: 'text',
    description: 'text',
    tags: 'text',
    ttl_seconds: 'integer',
    history_step: 'integer',
    run_id: 'integer',
    created_by: 'integer',
    created_at: 'integer',
    updated_at: 'integer',
    revision: 'integer',
  },
  'do nothing',
)

const update = define('version.update', ({ db }, p: VersionRow) =>
  db
    .updateTable('version')
    .set({
      state: p.state,
      state_reason: p.state_reason,
      metadata: p.metadata,
      description: p.description,
      tags: p.tags,
      ttl_seconds: p.ttl_seconds,
      updated_at: p.updated_at,
      revision: p.revision,
    })
    .where('id', '=', p.id),
)

export function versions(session: Session): VersionWrites {
  return {
    findById: async (id) => mapFound(await session.first(findById, { id }), toVersion),
    findMany: async (ids) => (await session.all(findMany, { ids })).map(toVersion),
    insert: (version) => insertNew(session, insert, toVersionRow(version), `Version ${version.id}`),
    update: async (version) =>
      checkChanged(await session.run(update, toVersionRow(version)), `version ${version.id}`),
  }
}

export function toVersion(row: VersionRow): Version {
  return {
    id: row.id,
    digest: row.digest as ContentDigest,
    clientDigest: clientDigestOf(row),
    sourceCollectionId: row.source_collection_id,
    sourceIndex: row.source_index,
    state: row.state as VersionState,
    stateReason: row.state_reason,
    size: row.size,
    fileCount: row.file_count,
    metadata: row.metadata,
    description: row.description,
    tags: parseNames(row.tags),
    ttlSeconds: row.ttl_seconds,
    historyStep: row.history_step,
    runId: row.run_id,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    revision: row.revision,
  }
}

function toVersionRow(version: Version): VersionRow {
  return {
    id: version.id,
    digest: version.digest,
    ...clientDigestColumns(version.clientDigest),
    source_collection_id: version.sourceCollectionId,
    source_index: version.sourceIndex,
    state: version.state,
    state_reason: version.stateReason,
    size: version.size,
    file_count: version.fileCount,
    metadata: version.metadata,
    description: version.description,
    tags: JSON.stringify(version.tags),
    ttl_seconds: version.ttlSeconds,
    history_step: version.historyStep,
    run_id: version.runId,
    created_by: version.createdBy,
    created_at: version.createdAt,
    updated_at: version.updatedAt,
    revision: version.revision,
  }
}
