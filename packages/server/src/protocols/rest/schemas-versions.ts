import Type from 'typebox'
import {
  MAX_ALIAS_CHARACTERS,
  MAX_ALIASES_PER_CALL,
  MAX_BLOB_BYTES,
  MAX_COLLECTION_NAME_CHARACTERS,
  MAX_CONDITIONS_PER_SEARCH,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_ENTITY_NAME_CHARACTERS,
  MAX_ENTRIES_PER_PAGE,
  MAX_REASON_CHARACTERS,
  MAX_REFERENCE_URI_BYTES,
  MAX_TAGS_PER_VERSION,
  MAX_TTL_SECONDS,
} from '../../core/limits.ts'
import {
  Cursor,
  Digest,
  JsonObject,
  Nullable,
  OwnerName,
  PageOf,
  pageQuery,
  Ref,
  STRICT,
  Text,
  Time,
  VersionName,
} from './schemas.ts'
import { Measure } from './schemas-owners.ts'
import { Standing } from './schemas-pointers.ts'

export const Nothing = Type.Object({}, STRICT)

// Names are judged by the core, which says what is wrong with them; here only that they are text.
const Name = Type.String()
const Description = Nullable(Text(MAX_DESCRIPTION_CHARACTERS))
const Tags = Type.Array(Name, { maxItems: MAX_TAGS_PER_VERSION })
const Size = Type.Integer({ minimum: 0, maximum: MAX_BLOB_BYTES, description: 'Bytes' })

// ---------- collections ----------

const Measures = Type.Array(Measure, {
  description: 'What the versions are measured by, the most telling first',
})

export const Collection = Type.Object({
  owner: OwnerName,
  name: Name,
  kind: Type.Enum(['source', 'linked']),
  type: Type.String({ description: 'The artifact type of all its versions' }),
  description: Nullable(Type.String()),
  tags: Type.Array(Name),
  measures: Measures,
  createdBy: Name,
  createdAt: Time,
  updatedAt: Time,
})
export const NewestVersion = Type.Object({
  version: VersionName,
  size: Size,
  value: Nullable(Type.Number({ description: 'Of the first of the measures' })),
})

export const ListedCollection = Type.Object({
  ...Collection.properties,
  standings: Type.Array(Standing, {
    description: 'Who holds each stage now, and `latest`; what was never set is left out',
  }),
  newest: Nullable(NewestVersion),
})
export const CollectionPage = PageOf(ListedCollection)

export const NewCollection = Type.Object(
  { name: Name, type: Name, description: Type.Optional(Description) },
  STRICT,
)

export const CollectionQuery = Type.Object(
  {
    ...pageQuery(),
    type: Type.Optional(Name),
    contains: Type.Optional(
      Type.String({
        ...Text(MAX_COLLECTION_NAME_CHARACTERS, 1),
        description: 'In the name; the case of A to Z does not matter',
      }),
    ),
    stage: Type.Optional(
      Type.String({
        ...Text(MAX_ALIAS_CHARACTERS, 1),
        description: 'Some version bears this stage (or alias) there now',
      }),
    ),
    createdBy: Type.Optional(Text(MAX_ENTITY_NAME_CHARACTERS, 1)),
    since: Type.Optional(Type.String({ description: 'RFC 3339: made from then on' })),
    until: Type.Optional(Type.String({ description: 'RFC 3339: made up to then' })),
  },
  STRICT,
)

// ---------- versions ----------

export const VersionState = Type.Enum(['committed', 'quarantined', 'deleted'])

const version = {
  ref: Ref,
  owner: OwnerName,
  collection: Name,
  version: VersionName,
  id: Type.String(),
  digest: Digest,
  type: Name,
  size: Type.Integer(),
  fileCount: Type.Integer(),
  aliases: Type.Array(Name, { description: 'Those that it bears here now' }),
  tags: Type.Array(Name),
  description: Nullable(Type.String()),
  metadata: JsonObject,
  ttlSeconds: Nullable(Type.Integer()),
  state: VersionState,
  stateReason: Nullable(Type.String({ description: 'Why it is quarantined' })),
  revision: Type.Integer({
    description: 'Grows with every change of metadata, description, tags. The ETag for a change',
  }),
  createdBy: Name,
  createdAt: Time,
  updatedAt: Time,
}
export const Version = Type.Object(version)
export const VersionPage = PageOf(Version)

