import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Config } from './config.ts'
import type { Registry } from './core/registry.ts'
import type { AppContext } from './http/context.ts'
import { addHealth } from './http/health.ts'
import type { Logger } from './http/log.ts'
import { addMetrics } from './http/metrics.ts'
import { createServer } from './http/server.ts'
import { createSignInCodes } from './http/sign-in-codes.ts'
import { createSignedLinks } from './http/signed-links.ts'
import { rest } from './protocols/rest/index.ts'
import { transfer } from './protocols/transfer/index.ts'
import { wandb } from './protocols/wandb/index.ts'
import { placeOfPrintedLink } from './protocols/wandb/printed-links.ts'

export interface AppOptions {
  readonly config: Pick<
    Config,
    'host' | 'port' | 'publicUrl' | 'allowedHosts' | 'requestsPerMinute' | 'trustedProxies'
  >
  /** Hex; what `bootstrapRegistry` gave. */
  readonly linkKey: string
  readonly log: Logger
  /** Where the built page lies; null for none. */
  readonly pageFolder: string | null
}

export interface App {
  readonly app: FastifyInstance
  readonly context: AppContext
}

/** Every protocol as one app, ready to listen or to be asked by `inject`. */
export async function createApp(registry: Registry, options: AppOptions): Promise<App> {
  const app = createServer(registry, {
    ...options.config,
    log: options.log,
    pageFolder: options.pageFolder,
    placeOf: placeOfPrintedLink,
    hostNames: hostNamesOf(options.config),
  })
  const publicUrl = () => publicUrlOf(options.config, portOf(app) ?? options.config.port)
  const linkKey = Buffer.from(options.linkKey, 'hex')
  const context: AppContext = {
    registry,
    links: createSignedLinks(linkKey, publicUrl, registry.now),
    signInCodes: createSignInCodes(linkKey, registry.now),
    get publicUrl() {
      return publicUrl()
    },
  }
  addMetrics(app, registry)
  addHealth(app, registry)
  for (const protocol of [rest, wandb, transfer])
    await app.register((inner) => protocol(inner, context))
  await app.ready()
  return { app, context }
}

/** Names that were given to this server, wherever. */
function hostNamesOf({ host, publicUrl, allowedHosts }: AppOptions['config']): readonly string[] {
  const named = publicUrl === null ? [] : [new URL(publicUrl).hostname]
  return [host.toLowerCase(), ...named, ...allowedHosts]
}

/** The port that the system chose, once there is one. */
function portOf(app: FastifyInstance): number | undefined {
  return (app.server.address() as AddressInfo | null)?.port
}

/** What links begin with: as it was set, or from host and port. */
export function publicUrlOf(
  { publicUrl, host }: Pick<Config, 'publicUrl' | 'host'>,
  port: number,
): string {
  if (publicUrl !== null) return publicUrl
  const name = isEverywhere(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}

/** Whether a host means every address of the machine, and so names none. */
export function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}
