import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { LightMyRequestResponse } from 'fastify'
import type { TestApp } from './test-app.ts'

/** What the official client sends, request by request, without the client. */
export interface WandbClient {
  /** Data of a document that must succeed. */
  ask<Data>(document: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>
  /** The whole answer of one that may be refused. */
  send(body: unknown): Promise<LightMyRequestResponse>
  fileStream(run: string, body: unknown): Promise<LightMyRequestResponse>
  /** Without a token, as the client does: the link is the right. */
  put(url: string, bytes: Uint8Array | string): Promise<LightMyRequestResponse>
  get(url: string, withToken?: boolean): Promise<LightMyRequestResponse>
}

export function wandbClient({ app, url: origin }: TestApp, key: string): WandbClient {
  const authorization = `Basic ${Buffer.from(`api:${key}`).toString('base64')}`
  const pathOf = (url: string) => {
    assert.ok(url.startsWith(origin), `${url} is absolute, under the public URL`)
    return url.slice(origin.length)
  }
  const send = (body: unknown) =>
    app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization, 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    })
  return {
    send,
    async ask(document, variables = {}) {
      // `wandb.Api()` sends an empty operation name.
      const answer = await send({ query: document, variables, operationName: '' })
      assert.equal(answer.statusCode, 200, answer.body)
      const { data, errors } = answer.json()
      assert.equal(errors, undefined)
      return data
    },
    fileStream: (run, body) =>
      app.inject({
        method: 'POST',
        url: `/files/${run}/file_stream`,
        headers: { authorization, 'content-type': 'application/json' },
        payload: JSON.stringify(body),
      }),
    put: (url, bytes) =>
      app.inject({ method: 'PUT', url: pathOf(url), payload: Buffer.from(bytes) }),
    get: (url, withToken = false) =>
      app.inject({
        method: 'GET',
        url: pathOf(url),
        headers: withToken ? { authorization } : {},
      }),
  }
}

/** What the client calls a file's digest. */
export function md5Of(bytes: Uint8Array | string): string {
  return createHash('md5').update(bytes).digest('base64')
}

/** The client's digest of a whole manifest. */
export function manifestDigestOf(entries: Readonly<Record<string, string>>): string {
  const lines = Object.keys(entries)
    .sort()
    .map((path) => `${path}:${entries[path]}\n`)
  return createHash('md5')
    .update(`wandb-artifact-manifest-v1\n${lines.join('')}`)
    .digest('hex')
}
