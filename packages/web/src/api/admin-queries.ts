import * as sdk from '@greenroom/sdk'
import type { OwnerName } from '@greenroom/sdk/wire'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { client } from './connection.ts'
import { keys } from './keys.ts'
import { paged } from './queries.ts'

// Who there is and who may do what: all of it grows stale together.

const A_PAGE = 200

export const usersQuery = () =>
  infiniteQueryOptions({
    queryKey: [...keys.users, 'list'],
    queryFn: ({ signal, pageParam }) =>
      sdk.listUsers(client(), { limit: A_PAGE, cursor: pageParam }, { signal }),
    ...paged,
  })

export const teamsQuery = () =>
  infiniteQueryOptions({
    queryKey: [...keys.users, 'teams'],
    queryFn: ({ signal, pageParam }) =>
      sdk.listTeams(client(), { limit: A_PAGE, cursor: pageParam }, { signal }),
    ...paged,
  })

export const teamMembersQuery = (team: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.users, 'team', team],
    queryFn: ({ signal, pageParam }) =>
      sdk.listTeamMembers(client(), team, { limit: A_PAGE, cursor: pageParam }, { signal }),
    ...paged,
  })

export const serviceAccountsQuery = (home: sdk.ServiceAccountQuery) =>
  infiniteQueryOptions({
    queryKey: [...keys.users, 'service-accounts', home],
    queryFn: ({ signal, pageParam }) =>
      sdk.listServiceAccounts(client(), { ...home, limit: A_PAGE, cursor: pageParam }, { signal }),
    ...paged,
  })

export const tokensQuery = (user: string) =>
  queryOptions({
    queryKey: [...keys.users, 'tokens', user],
    queryFn: ({ signal }) => sdk.listTokens(client(), user, { revoked: true }, { signal }),
  })

export const membersQuery = (owner: OwnerName) =>
  infiniteQueryOptions({
    queryKey: [...keys.users, 'members', owner],
    queryFn: ({ signal, pageParam }) =>
      sdk.listMembers(client(), owner, { limit: A_PAGE, cursor: pageParam }, { signal }),
    ...paged,
  })

export const storageQuery = () =>
  queryOptions({
    queryKey: [...keys.users, 'storage'],
    queryFn: ({ signal }) => sdk.getStorage(client(), { signal }),
  })

export const accessQuery = (owner: OwnerName, question: sdk.AccessQuestion) =>
  queryOptions({
    queryKey: [...keys.users, 'access', owner, question],
    queryFn: ({ signal }) => sdk.explainAccess(client(), owner, question, { signal }),
    // A change of rights is an event, but one of a role in a team may be told elsewhere only.
    staleTime: 0,
  })

export const grantsQuery = (owner: OwnerName) =>
  infiniteQueryOptions({
    queryKey: [...keys.users, 'grants', owner],
    queryFn: ({ signal, pageParam }) =>
      sdk.listGrants(client(), owner, { limit: A_PAGE, cursor: pageParam }, { signal }),
    ...paged,
  })
