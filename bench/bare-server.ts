// Started by b1-resolve.bench.ts: a bare node:http server that sends the bytes it is given. The
// anchor: as fast as HTTP gets on this machine in one process.
import { createServer } from 'node:http'

process.once('message', ({ body }: { readonly body: string }) => {
  const bytes = Buffer.from(body)
  const headers = { 'content-type': 'application/json', 'content-length': bytes.length }
  const server = createServer((_request, response) => {
    response.writeHead(200, headers).end(bytes)
  })
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
})
