import type { Verb } from '../../core/model/grant.ts'

/** What is acted on: named in the path unless it says otherwise. */
export type Resource =
  /** A project or registry. */
  | 'owner'
  | 'collection'
  | 'alias'
  /** A draft is its maker's, as long as they may write to its collection. */
  | 'draft'
  | 'team'
  | 'organization'
  /** A user or service account. */
  | 'account'
  /** Named in the body or query: the team or organization in which something is made or listed. */
  | 'entity'
  /** Whether content may be had at all: administrators, for all. */
  | 'content'
  /** A user: administrators. */
  | 'user'
  /** The whole installation: administrators. */
  | 'installation'
  /** Everything that the actor may see; what they may not is left out. */
  | 'visible'
  /** Nobody's yet: the way in and out. */
  | 'public'

export interface RouteRight {
  readonly action: Verb
  readonly resource: Resource
}

/**
 * What each route does, and to what, by its operation. The core decides (`core/rules/access.ts`);
 * this is what it is held to by `matrix.test.ts`, for every kind of caller. A route that is not
 * here does not start.
 */
export const ROUTE_RIGHTS = {
  listRegistries: on('visible', 'read'),
  createRegistry: on('entity', 'write'),
  listProjects: on('visible', 'read'),
  createProject: on('owner', 'write'),
  getOwner: on('owner', 'read'),
  changeOwner: on('owner', 'write'),
  deleteOwner: on('owner', 'administer'),
  listStages: on('owner', 'read'),
  putStages: on('owner', 'administer'),
  listStageChanges: on('owner', 'read'),
  listMembers: on('owner', 'read'),
  setMember: on('owner', 'administer'),
  removeMember: on('owner', 'administer'),
  listGrants: on('owner', 'administer'),
  createGrant: on('owner', 'administer'),
  removeGrant: on('owner', 'administer'),
  explainAccess: on('owner', 'administer'),
  listCollections: on('owner', 'read'),
  createCollection: on('owner', 'write'),

  getCollection: on('collection', 'read'),
  changeCollection: on('collection', 'write'),
  deleteCollection: on('collection', 'write'),
  listVersions: on('collection', 'read'),
  createVersion: on('collection', 'write'),
  getVersion: on('collection', 'read'),
  changeVersion: on('collection', 'write'),
  deleteVersion: on('collection', 'write'),
  quarantineVersion: on('content', 'administer'),
  releaseVersion: on('content', 'administer'),
  getDraft: on('draft', 'write'),
  putDraftEntries: on('draft', 'write'),
  abandonDraft: on('draft', 'write'),
  commitVersion: on('draft', 'write'),
  listFiles: on('collection', 'read'),
  getFile: on('collection', 'download'),
  linkVersion: on('collection', 'write'),
  unlinkVersion: on('collection', 'write'),
  compareVersions: on('collection', 'read'),
  getLineage: on('collection', 'read'),
  listHistory: on('collection', 'read'),
  listAliases: on('collection', 'read'),
  changeAliases: on('alias', 'promote'),
  getAlias: on('alias', 'read'),
  putAlias: on('alias', 'promote'),
  deleteAlias: on('alias', 'promote'),
  rollBack: on('alias', 'promote'),
  dryRunPromotion: on('alias', 'promote'),
  dryRunRollback: on('alias', 'promote'),
  listAliasHistory: on('alias', 'read'),
  listHolders: on('alias', 'read'),
  listStandingsAt: on('collection', 'read'),
  resolve: on('collection', 'read'),
  resolveRef: on('collection', 'read'),

  listRuns: on('owner', 'read'),
  startRun: on('owner', 'write'),
  getRun: on('owner', 'read'),
  changeRun: on('owner', 'write'),
  deleteRun: on('owner', 'write'),
  getRunHistory: on('owner', 'read'),
  recordMetrics: on('owner', 'write'),
  listMetrics: on('owner', 'read'),
  listRunOutput: on('owner', 'read'),
  recordOutput: on('owner', 'write'),
  finishRun: on('owner', 'write'),
  useVersion: on('owner', 'write'),

  listEvents: on('visible', 'read'),
  watchEvents: on('visible', 'read'),
  getMe: on('visible', 'read'),

  listUsers: on('installation', 'administer'),
  createUser: on('installation', 'administer'),
  // One's own, too; so are tokens.
  changeUser: on('account', 'administer'),
  removeUser: on('user', 'administer'),
  listTokens: on('account', 'administer'),
  createToken: on('account', 'administer'),
  revokeToken: on('account', 'administer'),
  // One's own, too.
  setPassword: on('user', 'administer'),

  getStorage: on('installation', 'administer'),

  listOrganizations: on('visible', 'read'),
  createOrganization: on('installation', 'administer'),
  changeOrganization: on('organization', 'administer'),
  listOrganizationMembers: on('organization', 'read'),
  setOrganizationMember: on('organization', 'administer'),
  removeOrganizationMember: on('organization', 'administer'),
  listTeams: on('visible', 'read'),
  createTeam: on('entity', 'write'),
  getTeam: on('team', 'read'),
  removeTeam: on('team', 'administer'),
  listTeamMembers: on('team', 'read'),
  setTeamMember: on('team', 'administer'),
  removeTeamMember: on('team', 'administer'),
  listServiceAccounts: on('entity', 'administer'),
  createServiceAccount: on('entity', 'administer'),
  removeServiceAccount: on('account', 'administer'),

  signIn: on('public', 'read'),
  signOut: on('public', 'read'),
} as const satisfies Readonly<Record<string, RouteRight>>

function on<Kind extends Resource, Does extends Verb>(
  resource: Kind,
  action: Does,
): { readonly resource: Kind; readonly action: Does } {
  return { resource, action }
}

/** The right of an operation; undefined for one that is not listed. */
export function rightOf(id: string): RouteRight | undefined {
  return Object.hasOwn(ROUTE_RIGHTS, id) ? ROUTE_RIGHTS[id as keyof typeof ROUTE_RIGHTS] : undefined
}
