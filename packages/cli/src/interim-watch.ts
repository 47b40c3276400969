import { setTimeout as sleep } from 'node:timers/promises'
import type * as wire from '@greenroom/sdk/wire'
import { type Client, ClientError, type CollectionName } from './interim-client.ts'

const FIRST_PAUSE_MILLISECONDS = 500
const MAX_PAUSE_MILLISECONDS = 30_000

/**
 * Each move of an alias from now, or after a revision, for ever: a connection that breaks is made
 * anew, slower and slower, and goes on behind the last event. Throws `ClientError` where the server
 * refuses.
 */
export async function* watch(
  client: Client,
  { owner, name }: CollectionName,
  alias: string,
  after: number | undefined,
): AsyncGenerator<wire.StreamEvent> {
  const kinds = owner.kind === 'registry' ? 'registries' : 'projects'
  const what = { owner: `${kinds}/${owner.entity}/${owner.name}`, collection: name, alias }
  let last = after
  for (
    let pause = FIRST_PAUSE_MILLISECONDS;
    ;
    pause = Math.min(2 * pause, MAX_PAUSE_MILLISECONDS)
  ) {
    try {
      const query = { ...what, kind: 'alias.moved', after: last }
      const { body } = await client.send('GET', '/events/watch', { query })
      for await (const { id, data } of frames(body)) {
        pause = FIRST_PAUSE_MILLISECONDS
        last = id
        if (data !== undefined) yield JSON.parse(data)
      }
    } catch (error) {
      if (error instanceof ClientError && !mayComeBack(error)) throw error
    }
    await sleep(pause)
  }
}

function mayComeBack({ code, status }: ClientError): boolean {
  return code === 'unreachable' || status === 429 || (status !== undefined && status >= 500)
}

interface Frame {
  readonly id: number
  readonly data: string | undefined
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
async function* frames(body: Response['body']): AsyncGenerator<Frame> {
  let text = ''
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const frame = text.slice(0, end)
      text = text.slice(end + 2)
      const id = /^id: (\d+)$/m.exec(frame)?.[1]
      if (id !== undefined) yield { id: Number(id), data: /^data: (.*)$/m.exec(frame)?.[1] }
    }
  }
}
