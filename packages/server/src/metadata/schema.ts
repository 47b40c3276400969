import type {
  EntityRow,
  GrantRow,
  MemberRow,
  OrganizationRow,
  PageSessionRow,
  PasswordRow,
  TokenRow,
  UsedCodeRow,
  UserRow,
} from './schema-access.ts'

export type * from './schema-access.ts'

/**
 * The tables, as `migrations/` lays them. Columns are portable: text (ordered by bytes), integers
 * that fit a double, bytes; a truth value is 0 or 1, a list of names is JSON text, a time is
 * microseconds.
 */
export interface Schema {
  readonly setting: SettingRow
  readonly counter: CounterRow
  readonly entity: EntityRow & { removed_at: number | null }
  readonly organization: OrganizationRow
  readonly registry_user: UserRow
  readonly token: TokenRow
  readonly member: MemberRow
  readonly access_grant: GrantRow
  readonly password: PasswordRow
  readonly page_session: PageSessionRow
  readonly used_code: UsedCodeRow
  readonly lease: LeaseRow
  readonly owner: OwnerRow & Ended
  readonly stage: StageRow
  readonly collection: CollectionRow & Ended
  readonly collection_counter: CollectionCounterRow
  readonly membership: MembershipRow
  readonly member_field: MemberFieldRow
  readonly version: VersionRow
  readonly manifest_entry: ManifestEntryRow
  readonly blob: BlobRow & BlobFate
  readonly blob_holder: BlobHolderRow
  readonly draft: DraftRow
  readonly draft_manifest: DraftManifestRow
  readonly draft_upload: DraftUploadRow
  readonly discarded_content: DiscardedContentRow
  readonly alias: AliasRow
  readonly alias_slot: AliasSlotRow
  readonly alias_bearer: AliasBearerRow
  readonly pointer_event: PointerEventRow
  readonly event: EventRow
  readonly event_unplaced: Pick<EventRow, 'position'>
  readonly stream: StreamRow
  readonly request: RequestRow
  readonly run: RunRow
  readonly run_text: RunTextRow
  readonly run_line: RunLineRow
  readonly run_writer: RunWriterRow
  readonly run_key: RunKeyRow
  readonly run_span: RunSpanRow
  readonly discarded_run: DiscardedRunRow
  readonly run_file: RunFileRow
  readonly lineage: LineageRow
}

export interface SettingRow {
  key: string
  value: string
}

export interface CounterRow {
  name: string
  value: number
}

/** What was deleted keeps its row, so that history can name it; its name is free again. */
interface Ended {
  deleted_at: number | null
}

export interface OwnerRow {
  id: number
  kind: string
  entity_id: number
  name: string
  description: string | null
  restricted: number
  allows_all_types: number
  artifact_types: string
  created_at: number
  updated_at: number
}

export interface StageRow {
  owner_id: number
  name: string
  position: number
  capacity: number | null
  protected: number
  requires: string
  on_supersede: string | null
  clears: string
  fallback: string
}

export interface CollectionRow {
  id: string
  owner_id: number
  name: string
  kind: string
  artifact_type: string
  description: string | null
  tags: string
  measures: string
  next_index: number
  log_seq: number
  log_hash: string
  log_time: number
  created_by: number
  created_at: number
  updated_at: number
}

/** What was counted under a name that its collection has left, by rename or delete. */
export interface CollectionCounterRow {
  owner_id: number
  name: string
  next_index: number
}

/** The digests are copies of the version's, which never change: one index finds equal content. */
export interface MembershipRow {
  collection_id: string
  member_index: number
  version_id: string
  digest: string
  client_digest_kind: string | null
  client_digest: string | null
  created_by: number
  created_at: number
  deleted_at: number | null
  deleted_by: number | null
}

/** What can be searched and sorted of a live member. `kind` 0: a number; 1: a text. */
export interface MemberFieldRow {
  collection_id: string
  member_index: number
  path: string
  kind: number
  number: number
  text: string
}

export interface VersionRow {
  id: string
  digest: string
  client_digest_kind: string | null
  client_digest: string | null
  source_collection_id: string
  source_index: number
  state: string
  state_reason: string | null
  size: number
  file_count: number
  metadata: string
  description: string | null
  tags: string
  ttl_seconds: number | null
  history_step: number | null
  run_id: number | null
  created_by: number
  created_at: number
  updated_at: number
  revision: number
}

