import type { ColumnTypes, IndexStatistics } from '../dialects/dialect.ts'

/**
 * The first tables. No foreign key stands on whoever acted (0 is the registry itself), on an entry
 * of a manifest (its draft becomes a version; its blob may be still to come), on the draft of an
 * upload (it goes first), or on an event (it outlives what it tells of).
 */
export function foundation(types: ColumnTypes): readonly string[] {
  return [
    ...instance(types),
    ...owners(types),
    ...collections(types),
    ...content(types),
    ...drafts(types),
    ...pointers(types),
    ...runs(types),
  ]
}

function instance({ text, integer, clustered, plain, position }: ColumnTypes): string[] {
  return [
    `create table setting (
      key ${text} not null primary key,
      value ${text} not null
    ) ${clustered}`,
    `create table counter (
      name ${text} not null primary key,
      value ${integer} not null
    ) ${clustered}`,
    `create table entity (
      id ${integer} not null primary key,
      name ${text} not null unique,
      kind ${text} not null,
      organization_id ${integer} not null,
      created_at ${integer} not null
    ) ${plain}`,
    `create table organization (
      id ${integer} not null primary key,
      display_name ${text} not null,
      entity_id ${integer} not null unique references entity (id),
      created_at ${integer} not null
    ) ${plain}`,
    `create table registry_user (
      id ${integer} not null primary key,
      username ${text} not null unique,
      display_name ${text} not null,
      email ${text},
      admin ${integer} not null,
      entity_id ${integer} not null unique references entity (id),
      created_at ${integer} not null
    ) ${plain}`,
    `create table token (
      id ${text} not null primary key,
      user_id ${integer} not null references registry_user (id),
      name ${text} not null,
      prefix ${text} not null,
      key_digest ${text} not null unique,
      created_at ${integer} not null,
      revoked_at ${integer}
    ) ${plain}`,
    'create index token_user on token (user_id, created_at, id)',
    `create table lease (
      name ${text} not null primary key,
      holder ${text} not null,
      until ${integer} not null
    ) ${clustered}`,
    `create table request (
      actor_id ${integer} not null,
      key ${text} not null,
      digest ${text} not null,
      result ${text} not null,
      created_at ${integer} not null,
      primary key (actor_id, key)
    ) ${clustered}`,
    'create index request_created on request (created_at)',
    `create table event (
      position ${position},
      id ${text} not null unique,
      kind ${text} not null,
      time ${integer} not null,
      actor_id ${integer} not null,
      actor_name ${text} not null,
      owner_id ${integer},
      collection_id ${text},
      alias ${text},
      payload ${text} not null
    ) ${plain}`,
    `create index event_stages on event (owner_id, position) where kind = 'stages.changed'`,
  ]
}

function owners({ text, integer, clustered, plain }: ColumnTypes): string[] {
  return [
    `create table owner (
      id ${integer} not null primary key,
      kind ${text} not null,
      entity_id ${integer} not null references entity (id),
      name ${text} not null,
      description ${text},
      created_at ${integer} not null,
      updated_at ${integer} not null,
      deleted_at ${integer}
    ) ${plain}`,
    'create unique index owner_name on owner (entity_id, kind, name) where deleted_at is null',
    'create index owner_kind on owner (kind, id) where deleted_at is null',
    'create index owner_entity on owner (entity_id, kind, id) where deleted_at is null',
    'create index owner_of_entity on owner (entity_id)',
    `create table stage (
      owner_id ${integer} not null references owner (id),
      name ${text} not null,
      position ${integer} not null,
      capacity ${integer},
      protected ${integer} not null,
      requires ${text} not null,
      on_supersede ${text},
      clears ${text} not null,
      fallback ${text} not null,
      primary key (owner_id, name),
      unique (owner_id, position)
    ) ${clustered}`,
  ]
}

