import { sql } from 'kysely'
import type { ContentDigest } from '../core/model/digest.ts'
import type { Draft, DraftManifest, DraftState } from '../core/model/version.ts'
import type { DraftWrites } from '../core/ports/metadata-store.ts'
import {
  checkChanged,
  clientDigestColumns,
  clientDigestOf,
  insertNew,
  mapFound,
  parseNames,
} from './columns.ts'
import type { DraftManifestRow, DraftRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const findById = define('draft.findById', ({ db }, p: { id: string }) =>
  db.selectFrom('draft').selectAll().where('id', '=', p.id),
)

const lock = define('draft.lock', ({ db, forUpdate }, p: { id: string }) =>
  forUpdate(db.selectFrom('draft').selectAll().where('id', '=', p.id)),
)

const findByClientKey = define(
  'draft.findByClientKey',
  ({ db }, p: { created_by: number; client_key: string }) =>
    db
      .selectFrom('draft')
      .selectAll()
      .where('created_by', '=', p.created_by)
      .where('client_key', '=', p.client_key),
)

// 'open' stands in the text, since SQLite must see that the index of open drafts serves.
const findDistributed = define(
  'draft.findDistributed',
  ({ db }, p: { owner_id: number; collection_name: string; distributed_key: string }) =>
    db
      .selectFrom('draft')
      .selectAll()
      .where('owner_id', '=', p.owner_id)
      .where('collection_name', '=', p.collection_name)
      .where('distributed_key', '=', p.distributed_key)
      .where('state', '=', sql.lit('open')),
)

const insert = defineRows<DraftRow>(
  'draft.insert',
  'draft',
  {
    id: 'text',
    owner_id: 'integer',
    collection_name: 'text',
    artifact_type: 'text',
    created_by: 'integer',
    client_key: 'text',
    client_digest_kind: 'text',
    client_digest: 'text',
    base_version_id: 'text',
    distributed_key: 'text',
    aliases: 'text',
    tags: 'text',
    metadata: 'text',
    description: 'text',
    ttl_seconds: 'integer',
    history_step: 'integer',
    run_id: 'integer',
    state: 'text',
    version_id: 'text',
    collection_id: 'text',
    member_index: 'integer',
    entries_revision: 'integer',
    created_at: 'integer',
    expires_at: 'integer',
  },
  'do nothing',
)

const update = define('draft.update', ({ db }, p: DraftRow) =>
  db
    .updateTable('draft')
    .set({
      artifact_type: p.artifact_type,
      client_digest_kind: p.client_digest_kind,
      client_digest: p.client_digest,
      base_version_id: p.base_version_id,
      aliases: p.aliases,
      tags: p.tags,
      metadata: p.metadata,
      description: p.description,
      ttl_seconds: p.ttl_seconds,
      history_step: p.history_step,
      run_id: p.run_id,
      state: p.state,
      version_id: p.version_id,
      collection_id: p.collection_id,
      member_index: p.member_index,
      entries_revision: p.entries_revision,
      created_at: p.created_at,
      expires_at: p.expires_at,
    })
    .where('id', '=', p.id),
)

const remove = define('draft.remove', ({ db }, p: { id: string }) =>
  db.deleteFrom('draft').where('id', '=', p.id),
)

const removeManifests = define('draftManifest.remove', ({ db }, p: { draft_id: string }) =>
  db.deleteFrom('draft_manifest').where('draft_id', '=', p.draft_id),
)

const removeUploads = define('draftUpload.remove', ({ db }, p: { draft_id: string }) =>
  db.deleteFrom('draft_upload').where('draft_id', '=', p.draft_id),
)

// Once it is a version, the entries are the version's: they stay.
const removeEntries = define('draft.removeEntries', ({ db }, p: { id: string }) =>
  db
    .deleteFrom('manifest_entry')
    .where('version_id', '=', p.id)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('version').select('version.id').where('version.id', '=', p.id))),
    ),
)

const findManifest = define('draftManifest.find', ({ db }, p: { id: string }) =>
  db.selectFrom('draft_manifest').selectAll().where('id', '=', p.id),
)

const listManifests = define('draftManifest.list', ({ db }, p: { draft_id: string }) =>
  db
    .selectFrom('draft_manifest')
    .selectAll()
    .where('draft_id', '=', p.draft_id)
    .orderBy('created_at')
    .orderBy('id'),
)

