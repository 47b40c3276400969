import { listCollections, listRuns } from '@greenroom/sdk'
import type { ListedCollection, OwnerName, Run } from '@greenroom/sdk/wire'
import { useQuery } from '@tanstack/react-query'
import { client } from '../api/connection.ts'
import { projectsQuery, registriesQuery } from '../api/queries.ts'
import { versionIn } from './palette-words.ts'

/** Owners that are looked through for what was typed; more would be a flood of questions. */
export const MAX_OWNERS = 12
const MAX_PROJECTS = 6
const FOUND_PER_OWNER = 6

export interface Found {
  readonly collections: readonly ListedCollection[]
  readonly runs: readonly (Run & { readonly owner: OwnerName })[]
}

const NOTHING: Found = { collections: [], runs: [] }

export function useOwners() {
  const registries = useQuery(registriesQuery())
  const projects = useQuery(projectsQuery())
  return [...(registries.data?.items ?? []), ...(projects.data?.items ?? [])]
}

/** Collections and runs with what was typed in their names, of the first of the owners. */
export function useFound(typed: string): Found {
  const owners = useOwners().slice(0, MAX_OWNERS)
  const projects = owners.filter(({ kind }) => kind === 'project').slice(0, MAX_PROJECTS)
  const { name } = versionIn(typed)
  const { data } = useQuery({
    queryKey: ['palette', name, typed, owners.map(({ entity, name: of }) => `${entity}/${of}`)],
    enabled: name.length > 1 && owners.length > 0,
    async queryFn({ signal }): Promise<Found> {
      const limit = FOUND_PER_OWNER
      const [collections, runs] = await Promise.all([
        Promise.all(
          owners.map((owner) =>
            listCollections(client(), owner, { contains: name, limit }, { signal }),
          ),
        ),
        Promise.all(
          projects.map(async (owner) => {
            const page = await listRuns(client(), owner, { contains: typed, limit }, { signal })
            return page.items.map((run) => ({ ...run, owner }))
          }),
        ),
      ])
      return { collections: collections.flatMap(({ items }) => items), runs: runs.flat() }
    },
  })
  return data ?? NOTHING
}