export interface ManifestEntryRow {
  version_id: string
  path: string
  digest: string | null
  size: number | null
  reference: string | null
  client_digest: string | null
  extra: string | null
}

export interface BlobRow {
  digest: string
  size: number
  checks: Uint8Array
  md5: string
  created_at: number
}

/** What garbage collection has in mind with a blob: `docs/decisions/0005-garbage.md`. */
export interface BlobFate {
  condemned_at: number | null
  removing_at: number | null
  removed_at: number | null
  /** Set when stored bytes were seen to differ from what came in; the same bytes again mend it. */
  corrupt_at: number | null
}

export interface BlobHolderRow {
  digest: string
  entity_id: number
  draft_id: string
}

export interface DraftRow {
  id: string
  owner_id: number
  collection_name: string
  artifact_type: string
  created_by: number
  client_key: string | null
  client_digest_kind: string | null
  client_digest: string | null
  base_version_id: string | null
  distributed_key: string | null
  aliases: string
  tags: string
  metadata: string
  description: string | null
  ttl_seconds: number | null
  history_step: number | null
  run_id: number | null
  state: string
  version_id: string | null
  collection_id: string | null
  member_index: number | null
  entries_revision: number
  created_at: number
  expires_at: number
}

export interface DraftManifestRow {
  id: string
  draft_id: string
  kind: string
  base_version_id: string | null
  client_digest: string | null
  file_digest: string | null
  created_at: number
}

export interface DraftUploadRow {
  draft_id: string
  digest: string
}

/** A draft or version whose entries, uploads and manifests are still to be removed. */
export interface DiscardedContentRow {
  id: string
}

export interface LeaseRow {
  name: string
  holder: string
  until: number
}

/** `slot_count` is kept here, since an alias of unlimited capacity is never counted. */
export interface AliasRow {
  collection_id: string
  name: string
  generation: number
  top_generation: number
  salt: string
  updated_at: number
  slot_count: number
}

export interface AliasSlotRow {
  collection_id: string
  alias: string
  member_index: number
  label: string
  weight: number
}

/** Who ever bore an alias: the log says it too, but only to who reads all of it. */
export interface AliasBearerRow {
  collection_id: string
  alias: string
  member_index: number
}

export interface PointerEventRow {
  collection_id: string
  seq: number
  alias: string
  generation: number
  change: string
  stack_generation: number
  actor_id: number
  actor_name: string
  reason: string | null
  cause: string
  change_id: string
  seen: string | null
  time: number
  prev_hash: string
  hash: string
}

export interface EventRow {
  position: number
  id: string
  kind: string
  time: number
  actor_id: number
  actor_name: string
  owner_id: number | null
  collection_id: string | null
  alias: string | null
  payload: string
}

/** A request that was done once, and what it answered. */
export interface RequestRow {
  actor_id: number
  key: string
  digest: string
  result: string
  created_at: number
}

/** `event` is the event's position. */
export interface StreamRow {
  revision: number
  event: number
  prev_hash: string
  hash: string
}

export interface RunRow {
  id: number
  owner_id: number
  name: string
  display_name: string
  state: string
  job_type: string | null
  run_group: string | null
  program: string | null
  host: string | null
  commit_id: string | null
  notes: string | null
  tags: string
  created_by: number
  created_at: number
  heartbeat_at: number
  exit_code: number | null
  deleted_at: number | null
}

/** Beside the row, which every sign of life rewrites. */
export interface RunTextRow {
  run_id: number
  config: string
  summary: string
}

/** The text's UTF-8, since a line may hold U+0000, which PostgreSQL's text may not. */
export interface RunLineRow {
  run_id: number
  file: string
  line: number
  text: Uint8Array
  step: number | null
}

export interface RunWriterRow {
  run_id: number
  file: string
  writer: string
  lines: number
}

export interface RunKeyRow {
  run_id: number
  key: string
  kind: string
  count: number
  monotonic: number
  last_line: number
  last: string | null
}

export interface RunSpanRow {
  run_id: number
  key: string
  span: number
  low: number
  low_line: number
  high: number
  high_line: number
}

/** A deleted run whose lines and files are still to be removed. */
export interface DiscardedRunRow {
  run_id: number
}

export interface RunFileRow {
  run_id: number
  name: string
  digest: string
  size: number
  md5: string
  updated_at: number
}

export interface LineageRow {
  run_id: number
  version_id: string
  direction: string
  used_as: string | null
  time: number
}