function collections({ text, integer, number, clustered, plain }: ColumnTypes): string[] {
  return [
    `create table collection (
      id ${text} not null primary key,
      owner_id ${integer} not null references owner (id),
      name ${text} not null,
      kind ${text} not null,
      artifact_type ${text} not null,
      description ${text},
      next_index ${integer} not null,
      log_seq ${integer} not null,
      log_hash ${text} not null,
      log_time ${integer} not null,
      created_by ${integer} not null,
      created_at ${integer} not null,
      updated_at ${integer} not null,
      deleted_at ${integer}
    ) ${plain}`,
    'create index collection_owner on collection (owner_id)',
    'create unique index collection_name on collection (owner_id, name) where deleted_at is null',
    `create index collection_type on collection (owner_id, artifact_type, name)
      where deleted_at is null`,
    `create table collection_counter (
      owner_id ${integer} not null references owner (id),
      name ${text} not null,
      next_index ${integer} not null,
      primary key (owner_id, name)
    ) ${clustered}`,
    `create table run (
      id ${integer} not null primary key,
      owner_id ${integer} not null references owner (id),
      name ${text} not null,
      display_name ${text} not null,
      state ${text} not null,
      job_type ${text},
      run_group ${text},
      program ${text},
      host ${text},
      commit_id ${text},
      notes ${text},
      tags ${text} not null,
      config ${text} not null,
      summary ${text} not null,
      created_by ${integer} not null,
      created_at ${integer} not null,
      heartbeat_at ${integer} not null,
      exit_code ${integer},
      unique (owner_id, name)
    ) ${plain}`,
    'create index run_owner on run (owner_id, id)',
    `create table version (
      id ${text} not null primary key,
      digest ${text} not null,
      client_digest_kind ${text},
      client_digest ${text},
      source_collection_id ${text} not null references collection (id),
      source_index ${integer} not null,
      state ${text} not null,
      state_reason ${text},
      size ${integer} not null,
      file_count ${integer} not null,
      metadata ${text} not null,
      description ${text},
      tags ${text} not null,
      ttl_seconds ${integer},
      history_step ${integer},
      run_id ${integer} references run (id),
      created_by ${integer} not null,
      created_at ${integer} not null,
      updated_at ${integer} not null,
      revision ${integer} not null,
      unique (source_collection_id, source_index)
    ) ${plain}`,
    'create index version_run on version (run_id)',
    `create index version_expiry on version ((created_at + ttl_seconds * 1000000), id)
      where ttl_seconds > 0 and state <> 'deleted'`,
    `create table membership (
      collection_id ${text} not null references collection (id),
      member_index ${integer} not null,
      version_id ${text} not null references version (id),
      digest ${text} not null,
      client_digest_kind ${text},
      client_digest ${text},
      created_by ${integer} not null,
      created_at ${integer} not null,
      deleted_at ${integer},
      deleted_by ${integer},
      primary key (collection_id, member_index)
    ) ${plain}`,
    'create index membership_version on membership (version_id, collection_id)',
    `create unique index membership_live_version on membership (collection_id, version_id)
      where deleted_at is null`,
    // Not partial: like this it alone answers a count of the live ones.
    'create index membership_live on membership (collection_id, deleted_at, member_index)',
    `create index membership_digest on membership (collection_id, digest, member_index)
      where deleted_at is null`,
    `create table member_field (
      collection_id ${text} not null,
      member_index ${integer} not null,
      path ${text} not null,
      kind ${integer} not null,
      number ${number} not null,
      text ${text} not null,
      primary key (collection_id, member_index, path, text),
      foreign key (collection_id, member_index)
        references membership (collection_id, member_index)
    ) ${clustered}`,
    `create index member_field_value
      on member_field (collection_id, path, kind, number, text, member_index)`,
    `create index membership_client_digest
      on membership (collection_id, client_digest, client_digest_kind, member_index)
      where deleted_at is null`,
  ]
}

