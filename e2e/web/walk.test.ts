import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@greenroom/sdk'
import type { Page } from 'playwright-core'
import { seed } from '../../scripts/seed.ts'
import { startServer } from '../server.ts'
import {
  assertAccessible,
  becomes,
  CHROMIUM,
  complaintsOf,
  drawn,
  openWindow,
  settled,
} from './browser.ts'
import { logFiles, PREVIEWED, PROJECT, RETRAINED } from './filled.ts'

const MODEL = 'embedding-small'
const REGISTRY = '/registries/greenroom-org/model'
const OWN = { owner: PROJECT, name: 'previewed' }

const focused = (page: Page) =>
  page.evaluate<string>("document.activeElement?.getAttribute('aria-label') ?? ''")

test('files, lineage, lists and comparisons are walked without a mouse', {
  skip: CHROMIUM.missing,
}, async (t) => {
  const server = await startServer(t)
  const client = sdk.createClient({ url: server.url, key: server.adminKey })
  await seed(client, { only: [MODEL] })
  await logFiles(client, OWN, PREVIEWED)
  await logFiles(client, OWN, RETRAINED)
  const page = await openWindow(t, server)
  const complaints = complaintsOf(page)

  await t.test('a tree opens and closes by arrows, and Enter looks into a file', async () => {
    await page.goto('/projects/admin/demo/collections/previewed/versions/v0')
    const tree = page.getByRole('tree', { name: 'Files' })
    await tree.focus()
    const folder = tree.getByRole('treeitem', { name: /^pictures/ })
    await page.keyboard.press('Home')
    assert.equal(await folder.getAttribute('aria-expanded'), 'true')
    await page.keyboard.press('ArrowLeft')
    assert.equal(await folder.getAttribute('aria-expanded'), 'false')
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'File labels.csv' }).waitFor()
    await page.getByRole('cell', { name: 'a "b", c' }).waitFor()
    assert.match(page.url(), /file=labels\.csv/)
  })

  await t.test('the header of weights is read, not the weights', async () => {
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/files/')) asked.push(request.headers().range ?? 'all')
    })
    await page.getByRole('treeitem', { name: /model\.safetensors/ }).click()
    await page.getByRole('cell', { name: 'encoder.layer.0.weight' }).waitFor()
    await page.getByText('590,592 parameters').waitFor()
    assert.ok(asked.length > 0 && asked.every((range) => range.startsWith('bytes=0-')), `${asked}`)
  })

  await t.test('an ONNX file, too, says what tensors it holds', async () => {
    await page.getByRole('treeitem', { name: /tiny\.onnx/ }).click()
    await page.getByRole('cell', { name: 'layer.weight' }).waitFor()
    await page.getByText('ONNX: 1 tensor, 32 parameters, FLOAT').waitFor()
  })

  await t.test('two weight files are compared tensor by tensor', async () => {
    await page.goto('/projects/admin/demo/collections/previewed/compare?version=v0&version=v1')
    await page.getByRole('tree', { name: 'Differing files' }).focus()
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.waitForURL(/file=weights%2Fmodel\.safetensors/)
    const row = page.getByRole('row', { name: /^encoder\.layer\.0\.weight/ })
    await row.getByText('F16 768 × 768').waitFor()
    await row.getByText('F16 1024 × 768').waitFor()
  })

  await t.test(
    'an alias of a new name is set, and a name that cannot be one is refused',
    async () => {
      const collection = { owner: registry(), name: MODEL }
      await page.goto(`${REGISTRY}/collections/${MODEL}/versions/v2`)
      await page.getByRole('button', { name: 'More of this version' }).press('Enter')
      await page.getByRole('menuitem', { name: 'Set alias…' }).press('Enter')
      const dialog = page.getByRole('dialog', { name: 'Set an alias on v2' })
      // Typed once what there is to choose has come, and the menu has let go of the focus.
      await page.getByRole('option', { name: 'production' }).waitFor()
      await page.getByRole('menuitem').first().waitFor({ state: 'detached' })
      await settled(page)
      const pointer = dialog.getByRole('combobox', { name: 'Pointer' })
      await pointer.fill('v7')
      await page.getByRole('option', { name: 'New alias “v7”' }).click()
      const refused = page.getByRole('dialog', { name: 'Move v7 to v2' })
      await refused.getByRole('alert').filter({ hasText: 'alias' }).waitFor()
      await refused.getByRole('combobox', { name: 'Pointer' }).fill('shadow-eu')
      await page.getByRole('option', { name: 'New alias “shadow-eu”' }).click()
      const named = page.getByRole('dialog', { name: 'Move shadow-eu to v2' })
      await named.getByText('Expects generation 0').waitFor()
      await named.getByText('vacant').first().waitFor()
      await named.getByLabel('Reason').fill('Runs beside production')
      await named.getByRole('button', { name: 'Move shadow-eu' }).press('Enter')
      await named.waitFor({ state: 'hidden' })
      await page.getByRole('button', { name: 'The alias shadow-eu' }).waitFor()
      const [last] = (await sdk.listAliasHistory(client, collection, 'shadow-eu')).items
      assert.deepEqual([last?.to?.[0]?.version, last?.reason], ['v2', 'Runs beside production'])
    },
  )

  await t.test('an alias is taken from its version, which says what that leaves', async () => {
    const collection = { owner: registry(), name: MODEL }
    await sdk.putAlias(client, collection, 'trial', { version: 'v3' })
    await page.goto(`${REGISTRY}/collections/${MODEL}/versions/v3`)
    await page.getByRole('button', { name: 'The alias trial' }).press('Enter')
    await page.getByRole('menuitem', { name: 'Take it from v3…' }).press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Take trial from v3' })
    await dialog.getByText('becomes vacant').waitFor()
    await dialog.getByLabel('Reason').fill('The trial is over')
    await dialog.getByRole('button', { name: 'Take trial away' }).press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'The alias trial' }).waitFor({ state: 'hidden' })
    const [last] = (await sdk.listAliasHistory(client, collection, 'trial')).items
    assert.deepEqual([last?.cause, last?.reason], ['remove', 'The trial is over'])
  })

  await t.test('lineage goes along its edges by arrows', async () => {
    await page.goto(`${REGISTRY}/collections/${MODEL}/versions/v11?tab=lineage&view=graph`)
    const graph = page.getByRole('region', { name: 'Lineage graph' })
    await graph.getByRole('link', { name: `version ${MODEL} v11` }).focus()
    await page.keyboard.press('ArrowLeft')
    assert.match(await focused(page), /^run train embedding-small 11/)
    await page.keyboard.press('ArrowLeft')
    assert.equal(await focused(page), 'version training-data v0')
    await page.keyboard.press('+')
    await graph.getByRole('link', { name: 'run collect training data' }).waitFor()
    await page.keyboard.press('Home')
    assert.equal(await focused(page), `version ${MODEL} v11`)
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'train embedding-small 11' }).waitFor()
  })

  await t.test('rows are walked by arrows, and their head sorts', async () => {
    await page.goto('/projects/admin/demo/runs')
    const rows = page.getByRole('table', { name: 'Runs' }).getByRole('row')
    await rows.nth(1).getByRole('link').focus()
    await page.keyboard.press('ArrowDown')
    const second = await rows.nth(2).getByRole('link').first().textContent()
    assert.equal(await page.evaluate('document.activeElement.textContent'), second)
    await page.getByRole('button', { name: 'Run', exact: true }).press('Enter')
    await page.waitForURL(/sort=displayName/)
    await rows.nth(1).getByRole('link', { name: 'collect training data' }).waitFor()
  })

  await t.test(
    'another base turns the comparison around; all of it is in the address',
    async () => {
      await page.goto(`${REGISTRY}/collections/${MODEL}/compare?version=v0&version=v11`)
      await page.getByRole('row', { name: /^ndcg/ }).getByText('better').waitFor()
      await page.getByRole('radio', { name: 'Base' }).nth(1).check()
      await page.waitForURL(/base=v11/)
      await page.getByRole('row', { name: /^ndcg/ }).getByText('worse').waitFor()
      await page.getByRole('tree', { name: 'Differing files' }).waitFor()
      const add = page.getByRole('combobox', { name: 'Add a version' })
      await add.fill('v5')
      await add.press('Enter')
      await page.waitForURL(/version=v5/)
      await page.getByRole('link', { name: 'v5', exact: true }).waitFor()
    },
  )

  await t.test('deleting names who holds the version, and waits for a word', async () => {
    await page.goto(`${REGISTRY}/collections/${MODEL}/versions/v11`)
    await sdk.putAlias(client, { owner: registry(), name: MODEL }, 'canary', { version: 'v11' })
    await page.goto(`/projects/admin/demo/collections/${MODEL}/versions/v11`)
    await page.getByRole('button', { name: 'More of this version' }).click()
    await page.getByRole('menuitem', { name: 'Delete…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Delete v11' }).click()
    await dialog.getByText(`${MODEL}:canary`).waitFor()
    await dialog.getByRole('button', { name: 'Delete v11', disabled: true }).waitFor()
    await dialog.getByRole('button', { name: 'Keep it' }).click()
  })

  await settled(page)
  assert.deepEqual(complaints, [])
})

