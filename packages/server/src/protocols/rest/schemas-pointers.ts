import Type from 'typebox'
import {
  MAX_ENTITY_NAME_CHARACTERS,
  MAX_LABEL_CHARACTERS,
  MAX_REASON_CHARACTERS,
  MAX_SLOT_WEIGHT,
  MAX_SLOTS_PER_ALIAS,
} from '../../core/limits.ts'
import {
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

const Name = Type.String()
const Label = Text(MAX_LABEL_CHARACTERS)
const Weight = Type.Integer({ minimum: 1, maximum: MAX_SLOT_WEIGHT })
const Reason = Nullable(Text(MAX_REASON_CHARACTERS))
const Selector = Type.String({ description: '`v3`, an alias, `alias@{1}`, `sha256:…`, …' })

const Expect = Type.Union([
  Type.Integer({ minimum: 0, description: 'A generation' }),
  Type.String({ description: '`vacant`, or the only bearer as `v3`' }),
])

export const PointerCause = Type.Enum([
  'promote',
  'set',
  'remove',
  'clear',
  'rollback',
  'commit',
  'link',
  'supersede',
  'delete',
  'import',
  'expiry',
])

export const Slot = Type.Object({
  version: VersionName,
  digest: Digest,
  label: Type.String(),
  weight: Type.Integer(),
})

const pointer = {
  owner: OwnerName,
  collection: Name,
  alias: Name,
  generation: Type.Integer({ description: 'Grows by one with every change; the ETag' }),
  slots: Type.Array(Slot, { description: 'Highest weight first, then newest; empty: vacant' }),
}
const slotCount = Type.Integer({ description: 'How many versions bear it; 32 are named' })

export const Move = Type.Object({
  changeId: Type.String({ description: 'Shared by all pointers that one call moved' }),
  cause: PointerCause,
  actor: Name,
  time: Time,
  reason: Nullable(Type.String()),
})

export const Alias = Type.Object({ ...pointer, slotCount, lastMove: Move })

export const AliasSummary = Type.Object({ ...pointer, slotCount, updatedAt: Time })

export const Stage = Type.Object({
  name: Name,
  position: Type.Integer(),
  capacity: Nullable(Type.Integer({ description: 'Null: any number of versions' })),
  protected: Type.Boolean(),
  requires: Type.Array(Name),
  onSupersede: Nullable(Type.String({ description: 'What a displaced version becomes' })),
  clears: Type.Array(Name, { description: 'What a version that gains this stage loses' }),
  fallback: Type.Array(Name),
})

export const AliasList = Type.Object({
  items: Type.Array(AliasSummary, { description: 'Every alias ever set, vacant ones too' }),
  stages: Type.Array(Stage),
})

export const WantedSlot = Type.Object(
  { version: Selector, label: Type.Optional(Label), weight: Type.Optional(Weight) },
  STRICT,
)

export const AliasPut = Type.Object(
  {
    version: Type.Optional(Selector),
    slots: Type.Optional(Type.Array(WantedSlot, { minItems: 1, maxItems: MAX_SLOTS_PER_ALIAS })),
    reason: Type.Optional(Reason),
    expect: Type.Optional(Expect),
  },
  { ...STRICT, description: 'Give `version` or `slots`' },
)

export const AliasDeleteQuery = Type.Object(
  {
    version: Type.Optional(
      Type.String({ description: 'Take away this one only, as `v3`; else clear the alias' }),
    ),
    reason: Type.Optional(Text(MAX_REASON_CHARACTERS)),
  },
  STRICT,
)

export const Rollback = Type.Object(
  {
    to: Type.Optional(Type.String({ description: 'A version, as `v3`; else the one before' })),
    reason: Type.Optional(Reason),
    expect: Type.Optional(Expect),
  },
  STRICT,
)

export const SideEffect = Type.Object({
  alias: Name,
  generation: Type.Integer(),
  added: Type.Array(VersionName),
  removed: Type.Array(VersionName),
})

export const AliasChange = Type.Object({
  ...pointer,
  changed: Type.Boolean({ description: 'False: it was so already, nothing was written' }),
  lastMove: Nullable(Move),
  others: Type.Array(SideEffect, { description: 'Changed in the same transaction' }),
})

export const AliasesChange = Type.Object(
  {
    version: Selector,
    add: Type.Optional(Type.Array(Name, { description: 'Moved to the version' })),
    remove: Type.Optional(
      Type.Array(Name, { description: "The version's own slot goes, nobody else's" }),
    ),
    reason: Type.Optional(Reason),
  },
  STRICT,
)

export const ChangedAliases = Type.Object({
  version: VersionName,
  aliases: Type.Array(Name, { description: 'All that it bears there now' }),
  changes: Type.Array(SideEffect, { description: 'What changed, side effects too' }),
})

export const LoggedSlot = Type.Object({
  version: VersionName,
  label: Type.String(),
  weight: Type.Integer(),
})

export const PointerEvent = Type.Object({
  collectionId: Type.String(),
  seq: Type.Integer({ description: '1, 2, … without gap within the collection' }),
  alias: Name,
  generation: Type.Integer(),
  from: Nullable(Type.Array(LoggedSlot, { description: 'All slots before' })),
  to: Nullable(Type.Array(LoggedSlot, { description: 'All slots after' })),
  added: Type.Array(VersionName),
  removed: Type.Array(VersionName),
  cause: PointerCause,
  actor: Name,
  actorId: Type.Integer(),
  reason: Nullable(Type.String()),
  changeId: Type.String(),
  seen: Type.Unknown({ description: 'What the rules saw' }),
  time: Time,
  prevHash: Type.String(),
  hash: Type.String(),
})
export const PointerEventPage = PageOf(PointerEvent)

export const HistoryQuery = Type.Object(
  {
    ...pageQuery(),
    since: Type.Optional(Type.String({ description: 'RFC 3339: from then on' })),
    until: Type.Optional(Type.String({ description: 'RFC 3339: up to then' })),
    actor: Type.Optional(Text(MAX_ENTITY_NAME_CHARACTERS, 1)),
    cause: Type.Optional(PointerCause),
  },
  STRICT,
)

export const Holding = Type.Object({
  seq: Type.Integer({ description: 'The entry of the log that began it' }),
  generation: Type.Integer(),
  slots: Type.Array(LoggedSlot, { description: 'Empty: nobody held it' }),
  from: Time,
  until: Nullable(Time),
  move: Move,
})
export const HoldingPage = PageOf(Holding)

export const Standing = Type.Object({
  alias: Name,
  generation: Type.Integer(),
  slots: Type.Array(LoggedSlot, { description: 'The first 32; empty: vacant' }),
  slotCount: Type.Integer(),
  lastMove: Move,
})

export const StandingsAtQuery = Type.Object(
  { at: Type.Optional(Type.String({ description: 'RFC 3339; else now' })) },
  STRICT,
)
export const StandingsAt = Type.Object({
  items: Type.Array(Standing, { description: 'In order of name; what was not set by then is out' }),
  stages: Type.Array(Stage, { description: 'As they are declared now' }),
})

// ---------- what a promotion would do ----------

export const DryRunRequest = Type.Object({ version: Selector }, STRICT)

export const RuleVerdict = Type.Object({
  alias: Name,
  rule: Type.Enum(['requires', 'capacity', 'protected']),
  passed: Type.Boolean(),
  message: Type.String(),
  saw: JsonObject,
})

const forecast = {
  owner: OwnerName,
  collection: Name,
  alias: Name,
  generation: Type.Integer({ description: 'As it is now: expect it when you go on' }),
  allowed: Type.Boolean({ description: 'Every rule passes' }),
  added: Type.Array(VersionName),
  removed: Type.Array(VersionName, { description: 'Displaced' }),
  rules: Type.Array(RuleVerdict),
  others: Type.Array(SideEffect, { description: 'What it would set and clear besides' }),
}
export const Forecast = Type.Object(forecast)

export const DryRun = Type.Object({
  ...forecast,
  version: VersionName,
  changed: Type.Boolean({ description: 'False: it is so already' }),
})

export const RollbackDryRunRequest = Type.Object({ to: Rollback.properties.to }, STRICT)

export const StackEntry = Type.Object({
  generation: Type.Integer(),
  slots: Type.Array(LoggedSlot, { description: 'All that it set; empty: vacant' }),
  move: Move,
  why: Nullable(Type.Enum(['empty', 'deleted', 'quarantined', 'as now'])),
})

export const RollbackDryRun = Type.Object({
  ...forecast,
  slots: Type.Array(LoggedSlot, { description: 'What would be put back' }),
  stack: Type.Array(StackEntry, {
    description:
      'The undo stack below its top, newest first: to the target, and some more. `why` says why ' +
      'an entry cannot be put back; null: it can',
  }),
})

// ---------- the read path of serving ----------

const resolve = {
  at: Type.Optional(Type.String({ description: 'RFC 3339: what the alias pointed to then' })),
  key: Type.Optional(Text(1024, 1)),
  fallback: Type.Optional(
    Type.Boolean({ description: "Try the stage's fallback chain when it is vacant" }),
  ),
}
export const ResolveQuery = Type.Object(resolve, STRICT)
export const ResolveRefQuery = Type.Object(
  { ...resolve, ref: Type.String({ description: '[entity/]project/collection[:selector]' }) },
  STRICT,
)

export const Resolution = Type.Object({
  ref: Ref,
  owner: OwnerName,
  collection: Name,
  version: VersionName,
  id: Type.String(),
  digest: Digest,
  type: Name,
  size: Type.Integer(),
  fileCount: Type.Integer(),
  revision: Type.Integer(),
  createdBy: Name,
  createdAt: Time,
  foundBy: Type.Enum(['alias', 'index', 'digest', 'fallback', 'history']),
  alias: Nullable(Name),
  generation: Nullable(Type.Integer()),
  slot: Nullable(Type.Object({ label: Type.String(), weight: Type.Integer() })),
})