function content({ text, integer, bytes, clustered, plain }: ColumnTypes): string[] {
  return [
    `create table manifest_entry (
      version_id ${text} not null,
      path ${text} not null,
      digest ${text},
      size ${integer},
      reference ${text},
      client_digest ${text},
      extra ${text},
      primary key (version_id, path)
    ) ${clustered}`,
    `create index manifest_entry_digest on manifest_entry (version_id, digest, size)
      where digest is not null`,
    `create index manifest_entry_client_digest
      on manifest_entry (version_id, substr(client_digest, 1, 64), path)
      where client_digest is not null`,
    `create index manifest_entry_blob on manifest_entry (digest)
      where digest is not null`,
    `create table discarded_content (
      id ${text} not null primary key
    ) ${clustered}`,
    `create table blob (
      digest ${text} not null primary key,
      size ${integer} not null,
      checks ${bytes} not null,
      md5 ${text} not null,
      created_at ${integer} not null,
      condemned_at ${integer},
      removing_at ${integer},
      removed_at ${integer},
      corrupt_at ${integer}
    ) ${plain}`,
    'create index blob_md5 on blob (md5)',
    `create index blob_condemned on blob (condemned_at, digest)
      where condemned_at is not null and removing_at is null`,
    `create index blob_removing on blob (digest)
      where removing_at is not null and removed_at is null`,
    'create index blob_removed on blob (removed_at, digest) where removed_at is not null',
    `create table blob_holder (
      digest ${text} not null references blob (digest),
      entity_id ${integer} not null references entity (id),
      draft_id ${text} not null,
      primary key (digest, entity_id)
    ) ${clustered}`,
    'create index blob_holder_entity on blob_holder (entity_id)',
  ]
}

function drafts({ text, integer, clustered, plain }: ColumnTypes): string[] {
  return [
    `create table draft (
      id ${text} not null primary key,
      owner_id ${integer} not null references owner (id),
      collection_name ${text} not null,
      artifact_type ${text} not null,
      created_by ${integer} not null,
      client_key ${text},
      client_digest_kind ${text},
      client_digest ${text},
      base_version_id ${text},
      distributed_key ${text},
      aliases ${text} not null,
      tags ${text} not null,
      metadata ${text} not null,
      description ${text},
      ttl_seconds ${integer},
      history_step ${integer},
      run_id ${integer} references run (id),
      state ${text} not null,
      version_id ${text},
      collection_id ${text},
      member_index ${integer},
      entries_revision ${integer} not null,
      created_at ${integer} not null,
      expires_at ${integer} not null,
      unique (created_by, client_key)
    ) ${plain}`,
    'create index draft_owner on draft (owner_id)',
    `create index draft_expiry on draft (expires_at, id) where state = 'open'`,
    'create index draft_run on draft (run_id)',
    `create unique index draft_distributed
      on draft (owner_id, collection_name, distributed_key)
      where state = 'open' and distributed_key is not null`,
    `create table draft_manifest (
      id ${text} not null primary key,
      draft_id ${text} not null references draft (id),
      kind ${text} not null,
      base_version_id ${text},
      client_digest ${text},
      file_digest ${text} references blob (digest),
      created_at ${integer} not null
    ) ${plain}`,
    'create index draft_manifest_draft on draft_manifest (draft_id, created_at, id)',
    'create index draft_manifest_file on draft_manifest (file_digest)',
    `create table draft_upload (
      draft_id ${text} not null,
      digest ${text} not null references blob (digest),
      primary key (draft_id, digest)
    ) ${clustered}`,
    'create index draft_upload_digest on draft_upload (digest)',
  ]
}

