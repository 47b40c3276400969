// A data folder that was never served, filled as if weeks had gone by: the registry itself runs
// here, with a clock that is put forward between versions. Nothing is written but by its
// operations, so that every chain and every number is as a server makes them.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import * as sdk from '@greenroom/sdk'
import { createApp } from '../packages/server/src/app.ts'
import {
  blobsPath,
  databasePath,
  openToChange,
} from '../packages/server/src/commands/open-registry.ts'
import { readConfig, readSurroundings } from '../packages/server/src/config.ts'
import { bootstrapRegistry } from '../packages/server/src/core/operations/bootstrap-registry.ts'
import type { Registry } from '../packages/server/src/core/registry.ts'
import { makeDataFolder, writeAdminKey } from '../packages/server/src/data-folder.ts'
import { createLog } from '../packages/server/src/http/log.ts'
import { createNewId } from '../packages/server/src/new-id.ts'

const PAST_MICROSECONDS = 12 * 7 * 24 * 3_600 * 1_000_000

/**
 * Makes the folder; `fill` says with `reach` what share of the past has gone by, 0 to 1. Throws
 * when there is a registry in it.
 */
export async function seedPast(
  folder: string,
  fill: (client: sdk.Client, reach: (share: number) => void) => Promise<unknown>,
): Promise<void> {
  if (existsSync(databasePath(folder))) throw new Error(`There is a registry in ${folder} already.`)
  makeDataFolder(folder)
  mkdirSync(blobsPath(folder), { recursive: true })
  writeFileSync(databasePath(folder), '')
  const argv = ['--data', folder, '--port', '0', '--rate-limit', '0']
  const { config } = readConfig({ ...readSurroundings(argv), environment: {} })
  const opened = await openToChange(config)
  const begin = Date.now() * 1_000 - PAST_MICROSECONDS
  const { now, reach } = clockFrom(begin)
  const registry: Registry = {
    ...opened.registry,
    now,
    newId: createNewId(now, opened.registry.randomHex),
  }
  const { freshAdminKey, linkKey } = await bootstrapRegistry(registry, {})
  if (freshAdminKey === null) throw new Error('A new registry has an administrator already.')
  writeAdminKey(folder, freshAdminKey)
  const log = await createLog({ level: 'error', format: 'json' })
  const { app } = await createApp(registry, { config, linkKey, log, pageFolder: null })
  try {
    const url = await app.listen({ host: config.host, port: config.port })
    const client = sdk.createClient({ url, key: freshAdminKey })
    await fill(client, (share) => reach(begin + Math.round(share * PAST_MICROSECONDS)))
  } finally {
    await app.close()
    await opened.close()
  }
}

/** Runs on as time does, and is put forward: never back. */
function clockFrom(begin: number) {
  let base = begin
  let since = performance.now()
  const now = () => base + Math.round((performance.now() - since) * 1_000)
  const reach = (to: number) => {
    base = Math.max(now(), to)
    since = performance.now()
  }
  return { now, reach }
}