export const VersionQuery = Type.Object(
  {
    ...pageQuery(),
    filter: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: MAX_CONDITIONS_PER_SEARCH,
        description: '`field:comparison:value`, repeatable; all must hold. See docs/API.md',
      }),
    ),
    sort: Type.Optional(
      Type.String({ description: '`metadata.accuracy`, `-metadata.accuracy`; else `-index`' }),
    ),
  },
  STRICT,
)
export const CommittedVersion = Type.Object({
  ...version,
  created: Type.Boolean({
    description: 'False: the collection had this content, or the draft was committed before',
  }),
})

export const VersionChange = Type.Object(
  {
    metadata: Type.Optional(JsonObject),
    description: Type.Optional(Description),
    tags: Type.Optional(Tags),
  },
  STRICT,
)

export const Quarantine = Type.Object({ reason: Text(MAX_REASON_CHARACTERS, 1) }, STRICT)

export const NewLink = Type.Object(
  {
    version: Type.String({ description: 'A whole reference, or the id of a version' }),
    aliases: Type.Optional(Type.Array(Name, { maxItems: MAX_ALIASES_PER_CALL })),
  },
  STRICT,
)
export const UnlinkQuery = Type.Object(
  { reason: Type.Optional(Text(MAX_REASON_CHARACTERS)) },
  STRICT,
)

// ---------- content ----------

export const NewEntry = Type.Object(
  {
    path: Name,
    digest: Type.Optional(Digest),
    size: Type.Optional(Size),
    reference: Type.Optional(Text(MAX_REFERENCE_URI_BYTES, 1)),
    referenceDigest: Type.Optional(Text(MAX_REFERENCE_URI_BYTES)),
  },
  { ...STRICT, description: '`path` with `digest` and `size`, or with `reference`' },
)
const Entries = Type.Array(NewEntry)

export const Entry = Type.Object({
  path: Type.String(),
  digest: Nullable(Digest),
  size: Nullable(Type.Integer()),
  reference: Nullable(Type.String()),
  referenceDigest: Nullable(Type.String()),
})
export const EntryPage = Type.Object({
  items: Type.Array(Entry),
  next: Cursor,
  ref: Ref,
  version: VersionName,
  digest: Digest,
})

export const CompareQuery = Type.Object(
  {
    base: Type.String({ description: 'A selector here, or a whole reference' }),
    head: Type.String({ description: 'The same' }),
    ...pageQuery(),
  },
  STRICT,
)
export const EntryDifference = Type.Object({
  path: Type.String(),
  change: Type.Enum(['added', 'removed', 'changed']),
  base: Nullable(Entry),
  head: Nullable(Entry),
})
const Scalar = Nullable(Type.Union([Type.String(), Type.Number()]))
export const ValueDifference = Type.Object({
  path: Type.String({ description: 'Of a leaf of the metadata, dotted' }),
  base: Scalar,
  head: Scalar,
})
export const Comparison = Type.Object({
  base: Version,
  head: Version,
  metadata: Type.Array(ValueDifference, { description: 'All of them, on every page' }),
  items: Type.Array(EntryDifference, {
    description: 'Files, by path; a page may be short, even empty, though there is more',
  }),
  next: Cursor,
})

export const EntryQuery = Type.Object(pageQuery(MAX_ENTRIES_PER_PAGE), STRICT)

export const NewVersion = Type.Object(
  {
    type: Name,
    entries: Type.Optional(Entries),
    moreEntries: Type.Optional(
      Type.Boolean({ description: 'True: more entries follow under the draft' }),
    ),
    metadata: Type.Optional(JsonObject),
    description: Type.Optional(Description),
    tags: Type.Optional(Tags),
    aliases: Type.Optional(Type.Array(Name, { maxItems: MAX_ALIASES_PER_CALL })),
    ttlSeconds: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: MAX_TTL_SECONDS }))),
    run: Type.Optional(
      Type.String({ description: 'The run that makes it, by its name in the same project' }),
    ),
  },
  STRICT,
)

export const MoreEntries = Type.Object({ entries: Entries }, STRICT)

export const Upload = Type.Object({
  digest: Digest,
  size: Type.Integer(),
  url: Type.String({ description: 'PUT the bytes here; no other authorization is needed' }),
})

export const Draft = Type.Object({
  id: Type.String(),
  owner: OwnerName,
  collection: Name,
  type: Name,
  state: Type.Enum(['open', 'committed', 'absorbed']),
  aliases: Type.Array(Name),
  tags: Type.Array(Name),
  createdAt: Time,
  expiresAt: Time,
  uploads: Type.Array(Upload, { description: 'What must be sent before the commit: one page' }),
  batchUrl: Type.String({
    description:
      'Small ones may come here together: PUT a line of JSON, [["sha256:…", bytes], …], then ' +
      'the bytes of each',
  }),
  next: Cursor,
})
