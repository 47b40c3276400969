import type * as wire from '@greenroom/sdk/wire'
import { createTeam } from '../../core/operations/create-team.ts'
import { getTeam } from '../../core/operations/get-team.ts'
import { listTeams } from '../../core/operations/list-teams.ts'
import { removeTeam } from '../../core/operations/remove-team.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { onceFor } from './idempotency.ts'
import { answerMembers, putMember, takeMember } from './members.ts'
import { nextPage } from './paging.ts'
import { limitOf, numberCursor } from './read-request.ts'
import { renderTeam } from './render-rights.ts'
import { operation, type RestServer } from './rest-server.ts'
import { NoContent, PageQuery } from './schemas.ts'
import * as schemas from './schemas-rights.ts'

const CURSOR = 'teams'
const TEAM_PATH = '/teams/:team'

export function addTeams(app: RestServer, context: AppContext): void {
  addListTeams(app, context)
  addCreateTeam(app, context)
  addGetTeam(app, context)
  addRemoveTeam(app, context)
  addMembers(app, context)
}

function addListTeams(app: RestServer, context: AppContext): void {
  app.get(
    '/teams',
    {
      config: operation('listTeams', "Your teams; for an organization's admins all of its", [
        'not_found',
        'cursor_invalid',
      ]),
      schema: { querystring: schemas.TeamQuery, response: { 200: schemas.TeamPage } },
    },
    async (request, reply): Promise<wire.Page<wire.Team>> => {
      const { organization } = request.query
      const page = await listTeams(context.registry, actorOf(request), {
        ...(organization === undefined ? {} : { organization }),
        after: numberCursor(CURSOR, request.query, 0),
        limit: limitOf(request.query),
      })
      return {
        items: page.items.map(renderTeam),
        next: nextPage(context, request, reply, CURSOR, page.next),
      }
    },
  )
}

function addCreateTeam(app: RestServer, context: AppContext): void {
  app.post(
    '/teams',
    {
      config: operation('createTeam', 'Make a team; its maker is its first admin', [
        'not_found',
        'forbidden',
        'name_invalid',
        'already_exists',
      ]),
      schema: { body: schemas.NewTeam, response: { 201: schemas.Team } },
    },
    async (request, reply): Promise<wire.Team> => {
      const made = await createTeam(onceFor(context, request), actorOf(request), request.body)
      reply.code(201)
      return renderTeam(made)
    },
  )
}

function addGetTeam(app: RestServer, { registry }: AppContext): void {
  app.get(
    TEAM_PATH,
    {
      config: operation('getTeam', 'One team', ['not_found']),
      schema: { params: schemas.TeamPath, response: { 200: schemas.Team } },
    },
    async (request): Promise<wire.Team> =>
      renderTeam(await getTeam(registry, actorOf(request), { name: request.params.team })),
  )
}

function addRemoveTeam(app: RestServer, { registry }: AppContext): void {
  app.delete(
    TEAM_PATH,
    {
      config: operation(
        'removeTeam',
        'End a team that has no projects and no service accounts; its name stays taken',
        ['not_found', 'forbidden'],
      ),
      schema: { params: schemas.TeamPath, response: { 204: NoContent } },
    },
    async (request, reply): Promise<void> => {
      await removeTeam(registry, actorOf(request), { name: request.params.team })
      return reply.code(204).send()
    },
  )
}

function addMembers(app: RestServer, context: AppContext): void {
  const place = (name: string) => ({ kind: 'team', name }) as const
  app.get(
    `${TEAM_PATH}/members`,
    {
      config: operation('listTeamMembers', 'Who is in a team, as what', [
        'not_found',
        'cursor_invalid',
      ]),
      schema: {
        params: schemas.TeamPath,
        querystring: PageQuery,
        response: { 200: schemas.MemberPage },
      },
    },
    (request, reply) =>
      answerMembers(context, request, reply, place(request.params.team), request.query),
  )
  app.put(
    `${TEAM_PATH}/members/:member`,
    {
      config: operation(
        'setTeamMember',
        'Take a user or service account into a team, or give a member another role',
        ['not_found', 'forbidden'],
      ),
      schema: {
        params: schemas.TeamMemberPath,
        body: schemas.MemberPut,
        response: { 204: NoContent },
      },
    },
    (request, reply) => {
      const { team, member } = request.params
      return putMember(context, request, reply, place(team), member, request.body.role)
    },
  )
  app.delete(
    `${TEAM_PATH}/members/:member`,
    {
      config: operation('removeTeamMember', 'Somebody leaves a team', ['not_found', 'forbidden']),
      schema: { params: schemas.TeamMemberPath, response: { 204: NoContent } },
    },
    (request, reply) => {
      const { team, member } = request.params
      return takeMember(context, request, reply, place(team), member)
    },
  )
}
