import type * as wire from '@greenroom/sdk/wire'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Role } from '../../core/model/role.ts'
import { listMembers } from '../../core/operations/list-members.ts'
import { removeMember } from '../../core/operations/remove-member.ts'
import { type PlaceRef, setMember } from '../../core/operations/set-member.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { nextPage } from './paging.ts'
import { limitOf, numberCursor, ownerOf, type PageQuery as Query } from './read-request.ts'
import { renderMember } from './render-rights.ts'
import { OWNER_PATH, operation, type RestServer } from './rest-server.ts'
import { NoContent, OwnerMemberPath, OwnerPath, PageQuery } from './schemas.ts'
import * as schemas from './schemas-rights.ts'

const CURSOR = 'members'

/** Members of projects and registries. */
export function addMembers(app: RestServer, context: AppContext): void {
  app.get(
    `${OWNER_PATH}/members`,
    {
      config: operation(
        'listMembers',
        'Who is a member of a project or registry by name; a role in its team or organization ' +
          'is not listed here',
        ['owner_not_found', 'cursor_invalid'],
      ),
      schema: {
        params: OwnerPath,
        querystring: PageQuery,
        response: { 200: schemas.MemberPage },
      },
    },
    (request, reply) => {
      const place = { kind: 'owner', owner: ownerOf(request.params) } as const
      return answerMembers(context, request, reply, place, request.query)
    },
  )
  app.put(
    `${OWNER_PATH}/members/:member`,
    {
      config: operation(
        'setMember',
        'Make a user, team or service account a member, or give a member another role',
        ['owner_not_found', 'not_found', 'forbidden'],
      ),
      schema: { params: OwnerMemberPath, body: schemas.MemberPut, response: { 204: NoContent } },
    },
    (request, reply) => {
      const place = { kind: 'owner', owner: ownerOf(request.params) } as const
      return putMember(context, request, reply, place, request.params.member, request.body.role)
    },
  )
  app.delete(
    `${OWNER_PATH}/members/:member`,
    {
      config: operation('removeMember', 'Somebody is no member any more', [
        'owner_not_found',
        'not_found',
        'forbidden',
      ]),
      schema: { params: OwnerMemberPath, response: { 204: NoContent } },
    },
    (request, reply) => {
      const place = { kind: 'owner', owner: ownerOf(request.params) } as const
      return takeMember(context, request, reply, place, request.params.member)
    },
  )
}

export async function answerMembers(
  context: AppContext,
  request: FastifyRequest,
  reply: FastifyReply,
  place: PlaceRef,
  query: Query,
): Promise<wire.Page<wire.Member>> {
  const page = await listMembers(context.registry, actorOf(request), {
    place,
    after: numberCursor(CURSOR, query, 0),
    limit: limitOf(query),
  })
  return {
    items: page.items.map(renderMember),
    next: nextPage(context, request, reply, CURSOR, page.next),
  }
}

export async function putMember(
  { registry }: AppContext,
  request: FastifyRequest,
  reply: FastifyReply,
  place: PlaceRef,
  name: string,
  role: Role,
): Promise<void> {
  await setMember(registry, actorOf(request), { place, principals: [{ name }], role })
  return reply.code(204).send()
}

export async function takeMember(
  { registry }: AppContext,
  request: FastifyRequest,
  reply: FastifyReply,
  place: PlaceRef,
  name: string,
): Promise<void> {
  await removeMember(registry, actorOf(request), { place, principals: [{ name }] })
  return reply.code(204).send()
}
