// Started by b8-watchers.bench.ts: a POST is written on to everybody who has a GET open. The least
// that one process can do for a thousand watchers.
import { createServer, type ServerResponse } from 'node:http'

const watchers = new Set<ServerResponse>()
let id = 0

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    watchers.add(response)
    response.once('close', () => watchers.delete(response))
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 2000\n\n')
    return
  }
  id += 1
  response.end(String(id))
  const frame = `id: ${id}\ndata: ${'x'.repeat(500)}\n\n`
  setImmediate(() => {
    for (const watcher of watchers) watcher.write(frame)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})
