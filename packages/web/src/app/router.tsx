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
import {
  COLLECTION_TABS,
  type CollectionSearch,
  type OwnersSearch,
  type RegistrySearch,
} from './page-search.ts'
import { COLLECTION_PATH, OWNER_PATH } from './place.ts'
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
    stage: textIn(search, 'stage'),
    held: oneIn(search, 'held', ['held', 'vacant']),
    mover: textIn(search, 'mover'),
    sort: textIn(search, 'sort'),
  }),
  beforeLoad: ({ params }) => checkKind(params.kind),
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
  beforeLoad: ({ params }) => checkKind(params.kind),
  component: lazyRouteComponent(() => import('../pages/collection/collection-page.tsx')),
})

function checkKind(kind: string): void {
  if (kind !== 'registries' && kind !== 'projects') throw notFound()
}

export const router = createRouter({
  routeTree: root.addChildren([signIn, inside.addChildren([home, owners, registry, collection])]),
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
