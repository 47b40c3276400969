import Type from 'typebox'
import { MAX_DISPLAY_NAME_CHARACTERS, MAX_PATTERN_CHARACTERS } from '../../core/limits.ts'
import { EFFECTS, GRANT_VERBS, VERBS } from '../../core/model/grant.ts'
import { ROLES } from '../../core/model/role.ts'
import { Nullable, PageOf, PathPart, pageQuery, STRICT, Text, Time } from './schemas.ts'
import { Owner } from './schemas-owners.ts'

const Name = Type.String()
const Role = Type.Enum([...ROLES])
const Verb = Type.Enum([...VERBS])
const GrantVerb = Type.Enum([...GRANT_VERBS])
const Effect = Type.Enum([...EFFECTS])
const DisplayName = Text(MAX_DISPLAY_NAME_CHARACTERS, 1)
const Pattern = Text(MAX_PATTERN_CHARACTERS, 1)

export const OrganizationPath = Type.Object({ organization: PathPart })
export const OrganizationMemberPath = Type.Object({ organization: PathPart, member: PathPart })
export const TeamPath = Type.Object({ team: PathPart })
export const TeamMemberPath = Type.Object({ team: PathPart, member: PathPart })
export const AccountPath = Type.Object({ account: PathPart })

export const Organization = Type.Object({ name: Name, displayName: Name, createdAt: Time })
export const OrganizationPage = PageOf(Organization)
export const NewOrganization = Type.Object({ name: Name, displayName: DisplayName }, STRICT)
export const OrganizationChange = Type.Object({ displayName: DisplayName }, STRICT)

export const Team = Type.Object({
  name: Name,
  organization: Type.String({ description: "The name of its organization's entity" }),
  createdAt: Time,
})
export const TeamPage = PageOf(Team)
export const TeamQuery = Type.Object(
  {
    ...pageQuery(),
    organization: Type.Optional(Type.String({ description: 'Else the first one that is yours' })),
  },
  STRICT,
)
export const NewTeam = Type.Object(
  {
    name: Name,
    organization: Type.Optional(Type.String({ description: 'Else the first one that is yours' })),
    admin: Type.Optional(
      Type.String({ description: 'Its first admin, else you; for admins of the organization' }),
    ),
  },
  STRICT,
)

export const Member = Type.Object({
  name: Name,
  kind: Type.Enum(['user', 'team', 'service_account']),
  displayName: Nullable(Type.String({ description: 'Null for a team' })),
  role: Role,
  createdAt: Time,
})
export const MemberPage = PageOf(Member)
export const MemberPut = Type.Object({ role: Role }, STRICT)

export const Grant = Type.Object({
  id: Name,
  principal: Type.String({ description: 'A user, team or service account' }),
  collection: Name,
  alias: Name,
  verb: GrantVerb,
  effect: Effect,
  createdAt: Time,
})
export const GrantPage = PageOf(Grant)
export const NewGrant = Type.Object(
  {
    principal: Name,
    collection: Type.Optional(Pattern),
    alias: Type.Optional(Pattern),
    verb: GrantVerb,
    effect: Type.Optional(Effect),
  },
  STRICT,
)

export const AccessQuery = Type.Object(
  {
    principal: Type.String({ description: 'A user or service account' }),
    verb: Verb,
    collection: Type.Optional(Pattern),
    alias: Type.Optional(Pattern),
  },
  STRICT,
)
export const ExplainedAccess = Type.Object({
  allowed: Type.Boolean(),
  because: Type.Enum(['administrator', 'role', 'grant', 'scope']),
  role: Nullable(Role),
  needed: Nullable(Role),
  grant: Nullable(Grant),
  isProtected: Nullable(Type.Boolean()),
  memberRole: Nullable(Role),
  entityRole: Nullable(Role),
})

export const ServiceAccount = Type.Object({ name: Name, displayName: Name, createdAt: Time })
export const ServiceAccountPage = PageOf(ServiceAccount)
export const ServiceAccountQuery = Type.Object(
  {
    ...pageQuery(),
    team: Type.Optional(Name),
    organization: Type.Optional(Type.String({ description: 'Where no team is named' })),
  },
  STRICT,
)
export const NewServiceAccount = Type.Object(
  {
    name: Name,
    displayName: Type.Optional(DisplayName),
    team: Type.Optional(Name),
    organization: Type.Optional(Type.String({ description: 'Where no team is named' })),
    role: Type.Optional(Role),
  },
  STRICT,
)

export const TokenScope = Type.Object({
  verbs: Type.Array(Verb),
  owner: Name,
  collection: Name,
  alias: Name,
})
export const NewTokenScope = Type.Object(
  {
    verbs: Type.Array(Verb, { minItems: 1, maxItems: VERBS.length }),
    owner: Type.Optional(Pattern),
    collection: Type.Optional(Pattern),
    alias: Type.Optional(Pattern),
  },
  STRICT,
)

export const Access = Type.Object({
  places: Type.Array(
    Type.Object({ kind: Type.Enum(['team', 'organization']), name: Name, role: Role }),
  ),
  owners: Type.Array(Type.Object({ owner: Owner, role: Role })),
  scope: Nullable(TokenScope),
})