test('activity tells what happens, waits while one reads, and goes on after a lost connection', {
  skip: CHROMIUM.missing,
}, async (t) => {
  const server = await startServer(t)
  const client = sdk.createClient({ url: server.url, key: server.adminKey })
  await seed(client, { only: [MODEL] })
  const collection = { owner: registry(), name: MODEL }
  const page = await openWindow(t, server)
  await page.goto('/activity')
  await page.getByText('Live: what anybody changes').waitFor()
  const told = page.getByRole('main').getByRole('listitem')
  const first = told.first()

  await sdk.putAlias(client, collection, 'canary', { version: 'v3' })
  await first.getByText('canary').waitFor()
  await assertAccessible(page, 'activity')

  await t.test('while one reads further down, what comes waits', async () => {
    const isFurtherDown = async () => {
      // Again: it may have turned before there was enough to scroll.
      await page.mouse.wheel(0, 900)
      return page.evaluate<boolean>('window.scrollY > 200')
    }
    await becomes(page, isFurtherDown, true)
    // The page must have heard of it, too, before the next thing happens.
    await drawn(page)
    await sdk.putAlias(client, collection, 'canary', { version: 'v4' })
    const waiting = page.getByRole('button', { name: '1 new event' })
    await waiting.waitFor()
    assert.equal(await first.getByRole('link', { name: 'v4', exact: true }).count(), 0)
    await waiting.click()
    await first.getByRole('link', { name: 'v4', exact: true }).waitFor()
  })

  await t.test('a filter stands in the address, and older ones come on demand', async () => {
    await page.getByText('Moves', { exact: true }).click()
    await page.waitForURL(/kind=moves/)
    await page.getByText('logged').first().waitFor({ state: 'hidden' })
  })

  await t.test('what was missed comes when the connection is back, once', async () => {
    await page.context().setOffline(true)
    await page.getByText(/The connection is (gone|being made anew)/).waitFor()
    await sdk.putAlias(client, collection, 'canary', { version: 'v5' })
    await sdk.putAlias(client, collection, 'canary', { version: 'v6' })
    await page.context().setOffline(false)
    await first.getByRole('link', { name: 'v6', exact: true }).waitFor()
    const moves = told.filter({ hasText: 'canary' })
    assert.equal(await moves.count(), 4)
    await page.getByText('Live: what anybody changes').waitFor()
  })
})

function registry() {
  return { kind: 'registry', entity: 'greenroom-org', name: 'model' } as const
}
