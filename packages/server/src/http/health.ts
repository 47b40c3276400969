import type { FastifyInstance } from 'fastify'
import { RegistryError } from '../core/errors.ts'
import type { Registry } from '../core/registry.ts'
import { VERSION } from './version.ts'

/** Asked by everybody without a token, so the stores are tried at most once in this time. */
const MAX_PROBE_AGE_MILLISECONDS = 250

/** Asked every few seconds by machines: a line only when something is wrong. */
const PUBLIC = { config: { access: 'public' }, logLevel: 'warn' } as const

/** `/healthz`: the process answers. `/readyz`: so do both stores. `/version`: which release. */
export function addHealth(app: FastifyInstance, registry: Registry): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  const probe = atMostOncePer(MAX_PROBE_AGE_MILLISECONDS, async () => {
    await registry.metadata.read((tx) => tx.settings.find('schema'))
    await registry.blobs.probe()
  })
  app.get('/healthz', PUBLIC, async () => ({ status: 'ok' }))
  app.get('/readyz', PUBLIC, async () => {
    if (closing) throw new RegistryError('registry_unavailable', 'This server is stopping.')
    await probe()
    return { status: 'ready' }
  })
  app.get('/version', PUBLIC, async () => ({ name: 'greenroom', version: VERSION }))
}

function atMostOncePer(milliseconds: number, work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> | undefined
  let begun = 0
  return () => {
    if (last === undefined || performance.now() - begun >= milliseconds) {
      begun = performance.now()
      last = work()
    }
    return last
  }
}
