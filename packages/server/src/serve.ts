import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { createApp, isEverywhere } from './app.ts'
import { openDiskBlobStore } from './blobs/disk.ts'
import type { Config } from './config.ts'
import { isRegistryError, type RegistryError } from './core/errors.ts'
import { bootstrapRegistry } from './core/operations/bootstrap-registry.ts'
import type { MetadataStore, Registry } from './core/registry.ts'
import {
  adminKeyPath,
  databaseRefused,
  holdBlobs,
  lockDataFolder,
  StartRefused,
  writeAdminKey,
  writeSignInLink,
} from './data-folder.ts'
import { createLog, type Logger } from './http/log.ts'
import { PAGE_FOLDER } from './http/page.ts'
import { RESERVED_NAMES } from './http/reserved-names.ts'
import { drain } from './http/server.ts'
import { signInLink } from './http/sign-in-codes.ts'
import { VERSION } from './http/version.ts'
import { startGarbageJob } from './jobs/garbage-job.ts'
import { openMetadataStore } from './metadata/open.ts'
import { createNewId } from './new-id.ts'
import { argon2Passwords } from './passwords/argon2.ts'
import { createRandomHex } from './random-hex.ts'

/** Below the 30 s after which orchestrators kill what they asked to end. */
const DRAIN_LIMIT_MILLISECONDS = 25_000

/** Serves until it is told to stop. Throws `StartRefused` with a sentence for people. */
export async function serve(config: Config, terminal: boolean): Promise<void> {
  const log = await createLog({ level: config.logLevel, format: config.logFormat })
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'stopped by a fault of its own')
    process.exit(1)
  })
  const starting = start({ config, log, terminal })
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    const stopAll = await starting
    log.info(`${signal}: answering what runs, then stopping`)
    await stopAll()
    log.info('stopped')
    process.exit(0)
  }
  // Before it has started: who is told where it serves may tell it to stop at once.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
  await starting
}

interface Start {
  readonly config: Config
  readonly log: Logger
  /** Whether a person reads what is printed. */
  readonly terminal: boolean
}

/** Gives the way to stop: drain, close both stores, let go of the data folder. */
async function start(given: Start): Promise<() => Promise<void>> {
  const { config, log } = given
  // What was opened is closed again, last one first, also when a later step fails.
  const closers: Closer[] = []
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    const lock = lockDataFolder(config.dataFolder)
    closers.push(() => lock.release())
    const registry = await openRegistry(given, closers)
    const { freshAdminKey, linkKey, admin } = await bootstrapRegistry(
      registry,
      config.adminKey === null ? {} : { adminKey: config.adminKey },
    )
    const { app, context } = await createApp(registry, {
      config,
      linkKey,
      log,
      pageFolder: PAGE_FOLDER,
    })
    const garbage = collectGarbageHourly(registry, config, log)
    closers.push(() => garbage.stop())
    closers.push(() => drain(app, DRAIN_LIMIT_MILLISECONDS))
    await listen(app, config)
    const link = admin.hasPassword
      ? null
      : signInLink(context.publicUrl, context.signInCodes.make(admin.userId))
    announce(given, context.publicUrl, { freshAdminKey, link, isFirstStart: admin.isNew })
    return stop
  } catch (error) {
    await stop()
    throw isRegistryError(error) ? new StartRefused(sentenceOf(error)) : error
  }
}

function collectGarbageHourly(registry: Registry, config: Config, log: Logger) {
  return startGarbageJob(registry, {
    graceSeconds: config.garbageGraceSeconds,
    hold: () => holdBlobs(config.dataFolder),
    onCollected: (collected) => {
      if (collected === null) log.info('a backup runs, or another collects: no garbage collection')
      else log.info(collected, 'collected garbage')
    },
    onFailed: (error) =>
      log.error({ err: error }, 'garbage collection failed; the next one goes on'),
  })
}

type Closer = () => void | Promise<void>

async function openRegistry({ config, log }: Start, closers: Closer[]): Promise<Registry> {
  const now = () => Date.now() * 1000
  const randomHex = createRandomHex()
  const metadata = await openMetadata(config, log)
  closers.push(() => metadata.close())
  const blobs = await openDiskBlobStore({ folder: join(config.dataFolder, 'blobs'), now })
  closers.push(() => blobs.close())
  await blobs.probe()
  const newId = createNewId(now, randomHex)
  const passwords = argon2Passwords()
  return { metadata, blobs, passwords, now, newId, randomHex, reservedNames: RESERVED_NAMES }
}

async function openMetadata(
  { databaseUrl, dataFolder }: Config,
  log: Logger,
): Promise<MetadataStore> {
  try {
    return await openMetadataStore({
      url: databaseUrl ?? join(dataFolder, 'greenroom.db'),
      onTrouble: (error) => log.error({ err: error }, 'the stream stands still; tried again'),
    })
  } catch (error) {
    throw databaseRefused(error)
  }
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new StartRefused(
        `Port ${port} on ${host} is taken. Stop what listens there, or choose another with --port.`,
      )
    throw new StartRefused(`Cannot listen on ${host}, port ${port}: ${message}.`)
  }
}

interface WaysIn {
  readonly freshAdminKey: string | null
  /** A one-time link for `admin`; null once there is a password. */
  readonly link: string | null
  readonly isFirstStart: boolean
}

/** Says where it is, where the data lies, and how the first administrator gets in. */
function announce(start: Start, url: string, ways: WaysIn): void {
  const { config, log, terminal } = start
  const { freshAdminKey, link, isFirstStart } = ways
  // A log is kept and copied about: a key is shown to a person, or lies in a file of its own.
  if (freshAdminKey !== null && !terminal) writeAdminKey(config.dataFolder, freshAdminKey)
  const signInFile =
    link !== null && isFirstStart && !terminal
      ? writeSignInLink(config.dataFolder, link)
      : undefined
  const keyPath = adminKeyPath(config.dataFolder)
  const adminKeyFile = existsSync(keyPath) ? keyPath : undefined
  if (config.publicUrl === null && isEverywhere(config.host))
    log.warn(`links in answers begin with ${url}: for other machines, set --public-url`)
  if (!terminal) {
    const files = { adminKeyFile, signInFile }
    log.info({ version: VERSION, url, data: config.dataFolder, ...files }, 'serving')
    return
  }
  const lines = [`Greenroom ${VERSION} serves at ${url}`, `Its data lies in ${config.dataFolder}`]
  if (freshAdminKey !== null)
    lines.push('The first user is "admin". This key is shown only now:', '', `  ${freshAdminKey}`)
  else if (adminKeyFile !== undefined) lines.push(`The key of "admin" lies in ${adminKeyFile}`)
  if (link !== null)
    lines.push('', 'For the next 15 minutes this link signs "admin" in, once:', '', `  ${link}`)
  process.stdout.write(`\n${lines.join('\n')}\n\n`)
}

function sentenceOf(error: RegistryError): string {
  const { cause } = error
  return cause instanceof Error ? `${error.message} (${cause.message})` : error.message
}
