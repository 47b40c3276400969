import Type from 'typebox'
import {
  MAX_DISPLAY_NAME_CHARACTERS,
  MAX_ENTITY_NAME_CHARACTERS,
  MAX_PASSWORD_CHARACTERS,
  MIN_PASSWORD_CHARACTERS,
} from '../../core/limits.ts'
import { Nullable, OwnerName, PageOf, STRICT, Text, Time } from './schemas.ts'
import { Access, NewTokenScope, TokenScope } from './schemas-rights.ts'

/** The longest address that mail can be sent to (RFC 5321). */
const MAX_EMAIL_CHARACTERS = 254

export const User = Type.Object({
  username: Type.String(),
  displayName: Type.String(),
  email: Nullable(Type.String()),
  admin: Type.Boolean(),
  createdAt: Time,
})
export const UserPage = PageOf(User)

export const NewUser = Type.Object(
  {
    username: Type.String(),
    displayName: Type.Optional(Text(MAX_DISPLAY_NAME_CHARACTERS, 1)),
    email: Type.Optional(Nullable(Text(MAX_EMAIL_CHARACTERS, 3))),
    admin: Type.Optional(Type.Boolean()),
    organization: Type.Optional(Type.String({ description: 'Else the first one' })),
  },
  STRICT,
)

export const UserChange = Type.Object(
  {
    displayName: Type.Optional(Text(MAX_DISPLAY_NAME_CHARACTERS, 1)),
    email: Type.Optional(Nullable(Text(MAX_EMAIL_CHARACTERS, 3))),
    admin: Type.Optional(Type.Boolean({ description: 'For administrators' })),
  },
  STRICT,
)

const token = {
  id: Type.String(),
  name: Type.String(),
  prefix: Type.String({ description: 'How the key begins, to tell two apart' }),
  scope: Nullable(TokenScope),
  createdAt: Time,
  expiresAt: Nullable(Time),
  revokedAt: Nullable(Time),
  lastUsedAt: Nullable(Type.String({ description: 'Up to an hour old; RFC 3339' })),
}
export const Token = Type.Object(token)
export const SignOutQuery = Type.Object(
  { everywhere: Type.Optional(Type.Boolean({ description: 'In every browser, not only here' })) },
  STRICT,
)

export const TokenQuery = Type.Object(
  { revoked: Type.Optional(Type.Boolean({ description: 'Those that were revoked, too' })) },
  STRICT,
)

export const TokenList = Type.Object({ items: Type.Array(Token) })
export const CreatedToken = Type.Object({
  ...token,
  key: Type.String({ description: 'Shown this once, never again' }),
})

export const NewToken = Type.Object(
  {
    name: Text(MAX_DISPLAY_NAME_CHARACTERS, 1),
    key: Type.Optional(
      Type.String({ description: 'An existing key to import; administrators only' }),
    ),
    scope: Type.Optional(Nullable(NewTokenScope)),
    expiresAt: Type.Optional(Nullable(Type.String({ description: 'RFC 3339' }))),
  },
  STRICT,
)

export const Me = Type.Object({
  user: User,
  entity: Type.String({ description: "The owner name of one's own projects" }),
  organization: Type.Object({ name: Type.String(), displayName: Type.String() }),
  signedInBy: Type.Enum(['key', 'session']),
  sessionExpiresAt: Nullable(Type.String({ description: 'Of a session of the page; RFC 3339' })),
  hasPassword: Type.Boolean({ description: 'False: ask them to choose one' }),
  access: Access,
})

/** A code has some 120 characters. */
const MAX_CODE_CHARACTERS = 200

export const NewSession = Type.Union([
  Type.Object(
    {
      username: Text(MAX_ENTITY_NAME_CHARACTERS, 1),
      password: Text(MAX_PASSWORD_CHARACTERS, 1),
    },
    STRICT,
  ),
  Type.Object({ code: Text(MAX_CODE_CHARACTERS, 1) }, STRICT),
])

export const NewPassword = Type.Object(
  {
    password: Text(MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS),
    current: Type.Optional(
      Type.String({
        ...Text(MAX_PASSWORD_CHARACTERS, 1),
        description: "One's own until now; not asked for right after a sign-in link",
      }),
    ),
  },
  STRICT,
)

const Count = Type.Integer({ minimum: 0 })
const CondemnedCount = Type.Object({
  blobs: Count,
  bytes: Count,
  isMore: Type.Boolean({ description: 'Counting ended at a bound: there are more' }),
})

export const Storage = Type.Object({
  counted: Nullable(
    Type.Object(
      {
        countedAt: Time,
        blobs: Count,
        bytes: Count,
        otherOwners: Type.Integer({ description: 'How many more than those listed there are' }),
        owners: Type.Array(
          Type.Object({
            owner: OwnerName,
            blobs: Count,
            bytes: Count,
            uniqueBlobs: Type.Integer({ description: 'Of these, what no other owner needs' }),
            uniqueBytes: Count,
          }),
          { description: 'Those with the most bytes, most first' },
        ),
      },
      { description: 'As the last collection of garbage counted; null before the first one' },
    ),
  ),
  condemned: CondemnedCount,
  removable: CondemnedCount,
  lastCollection: Nullable(
    Type.Object({
      startedAt: Time,
      endedAt: Time,
      graceSeconds: Count,
      expiredVersions: Count,
      condemned: Count,
      takenBack: Count,
      removedBlobs: Count,
      removedBytes: Count,
    }),
  ),
})
