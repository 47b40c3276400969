import { isGreenroomError } from '@greenroom/sdk'
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { meQuery } from '../api/queries.ts'
import { loadProgram } from '../pages/collection/programs.ts'
import { askForCollection, askForRegistry, askForVersion } from './ask-early.ts'
import {
  type ActivitySearch,
  ADMIN_TABS,
  type AdminSearch,
  COLLECTION_TABS,
  type CollectionSearch,
  type CompareSearch,
  LINEAGE_VIEWS,
  type OwnersSearch,
  type ProjectSearch,
  type RegistrySearch,
  RUN_STATES,
  RUN_TABS,
  type RunSearch,
  type RunsSearch,
  VERBS,
  VERSION_TABS,
  type VersionSearch,
} from './page-search.ts'
import {
  COLLECTION_PATH,
  COMPARE_PATH,
  collectionOf,
  OWNER_PATH,
  ownerOf,
  PROJECT_PATH,
  RUN_PATH,
  RUNS_PATH,
  VERSION_PATH,
} from './place.ts'
import { queries } from './query-client.ts'
import { RouteError, RouteMissing } from './route-states.tsx'
import { listIn, oneIn, parseSearch, stringifySearch, textIn } from './search.ts'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: RouteMissing })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { readonly to?: string | undefined } => ({ to: textIn(search, 'to') }),
  component: lazyRouteComponent(() => import('../pages/sign-in/sign-in-page.tsx')),
})

/** All pages but the sign-in: they need somebody. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  async beforeLoad({ location }) {
    try {
      await queries.ensureQueryData(meQuery())
    } catch (error) {
      if (!isGreenroomError(error, 'unauthenticated')) throw error
      throw redirect({ to: '/sign-in', search: { to: location.href } })
    }
  },
})

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  async beforeLoad() {
    const { organization } = await queries.ensureQueryData(meQuery())
    throw redirect({
      to: OWNER_PATH,
      params: { kind: 'registries', entity: organization.name, owner: 'model' },
    })
  },
})

const owners = createRoute({
  getParentRoute: () => inside,
  path: '/$kind',
  validateSearch: (search): OwnersSearch => ({ q: textIn(search, 'q') }),
  beforeLoad: ({ params }) => checkKind(params.kind),
  component: lazyRouteComponent(() => import('../pages/owners/owners-page.tsx')),
})

const registry = createRoute({
  getParentRoute: () => inside,
  path: OWNER_PATH,
  validateSearch: (search): RegistrySearch => ({
    q: textIn(search, 'q'),
    type: textIn(search, 'type'),
    tag: textIn(search, 'tag'),
    stage: textIn(search, 'stage'),
    held: oneIn(search, 'held', ['held', 'vacant']),
    mover: textIn(search, 'mover'),
    sort: textIn(search, 'sort'),
  }),
  beforeLoad({ params, search }) {
    checkKind(params.kind)
    askForRegistry(ownerOf(params), search)
  },
  component: lazyRouteComponent(() => import('../pages/registry/registry-page.tsx')),
})

const collection = createRoute({
  getParentRoute: () => inside,
  path: COLLECTION_PATH,
  validateSearch: (search): CollectionSearch => ({
    tab: oneIn(search, 'tab', COLLECTION_TABS),
    asOf: textIn(search, 'asOf'),
    filter: listIn(search, 'filter'),
    sort: textIn(search, 'sort'),
    metrics: listIn(search, 'metrics'),
    selected: listIn(search, 'selected'),
    alias: textIn(search, 'alias'),
  }),
  beforeLoad({ params, search }) {
    checkKind(params.kind)
    askForCollection(collectionOf(params), search)
  },
  loader: ({ location }) => loadProgram(oneIn({ ...location.search }, 'tab', COLLECTION_TABS)),
  shouldReload: false,
  component: lazyRouteComponent(() => import('../pages/collection/collection-page.tsx')),
})

const version = createRoute({
  getParentRoute: () => inside,
  path: VERSION_PATH,
  validateSearch: (search): VersionSearch => ({
    tab: oneIn(search, 'tab', VERSION_TABS),
    q: textIn(search, 'q'),
    file: textIn(search, 'file'),
    view: oneIn(search, 'view', LINEAGE_VIEWS),
  }),
  beforeLoad({ params }) {
    checkKind(params.kind)
    askForVersion(collectionOf(params), params.version)
  },
  component: lazyRouteComponent(() => import('../pages/version/version-page.tsx')),
})

const compare = createRoute({
  getParentRoute: () => inside,
  path: COMPARE_PATH,
  validateSearch: (search): CompareSearch => ({
    version: listIn(search, 'version'),
    base: textIn(search, 'base'),
    all: oneIn(search, 'all', ['yes']),
    file: textIn(search, 'file'),
  }),
  beforeLoad: ({ params }) => checkKind(params.kind),
  component: lazyRouteComponent(() => import('../pages/compare/compare-page.tsx')),
})

const project = createRoute({
  getParentRoute: () => inside,
  path: PROJECT_PATH,
  validateSearch: (search): ProjectSearch => ({
    q: textIn(search, 'q'),
    type: textIn(search, 'type'),
  }),
  component: lazyRouteComponent(() => import('../pages/project/project-page.tsx')),
})

const runs = createRoute({
  getParentRoute: () => inside,
  path: RUNS_PATH,
  validateSearch: (search): RunsSearch => ({
    q: textIn(search, 'q'),
    state: oneIn(search, 'state', RUN_STATES),
    sort: textIn(search, 'sort'),
  }),
  component: lazyRouteComponent(() => import('../pages/runs/runs-page.tsx')),
})

const run = createRoute({
  getParentRoute: () => inside,
  path: RUN_PATH,
  validateSearch: (search): RunSearch => ({
    tab: oneIn(search, 'tab', RUN_TABS),
    q: textIn(search, 'q'),
    with: listIn(search, 'with'),
    log: oneIn(search, 'log', ['yes']),
    smooth: textIn(search, 'smooth'),
  }),
  component: lazyRouteComponent(() => import('../pages/run/run-page.tsx')),
})

const activity = createRoute({
  getParentRoute: () => inside,
  path: '/activity',
  validateSearch: (search): ActivitySearch => ({
    kind: listIn(search, 'kind'),
    actor: textIn(search, 'actor'),
  }),
  component: lazyRouteComponent(() => import('../pages/activity/activity-page.tsx')),
})

const admin = createRoute({
  getParentRoute: () => inside,
  path: '/admin',
  validateSearch: (search): AdminSearch => ({
    tab: oneIn(search, 'tab', ADMIN_TABS),
    q: textIn(search, 'q'),
    of: textIn(search, 'of'),
    revoked: oneIn(search, 'revoked', ['yes']),
    who: textIn(search, 'who'),
    verb: oneIn(search, 'verb', VERBS),
    collection: textIn(search, 'collection'),
    alias: textIn(search, 'alias'),
  }),
  component: lazyRouteComponent(() => import('../pages/admin/admin-page.tsx')),
})

function checkKind(kind: string): void {
  if (kind !== 'registries' && kind !== 'projects') throw notFound()
}

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    inside.addChildren([
      home,
      owners,
      registry,
      collection,
      version,
      compare,
      project,
      runs,
      run,
      activity,
      admin,
    ]),
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: RouteMissing,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
