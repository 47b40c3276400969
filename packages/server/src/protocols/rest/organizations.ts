import type * as wire from '@greenroom/sdk/wire'
import { changeOrganization } from '../../core/operations/change-organization.ts'
import { createOrganization } from '../../core/operations/create-organization.ts'
import { listOrganizations } from '../../core/operations/list-organizations.ts'
import { actorOf } from '../../http/authenticate.ts'
import type { AppContext } from '../../http/context.ts'
import { onceFor } from './idempotency.ts'
import { answerMembers, putMember, takeMember } from './members.ts'
import { renderOrganization } from './render-rights.ts'
import { operation, type RestServer } from './rest-server.ts'
import { NoContent, PageQuery } from './schemas.ts'
import * as schemas from './schemas-rights.ts'

const ORGANIZATION_PATH = '/organizations/:organization'

export function addOrganizations(app: RestServer, context: AppContext): void {
  addListOrganizations(app, context)
  addCreateOrganization(app, context)
  addChangeOrganization(app, context)
  addMembers(app, context)
}

function addListOrganizations(app: RestServer, { registry }: AppContext): void {
  app.get(
    '/organizations',
    {
      config: operation('listOrganizations', 'Organizations that you belong to, on one page'),
      schema: { response: { 200: schemas.OrganizationPage } },
    },
    async (request): Promise<wire.Page<wire.Organization>> => {
      const items = await listOrganizations(registry, actorOf(request))
      return { items: items.map(renderOrganization), next: null }
    },
  )
}

function addCreateOrganization(app: RestServer, context: AppContext): void {
  app.post(
    '/organizations',
    {
      config: operation('createOrganization', 'Make an organization; for administrators', [
        'forbidden',
        'name_invalid',
        'already_exists',
      ]),
      schema: { body: schemas.NewOrganization, response: { 201: schemas.Organization } },
    },
    async (request, reply): Promise<wire.Organization> => {
      const registry = onceFor(context, request)
      const made = await createOrganization(registry, actorOf(request), request.body)
      reply.code(201)
      return renderOrganization(made)
    },
  )
}

function addChangeOrganization(app: RestServer, { registry }: AppContext): void {
  app.patch(
    ORGANIZATION_PATH,
    {
      config: operation('changeOrganization', 'Show an organization under another name', [
        'not_found',
        'forbidden',
        'name_invalid',
        'already_exists',
      ]),
      schema: {
        params: schemas.OrganizationPath,
        body: schemas.OrganizationChange,
        response: { 200: schemas.Organization },
      },
    },
    async (request): Promise<wire.Organization> => {
      const name = request.params.organization
      const { displayName } = request.body
      const input = { name, displayName }
      return renderOrganization(await changeOrganization(registry, actorOf(request), input))
    },
  )
}

function addMembers(app: RestServer, context: AppContext): void {
  const place = (name: string) => ({ kind: 'organization', name }) as const
  app.get(
    `${ORGANIZATION_PATH}/members`,
    {
      config: operation('listOrganizationMembers', 'Who belongs to an organization, as what', [
        'not_found',
        'cursor_invalid',
      ]),
      schema: {
        params: schemas.OrganizationPath,
        querystring: PageQuery,
        response: { 200: schemas.MemberPage },
      },
    },
    (request, reply) =>
      answerMembers(context, request, reply, place(request.params.organization), request.query),
  )
  app.put(
    `${ORGANIZATION_PATH}/members/:member`,
    {
      config: operation(
        'setOrganizationMember',
        'Take a user into an organization, or give a member another role',
        ['not_found', 'forbidden'],
      ),
      schema: {
        params: schemas.OrganizationMemberPath,
        body: schemas.MemberPut,
        response: { 204: NoContent },
      },
    },
    (request, reply) => {
      const { organization, member } = request.params
      return putMember(context, request, reply, place(organization), member, request.body.role)
    },
  )
  app.delete(
    `${ORGANIZATION_PATH}/members/:member`,
    {
      config: operation(
        'removeOrganizationMember',
        'Somebody leaves an organization, and with it its teams, registries and projects',
        ['not_found', 'forbidden'],
      ),
      schema: { params: schemas.OrganizationMemberPath, response: { 204: NoContent } },
    },
    (request, reply) => {
      const { organization, member } = request.params
      return takeMember(context, request, reply, place(organization), member)
    },
  )
}
