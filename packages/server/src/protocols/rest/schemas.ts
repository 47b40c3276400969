import Type, { type TSchema } from 'typebox'
import {
  DEFAULT_ITEMS_PER_PAGE,
  MAX_COLLECTION_NAME_CHARACTERS,
  MAX_ENTRY_PATH_BYTES,
  MAX_ITEMS_PER_PAGE,
} from '../../core/limits.ts'

/** Unknown keys are refused: a misspelt key that is ignored is found out too late. */
export const STRICT = { additionalProperties: false } as const

// PostgreSQL keeps no NUL; half a surrogate pair is stored as another character than was hashed.
const STORABLE = '^[^\\u0000\\p{Cs}]*$'

export function Text(maxLength: number, minLength = 0) {
  return Type.String({ minLength, maxLength, pattern: STORABLE })
}

export function Nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()])
}

/** A body that may be left out: the framework judges an absent one as null. */
export const Omissible = Nullable
/** The answers 204 and 304. */
export const NoContent = Type.Null()
/** The bytes of a file. */
export const Bytes = Type.Unsafe<Uint8Array>({ type: 'string', format: 'binary' })

export const Time = Type.String({ description: 'RFC 3339, UTC, microseconds' })
export const Digest = Type.String({ description: '`sha256:` and 64 hex digits' })
export const VersionName = Type.String({ description: '`v` and the index, as `v3`' })
export const Ref = Type.String({ description: 'What to paste anywhere a version is asked for' })
export const Cursor = Nullable(
  Type.String({ description: 'Ask again with `?cursor=` for what follows' }),
)
export const JsonObject = Type.Record(Type.String(), Type.Unknown())

export const OwnerName = Type.Object({
  kind: Type.Enum(['project', 'registry']),
  entity: Type.String({ description: "For a registry the organization's entity name" }),
  name: Type.String(),
})

export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What is wrong and how to mend it, for people' }),
    code: Type.String({ description: 'Stable; the list is in docs/API.md' }),
    requestId: Type.String(),
    details: JsonObject,
  },
  { description: 'RFC 9457' },
)

// ---------- paths and queries ----------

// Longer than any name: what is merely not there is answered as such.
export const PathPart = Text(4 * MAX_COLLECTION_NAME_CHARACTERS, 1)

const owner = {
  kind: Type.Enum(['projects', 'registries']),
  entity: Type.String({ ...PathPart, description: "A user or team, or an organization's entity" }),
  owner: Type.String({ ...PathPart, description: 'The project or registry' }),
}
const collection = { ...owner, collection: PathPart }
const selector = Type.String({
  ...PathPart,
  description: '`v3`, an alias, `alias@{1}`, `alias@<RFC 3339 time>` or `sha256:…`',
})

export const OwnerPath = Type.Object(owner)
export const CollectionPath = Type.Object(collection)
export const VersionPath = Type.Object({ ...collection, selector })
export const FilePath = Type.Object({
  ...collection,
  selector,
  '*': Text(MAX_ENTRY_PATH_BYTES, 1),
})
export const DraftPath = Type.Object({ ...collection, draft: PathPart })
export const RunPath = Type.Object({ ...owner, run: PathPart })
export const AliasPath = Type.Object({ ...collection, alias: PathPart })
export const OwnerMemberPath = Type.Object({ ...owner, member: PathPart })
export const GrantPath = Type.Object({ ...owner, grant: PathPart })
export const UserPath = Type.Object({ user: PathPart })
export const TokenPath = Type.Object({ user: PathPart, token: PathPart })

export function pageQuery(maxItems: number = MAX_ITEMS_PER_PAGE) {
  return {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: maxItems, default: DEFAULT_ITEMS_PER_PAGE }),
    ),
    cursor: Type.Optional(Type.String()),
  }
}
export const PageQuery = Type.Object(pageQuery(), STRICT)

export function PageOf<Item extends TSchema>(item: Item) {
  return Type.Object({ items: Type.Array(item), next: Cursor })
}
