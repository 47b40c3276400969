import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import * as sdk from '@greenroom/sdk'
import { seed } from '../../scripts/seed.ts'
import { greenroom, startServer } from '../server.ts'
import {
  assertAccessible,
  CHROMIUM,
  complaintsOf,
  keepPicture,
  openWindow,
  settled,
  startBrowser,
  THEMES,
  WIDTHS,
} from './browser.ts'
import { logFiles, PREVIEWED, PROJECT, RETRAINED } from './filled.ts'

const MODEL = 'vehicle-detector'
const OWN = { owner: PROJECT, name: 'previewed' }
const LINKED = `/registries/greenroom-org/model/collections/${MODEL}`
const OWN_PATH = '/projects/admin/demo/collections/previewed'
const PREVIEW = `${OWN_PATH}/versions/v0`
const RUNS = '/projects/admin/demo/runs'

/** Name of the picture, and address. `{run}` and `{other}` are runs. */
const PAGES: readonly (readonly [name: string, path: string])[] = [
  ['version', `${LINKED}/versions/production`],
  ...Object.keys(PREVIEWED).map(
    (file) => [`file-${file.replaceAll('/', '-')}`, `${PREVIEW}?file=${file}`] as const,
  ),
  ['metadata', `${LINKED}/versions/v30?tab=metadata&q=e`],
  ['metrics', `${LINKED}/versions/v31?tab=metrics`],
  ['lineage', `${LINKED}/versions/v30?tab=lineage&view=graph`],
  ['lineage-list', `${LINKED}/versions/v30?tab=lineage&view=list`],
  ['version-missing', `${LINKED}/versions/v999`],
  ['compare', `${LINKED}/compare?version=production&version=staging&version=v3&all=yes`],
  ['compare-empty', `${LINKED}/compare`],
  ['compare-tensors', `${OWN_PATH}/compare?version=v0&version=v1&file=weights/model.safetensors`],
  ['project', '/projects/admin/demo'],
  ['runs', RUNS],
  ['run', `${RUNS}/{run}?with={other}&smooth=40&log=yes`],
  ['run-config', `${RUNS}/{run}?tab=config`],
  ['run-console', `${RUNS}/{run}?tab=console`],
  ['run-versions', `${RUNS}/{run}?tab=versions`],
  ['activity', '/activity?kind=places'],
  ['admin-users', '/admin'],
  ['admin-teams', '/admin?tab=teams'],
  ['admin-team', '/admin?tab=teams&of=vision'],
  ['admin-accounts', '/admin?tab=service-accounts'],
  ['admin-tokens', '/admin?tab=tokens&of=ci'],
  ['admin-grants', '/admin?tab=grants'],
  ['admin-why', '/admin?tab=grants&who=ada&verb=promote&alias=production'],
  ['admin-storage', '/admin?tab=storage'],
  ['admin-audit', '/admin?tab=audit'],
]

test('each page of the details at both widths and in both themes: axe finds nothing', {
  skip: CHROMIUM.missing,
  // Each theme is a window of its own: on two cores both at once.
  concurrency: THEMES.length,
}, async (t) => {
  const { server, runs } = await startFilled(t)
  await startBrowser(t)
  await Promise.all(
    THEMES.map((theme) =>
      t.test(theme, async (t) => {
        const page = await openWindow(t, server, { theme })
        const complaints = complaintsOf(page)
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: width < 800 ? 844 : 900 })
          for (const [name, address] of PAGES)
            await t.test(`${name}, ${theme}, ${width} px`, async () => {
              await page.goto(address.replace(/\{(\w+)\}/g, (_, which) => runs[which] ?? ''))
              await settled(page)
              await page.getByRole('heading', { level: 1 }).waitFor()
              // Its nodes are drawn once they are measured.
              if (name === 'lineage') await page.getByRole('link', { name: /^run / }).waitFor()
              await keepPicture(page, `${name}-${theme}-${width}`)
              await assertAccessible(page, name)
              const wide = await page.evaluate<number>(
                'document.documentElement.scrollWidth - document.documentElement.clientWidth',
              )
              assert.ok(wide <= 0, `${wide} px too wide`)
              assert.deepEqual(complaints.splice(0), [])
            })
        }
      }),
    ),
  )
})

/** A server whose storage was counted: a collection of garbage ran over what it was filled with. */
async function startFilled(t: TestContext) {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'greenroom-details-'))
  const first = await startServer(t, { dataFolder })
  const client = sdk.createClient({ url: first.url, key: first.adminKey })
  await seed(client, { only: [MODEL] })
  const runs = await fill(client)
  await first.stop()
  await greenroom('collect', '--data', dataFolder)
  const server = await startServer(t, { dataFolder })
  t.after(() => rmSync(dataFolder, { recursive: true, force: true }))
  return { server, runs }
}

/** What the seed lacks: files to look into, a console, people and their rights. */
async function fill(client: sdk.Client): Promise<Readonly<Record<string, string>>> {
  await logFiles(client, OWN, PREVIEWED, { metadata: { accuracy: 0.9 }, tags: ['looked-at'] })
  await logFiles(client, OWN, RETRAINED)
  const { items } = await sdk.listRuns(client, PROJECT, { contains: 'train', limit: 2 })
  const [run = '', other = ''] = items.map((one) => one.run)
  await sdk.recordOutput(client, PROJECT, run, {
    lines: Array.from(
      { length: 60 },
      (_, at) => `epoch ${at}\r\u001b[32mepoch ${at} done\u001b[0m`,
    ),
  })
  await sdk.createUser(client, { username: 'ada', displayName: 'Ada Lovelace', email: null })
  await sdk.createTeam(client, { name: 'vision' })
  await sdk.setTeamMember(client, 'vision', 'ada', { role: 'member' })
  const organization = 'greenroom-org'
  await sdk.createServiceAccount(client, { name: 'ci', organization, role: 'viewer' })
  await sdk.createToken(client, 'ci', {
    name: 'deploy job',
    scope: { verbs: ['read', 'download'], owner: 'registry/*' },
    expiresAt: '2100-01-01T00:00:00Z',
  })
  const registry = { kind: 'registry', entity: organization, name: 'model' } as const
  await sdk.createGrant(client, registry, { principal: 'ci', verb: 'promote', alias: 'staging*' })
  await sdk.setMember(client, registry, 'ada', { role: 'viewer' })
  return { run, other }
}
