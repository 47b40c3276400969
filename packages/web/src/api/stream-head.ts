import { client } from './connection.ts'

/**
 * The revision of the stream's newest event: a watch begins by telling it. Listing cannot say it,
 * since lists go from the oldest on.
 */
export function readStreamHead(signal: AbortSignal): Promise<number> {
  return client().request(
    { method: 'GET', path: '/events/watch', signal },
    async ({ body }): Promise<number> => {
      const reader = body?.getReader()
      const decoder = new TextDecoder()
      let text = ''
      while (reader !== undefined) {
        const { done, value } = await reader.read()
        text += decoder.decode(value, { stream: true })
        const found = /^id: ?(\d+)\n/m.exec(text)?.[1]
        if (found === undefined && !done) continue
        await reader.cancel()
        if (found !== undefined) return Number(found)
        break
      }
      throw new Error('The stream did not say where it is.')
    },
  )
}