const putManifest = defineRows<DraftManifestRow>(
  'draftManifest.put',
  'draft_manifest',
  {
    id: 'text',
    draft_id: 'text',
    kind: 'text',
    base_version_id: 'text',
    client_digest: 'text',
    file_digest: 'text',
    created_at: 'integer',
  },
  `(id) do update set kind = excluded.kind, base_version_id = excluded.base_version_id,
    client_digest = excluded.client_digest, file_digest = excluded.file_digest`,
)

export function drafts(session: Session): DraftWrites {
  return {
    findById: async (id) => mapFound(await session.first(findById, { id }), toDraft),
    findByClientKey: async (createdBy, clientKey) => {
      const key = { created_by: createdBy, client_key: clientKey }
      return mapFound(await session.first(findByClientKey, key), toDraft)
    },
    findDistributed: async (ownerId, collectionName, distributedKey) =>
      mapFound(
        await session.first(findDistributed, {
          owner_id: ownerId,
          collection_name: collectionName,
          distributed_key: distributedKey,
        }),
        toDraft,
      ),
    findManifest: async (id) => mapFound(await session.first(findManifest, { id }), toManifest),
    listManifests: async (draftId) =>
      (await session.all(listManifests, { draft_id: draftId })).map(toManifest),
    lock: async (id) => mapFound(await session.first(lock, { id }), toDraft),
    insert: (draft) => insertNew(session, insert, toDraftRow(draft), 'A draft with this key'),
    update: async (draft) =>
      checkChanged(await session.run(update, toDraftRow(draft)), `draft ${draft.id}`),
    remove: async (id) => {
      await session.run(removeManifests, { draft_id: id })
      await session.run(removeUploads, { draft_id: id })
      await session.run(removeEntries, { id })
      await session.run(remove, { id })
    },
    putManifest: async (manifest) => {
      await session.insertRows(putManifest, [toManifestRow(manifest)])
    },
  }
}

export function toDraft(row: DraftRow): Draft {
  return {
    id: row.id,
    ownerId: row.owner_id,
    collectionName: row.collection_name,
    artifactType: row.artifact_type,
    createdBy: row.created_by,
    clientKey: row.client_key,
    clientDigest: clientDigestOf(row),
    baseVersionId: row.base_version_id,
    distributedKey: row.distributed_key,
    aliases: parseNames(row.aliases),
    tags: parseNames(row.tags),
    metadata: row.metadata,
    description: row.description,
    ttlSeconds: row.ttl_seconds,
    historyStep: row.history_step,
    runId: row.run_id,
    state: row.state as DraftState,
    versionId: row.version_id,
    collectionId: row.collection_id,
    index: row.member_index,
    entriesRevision: row.entries_revision,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}

function toDraftRow(draft: Draft): DraftRow {
  return {
    id: draft.id,
    owner_id: draft.ownerId,
    collection_name: draft.collectionName,
    artifact_type: draft.artifactType,
    created_by: draft.createdBy,
    client_key: draft.clientKey,
    ...clientDigestColumns(draft.clientDigest),
    base_version_id: draft.baseVersionId,
    distributed_key: draft.distributedKey,
    aliases: JSON.stringify(draft.aliases),
    tags: JSON.stringify(draft.tags),
    metadata: draft.metadata,
    description: draft.description,
    ttl_seconds: draft.ttlSeconds,
    history_step: draft.historyStep,
    run_id: draft.runId,
    state: draft.state,
    version_id: draft.versionId,
    collection_id: draft.collectionId,
    member_index: draft.index,
    entries_revision: draft.entriesRevision,
    created_at: draft.createdAt,
    expires_at: draft.expiresAt,
  }
}

function toManifest(row: DraftManifestRow): DraftManifest {
  return {
    id: row.id,
    draftId: row.draft_id,
    kind: row.kind as DraftManifest['kind'],
    baseVersionId: row.base_version_id,
    clientDigest: row.client_digest,
    fileDigest: row.file_digest as ContentDigest | null,
    createdAt: row.created_at,
  }
}

function toManifestRow(manifest: DraftManifest): DraftManifestRow {
  return {
    id: manifest.id,
    draft_id: manifest.draftId,
    kind: manifest.kind,
    base_version_id: manifest.baseVersionId,
    client_digest: manifest.clientDigest,
    file_digest: manifest.fileDigest,
    created_at: manifest.createdAt,
  }
}
