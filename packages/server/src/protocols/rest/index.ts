import type { FastifyInstance, RouteOptions } from 'fastify'
import { digestOf } from '../../core/model/digest.ts'
import { matchesETag } from '../../http/byte-response.ts'
import type { AppContext } from '../../http/context.ts'
import { takeJsonOnly } from '../../http/json-body.ts'
import { addAccounts } from './accounts.ts'
import { addAliases } from './aliases.ts'
import { addCollections } from './collections.ts'
import { addCompare } from './compare.ts'
import { addDrafts } from './drafts.ts'
import { addDryRuns } from './dry-run.ts'
import { addEvents } from './events.ts'
import { addFiles } from './files.ts'
import { addGrants } from './grants.ts'
import { addHistory } from './history.ts'
import { addLineage } from './lineage.ts'
import { addLinks } from './links.ts'
import { addMembers } from './members.ts'
import { describeRoutes } from './openapi.ts'
import { addOrganizations } from './organizations.ts'
import { addOwners } from './owners.ts'
import { PREFIX } from './paging.ts'
import { addQuarantine } from './quarantine.ts'
import { type ApiDocument, REFERENCE_POLICY, renderReference } from './reference-page.ts'
import { addResolve } from './resolve.ts'
import type { RestServer } from './rest-server.ts'
import { rightOf } from './route-rights.ts'
import { addRuns } from './runs.ts'
import { addServiceAccounts } from './service-accounts.ts'
import { addSession } from './session.ts'
import { addStages } from './stages.ts'
import { addStorage } from './storage.ts'
import { addTeams } from './teams.ts'
import { addVersions } from './versions.ts'
import { addWriteRuns } from './write-runs.ts'

/** The registry's own API under `/api/v1`; `/openapi.json` describes it, and `/docs` for people. */
export async function rest(app: FastifyInstance, context: AppContext): Promise<void> {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    requireRight(route)
    routes.push(route)
  })
  // Answers are typed and tested; a compiled serializer would drop what it does not know.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  app.setSchemaErrorFormatter(sayWhatIsWrong)
  takeJsonOnly(app)
  await app.register(
    async (inner: RestServer) => {
      addOwners(inner, context)
      addStages(inner, context)
      addMembers(inner, context)
      addGrants(inner, context)
      addCollections(inner, context)
      addVersions(inner, context)
      addQuarantine(inner, context)
      addDrafts(inner, context)
      addFiles(inner, context)
      addLinks(inner, context)
      addCompare(inner, context)
      addLineage(inner, context)
      addHistory(inner, context)
      addDryRuns(inner, context)
      addRuns(inner, context)
      addWriteRuns(inner, context)
      addEvents(inner, context)
      addResolve(inner, context)
      addAccounts(inner, context)
      addOrganizations(inner, context)
      addTeams(inner, context)
      addServiceAccounts(inner, context)
      addStorage(inner, context)
      addSession(inner, context)
      await inner.register(async (pointers: RestServer) => addAliases(pointers, context))
    },
    { prefix: PREFIX },
  )
  const described = describeRoutes(routes)
  const document = JSON.stringify(described, null, 2)
  app.get('/openapi.json', { config: { access: 'public' } }, (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(document),
  )
  addReference(app, described as unknown as ApiDocument)
}

/** The same for people. It is made when somebody asks for it first. */
function addReference(app: FastifyInstance, document: ApiDocument): void {
  let page: string | undefined
  let etag = ''
  app.get('/docs', { config: { access: 'public' } }, (request, reply) => {
    if (page === undefined) {
      page = renderReference(document)
      etag = `"${digestOf(page)}"`
    }
    reply
      .header('cache-control', 'no-cache')
      .header('content-security-policy', REFERENCE_POLICY)
      .header('etag', etag)
    if (matchesETag(request.headers['if-none-match'], etag)) return reply.code(304).send()
    return reply.type('text/html; charset=utf-8').send(page)
  })
}

/** The route shows what it does, and to what; one that does not never starts. */
function requireRight(route: RouteOptions): void {
  const operation = route.config?.operation
  if (operation === undefined) return
  const right = rightOf(operation.id)
  if (right === undefined)
    throw new Error(`${operation.id} says neither what it does nor to what: see route-rights.ts`)
  route.config = { ...route.config, right }
}

interface Fault {
  readonly instancePath: string
  readonly message?: string
  readonly params: Readonly<Record<string, unknown>>
}

/** The first fault of a body, query or path, with the name of the key that is too much. */
function sayWhatIsWrong(faults: readonly Fault[], where: string): Error {
  const fault = faults[0]
  const place = `${where}${fault?.instancePath.replaceAll('/', '.') ?? ''}`
  const unknown = fault?.params.additionalProperty
  if (typeof unknown === 'string')
    return new Error(`${place} has an unknown key ${JSON.stringify(unknown)}: check its spelling.`)
  return new Error(`${place} ${fault?.message ?? 'is not as it should be'}.`)
}
