import type { PlantedBug } from './bugs.ts'

const RULES = { test: 'packages/server/src/core/rules/access.test.ts' }
const MATRIX = { test: 'packages/server/src/protocols/rest/matrix.test.ts' }
const STORY = { test: 'packages/server/src/protocols/rest/rights.test.ts' }

/** Of who may do what. */
export const RIGHTS_BUGS: readonly PlantedBug[] = [
  {
    name: 'an allowing grant beats a denying one',
    file: 'core/rules/access.ts',
    find: "grant.effect === 'deny' && denies(grant, action, within)",
    replace: 'false',
    ...RULES,
  },
  {
    name: 'a token good for more than its scope',
    file: 'core/rules/access.ts',
    find: 'scope !== null && !isInScope(scope, action, owner, within)',
    replace: 'false',
    ...RULES,
  },
  {
    name: 'a restricted registry seen by its whole organization',
    file: 'core/rules/access.ts',
    find: 'owner.restricted || inEntity === undefined',
    replace: 'inEntity === undefined',
    ...RULES,
  },
  {
    name: 'a route without its check',
    file: 'core/operations/list-grants.ts',
    find: "'administer'",
    replace: "'read'",
    ...MATRIX,
  },
  {
    name: 'what is foreign told apart from what is missing',
    file: 'core/operations/steps/owners.ts',
    find: "if (owner === undefined || !isAllowed(actor, 'read', owner)) return undefined",
    replace: 'if (owner === undefined) return undefined',
    ...MATRIX,
  },
  {
    name: 'a limited token that makes itself an unlimited one',
    file: 'core/operations/steps/accounts.ts',
    find: 'if (user.id === actor.userId) return isUnlimited(actor)',
    replace: 'if (user.id === actor.userId) return true',
    ...STORY,
  },
  {
    name: 'a file given to who may only look',
    file: 'core/operations/open-file.ts',
    find: "'download'",
    replace: "'read'",
    ...STORY,
  },
  {
    name: 'hidden collections listed',
    file: 'core/operations/list-collections.ts',
    find: 'rows.filter(({ name }) => isSeen(name))',
    replace: 'rows',
    ...STORY,
  },
  {
    name: 'bytes of a restricted project committed by who has not sent them',
    file: 'core/operations/commit-version.ts',
    find: 'isProven: !readsAllOf(actor, owner.entityId),',
    replace: '',
    ...STORY,
  },
  {
    name: 'a protected alias moved by rights of some seconds ago',
    file: 'core/operations/steps/move-rights.ts',
    find: 'await actorAsOfNow(plan.registry, plan.tx, plan.actor)',
    replace: 'plan.actor',
    test: 'packages/server/src/core/operations/rights.test.ts',
  },
  {
    name: 'a cached right without bound',
    file: 'http/authenticate.ts',
    find: 'if (isFresh && clock() < known.until) return known.actor',
    replace: 'return known.actor',
    ...STORY,
  },
  {
    name: 'a protected alias led elsewhere by a rename',
    file: 'core/operations/change-collection.ts',
    find: 'if (renamed) await checkMayRename(',
    replace: 'if (name === null) await checkMayRename(',
    test: 'packages/server/src/core/operations/refusals.test.ts',
    only: 'rename a collection',
  },
]
