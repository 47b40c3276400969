import Type from 'typebox'
import { MAX_DESCRIPTION_CHARACTERS, MAX_REASON_CHARACTERS } from '../../core/limits.ts'
import { Nullable, OwnerName, PageOf, pageQuery, STRICT, Text, Time } from './schemas.ts'
import { Stage } from './schemas-pointers.ts'

const Name = Type.String()
const Description = Nullable(Text(MAX_DESCRIPTION_CHARACTERS))
const Reason = Nullable(Text(MAX_REASON_CHARACTERS))

export const Owner = Type.Object({
  ...OwnerName.properties,
  description: Nullable(Type.String()),
  restricted: Type.Boolean({
    description: 'Seen by its members only; else by its team, or its whole organization',
  }),
  allowsAllTypes: Type.Boolean({ description: 'Its collections may be of any artifact type' }),
  artifactTypes: Type.Array(Name, { description: 'Else only of these, which were declared' }),
  createdAt: Time,
  updatedAt: Time,
})
export const OwnerPage = PageOf(Owner)

export const OwnerQuery = Type.Object(
  {
    ...pageQuery(),
    entity: Type.Optional(
      Type.String({ description: "Of this one only; else one's own, or all for administrators" }),
    ),
  },
  STRICT,
)

export const NewRegistry = Type.Object(
  {
    name: Name,
    entity: Type.Optional(Type.String({ description: "An organization's; else one's own" })),
    description: Type.Optional(Description),
    restricted: Type.Optional(Type.Boolean()),
  },
  STRICT,
)

export const NewProject = Type.Object(
  {
    name: Name,
    entity: Type.Optional(Type.String({ description: "A user's or team's; else one's own" })),
  },
  STRICT,
)

/** What is left out stays. */
export const OwnerChange = Type.Object(
  {
    name: Type.Optional(Name),
    description: Type.Optional(Description),
    restricted: Type.Optional(Type.Boolean({ description: 'For admins' })),
    allowsAllTypes: Type.Optional(Type.Boolean()),
    artifactTypes: Type.Optional(
      Type.Array(Name, { description: 'Declared beside those that are; none is taken back' }),
    ),
  },
  STRICT,
)

export const Measure = Type.Object(
  {
    path: Type.String({ description: 'Of a number in the metadata, as `eval.map50`' }),
    better: Type.Enum(['higher', 'lower']),
  },
  STRICT,
)

/** Of a collection: what is left out stays. */
export const CollectionChange = Type.Object(
  {
    name: Type.Optional(Name),
    description: Type.Optional(Description),
    tags: Type.Optional(Type.Array(Name, { description: 'All of them' })),
    measures: Type.Optional(Type.Array(Measure, { description: 'All of them, in order' })),
  },
  STRICT,
)

export const DeleteQuery = Type.Object(
  {
    dropAliases: Type.Optional(
      Type.Boolean({ description: 'Take the aliases away too; else one but `latest` refuses' }),
    ),
    reason: Type.Optional(Text(MAX_REASON_CHARACTERS)),
  },
  STRICT,
)

// ---------- stages ----------

export const StageList = Type.Object({ items: Type.Array(Stage) })

export const NewStage = Type.Object(
  {
    name: Name,
    position: Type.Optional(
      Type.Integer({ description: 'May be left out: the order of the list is what counts' }),
    ),
    capacity: Type.Optional(Nullable(Type.Integer({ description: '1 unless told; null: any' }))),
    protected: Type.Optional(Type.Boolean()),
    requires: Type.Optional(Type.Array(Name)),
    onSupersede: Type.Optional(Nullable(Name)),
    clears: Type.Optional(Type.Array(Name)),
    fallback: Type.Optional(Type.Array(Name)),
  },
  STRICT,
)

export const StagesPut = Type.Object(
  { items: Type.Array(NewStage), reason: Type.Optional(Reason) },
  STRICT,
)

export const StageChange = Type.Object({
  time: Time,
  actor: Name,
  actorId: Type.Integer(),
  reason: Nullable(Type.String()),
  from: Type.Array(Stage),
  to: Type.Array(Stage),
})
export const StageChangePage = PageOf(StageChange)