function pointers({ text, integer, clustered, plain }: ColumnTypes): string[] {
  return [
    `create table alias (
      collection_id ${text} not null references collection (id),
      name ${text} not null,
      generation ${integer} not null,
      top_generation ${integer} not null,
      salt ${text} not null,
      updated_at ${integer} not null,
      slot_count ${integer} not null,
      primary key (collection_id, name)
    ) ${clustered}`,
    'create index alias_crowd on alias (name, slot_count, collection_id) where slot_count > 1',
    `create table alias_slot (
      collection_id ${text} not null,
      alias ${text} not null,
      member_index ${integer} not null,
      label ${text} not null,
      weight ${integer} not null,
      primary key (collection_id, alias, member_index),
      foreign key (collection_id, alias) references alias (collection_id, name),
      foreign key (collection_id, member_index)
        references membership (collection_id, member_index)
    ) ${clustered}`,
    `create index alias_slot_order
      on alias_slot (collection_id, alias, weight desc, member_index desc)`,
    'create index alias_slot_member on alias_slot (collection_id, member_index, alias)',
    `create table alias_bearer (
      collection_id ${text} not null references collection (id),
      alias ${text} not null,
      member_index ${integer} not null,
      primary key (collection_id, alias, member_index)
    ) ${clustered}`,
    `create table pointer_event (
      collection_id ${text} not null references collection (id),
      seq ${integer} not null,
      alias ${text} not null,
      generation ${integer} not null,
      change ${text} not null,
      stack_generation ${integer} not null,
      actor_id ${integer} not null,
      actor_name ${text} not null,
      reason ${text},
      cause ${text} not null,
      change_id ${text} not null,
      seen ${text},
      time ${integer} not null,
      prev_hash ${text} not null,
      hash ${text} not null,
      primary key (collection_id, seq),
      unique (collection_id, alias, generation)
    ) ${plain}`,
    'create index pointer_event_alias on pointer_event (collection_id, alias, seq)',
    'create index pointer_event_time on pointer_event (collection_id, alias, time)',
  ]
}

function runs({ text, integer, bytes, clustered, plain }: ColumnTypes): string[] {
  return [
    `create table run_line (
      run_id ${integer} not null references run (id),
      file ${text} not null,
      line ${integer} not null,
      text ${bytes} not null,
      primary key (run_id, file, line)
    ) ${plain}`,
    `create table run_file (
      run_id ${integer} not null references run (id),
      name ${text} not null,
      digest ${text} not null references blob (digest),
      size ${integer} not null,
      md5 ${text} not null,
      updated_at ${integer} not null,
      primary key (run_id, name)
    ) ${clustered}`,
    'create index run_file_digest on run_file (digest)',
    `create table lineage (
      run_id ${integer} not null references run (id),
      version_id ${text} not null references version (id),
      direction ${text} not null,
      used_as ${text},
      time ${integer} not null,
      primary key (run_id, version_id, direction)
    ) ${clustered}`,
    'create index lineage_run on lineage (run_id, direction, time, version_id)',
    'create index lineage_version on lineage (version_id, direction, time, run_id)',
  ]
}

/**
 * The shape of a large registry. Without it SQLite takes ten rows to be alike in the first column
 * of any index, and reads all entries of a version, or all slots of an alias, for the one it wants.
 */
export const FOUNDATION_STATISTICS: readonly IndexStatistics[] = [
  of('collection', 'collection_owner', [100_000, 10_000]),
  of('collection', 'collection_name', [100_000, 10_000, 1]),
  of('collection', 'collection_type', [100_000, 10_000, 5_000, 1]),
  of('manifest_entry', 'manifest_entry', [10_000_000, 10_000, 1]),
  of('manifest_entry', 'manifest_entry_digest', [10_000_000, 10_000, 2, 2]),
  of('manifest_entry', 'manifest_entry_client_digest', [10_000_000, 10_000, 2, 1]),
  of('manifest_entry', 'manifest_entry_blob', [10_000_000, 2]),
  of('draft_upload', 'draft_upload', [100_000, 10_000, 1]),
  of('draft_upload', 'draft_upload_digest', [100_000, 2]),
  of('alias', 'alias', [300_000, 100, 1]),
  of('alias', 'alias_crowd', [1_000, 100, 10, 1]),
  of('alias_slot', 'alias_slot', [1_000_000, 10_000, 5_000, 1]),
  of('alias_slot', 'alias_slot_order', [1_000_000, 10_000, 5_000, 5_000, 1]),
  of('alias_slot', 'alias_slot_member', [1_000_000, 10_000, 2, 1]),
]

function of(table: string, index: string, rows: readonly number[]): IndexStatistics {
  return { table, index, rows }
}
