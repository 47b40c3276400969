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
  openWindow,
  settled,
} from './browser.ts'

const MODEL = 'support-ticket-router'
const OTHER = 'embedding-small'
const REGISTRY = '/registries/greenroom-org/model'
const PATH = `${REGISTRY}/collections/${MODEL}`

/** The address changes before the rows do: they are looked at until they are as wanted. */
async function namesBecome(page: Page, wanted: readonly string[]): Promise<void> {
  const names = page
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name: /^Actions for/ }) })
    .getByRole('link')
    .filter({ hasText: /^[a-z]+-/ })
  await becomes(page, () => names.allTextContents(), wanted)
}

test('what a registry and a collection show is filtered, sorted, measured and turned back', {
  skip: CHROMIUM.missing,
}, async (t) => {
  const server = await startServer(t)
  const client = sdk.createClient({ url: server.url, key: server.adminKey })
  const owner = await seed(client, { only: [MODEL, OTHER] })
  const collection = { owner, name: MODEL }
  const page = await openWindow(t, server)
  const complaints = complaintsOf(page)

  await t.test('rows by tag, by a vacant stage, by size and by the key metric', async () => {
    await page.goto(REGISTRY)
    await page.getByRole('link', { name: MODEL }).waitFor()
    await page.getByRole('button', { name: 'Size' }).click()
    await page.waitForURL(/sort=size/)
    await namesBecome(page, [OTHER, MODEL])
    await page.getByRole('button', { name: 'Key metric' }).click()
    // Its head must know of the first click before the second turns it round.
    await page.locator('th[aria-sort=ascending]', { hasText: 'Key metric' }).waitFor()
    await page.getByRole('button', { name: 'Key metric' }).click()
    await page.waitForURL(/sort=-metric/)
    await namesBecome(page, [MODEL, OTHER])
    await page.getByRole('combobox', { name: 'Stage' }).selectOption('production vacant')
    await page.waitForURL(/held=vacant/)
    await page.getByRole('link', { name: OTHER }).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByRole('combobox', { name: 'Tag', exact: true }).selectOption('search')
    await page.getByRole('link', { name: MODEL }).waitFor({ state: 'hidden' })
    await namesBecome(page, [OTHER])
  })

  await t.test('the palette finds versions and runs, and opens a move', async () => {
    const search = page.getByPlaceholder('Search models, versions, runs, actions')
    await page.keyboard.press('Control+k')
    await search.fill('ticket v7')
    await page
      .getByRole('button', { name: new RegExp(`^${MODEL} v7`) })
      .first()
      .click()
    await page.waitForURL(/versions\/v7$/)
    await page.keyboard.press('Control+k')
    await search.fill(`train ${MODEL} 3`)
    await page
      .getByRole('button', { name: new RegExp(`^train ${MODEL} 3`) })
      .first()
      .click()
    await page.waitForURL(/\/runs\//)
    await page.keyboard.press('Control+k')
    await search.fill('ticket')
    await page
      .getByRole('button', { name: `Move a pointer of ${MODEL}…` })
      .first()
      .click()
    await page.getByRole('heading', { name: 'Move production to v26' }).waitFor()
    await page.keyboard.press('Escape')
  })

  await t.test(
    'which way a metric is better is said once, and every difference follows',
    async () => {
      const staged = page.getByRole('article', { name: /^v25 / })
      await sdk.putAlias(client, collection, 'production', { version: 'v3' })
      await page.goto(PATH)
      await staged.getByText('better').first().waitFor()
      assert.equal(await staged.getByText('worse').count(), 0)
      await page.getByRole('tab', { name: 'Settings' }).click()
      const way = page.getByRole('radiogroup', { name: 'Which way of f1 is better' })
      await way.getByText('Lower is better').click()
      await page.getByRole('button', { name: 'Save metrics' }).click()
      await page.getByRole('tab', { name: 'Board' }).click()
      await staged.getByText('worse').waitFor()
      const { measures } = await sdk.getCollection(client, collection)
      assert.deepEqual(measures[0], { path: 'f1', better: 'lower' })
    },
  )

  await t.test('a filter is written with help, and a column may be any metadata', async () => {
    await page.goto(`${PATH}?tab=versions`)
    const filter = page.getByRole('combobox', { name: 'Filter versions' })
    await filter.fill('f1')
    await page.getByRole('option', { name: /^metadata\.f1:/ }).click()
    await page.getByRole('option', { name: /is at least/ }).click()
    await page.keyboard.type('0.85')
    await page.keyboard.press('Enter')
    await page.waitForURL(/filter=metadata\.f1/)
    await page.getByRole('link', { name: 'v0', exact: true }).waitFor({ state: 'hidden' })
    await page.getByRole('link', { name: 'v26', exact: true }).waitFor()
    await filter.fill('nonsense')
    await page.keyboard.press('Enter')
    await page.getByText('A condition is field:comparison:value').waitFor()
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'framework' }).check()
    await page.getByRole('cell', { name: 'torch' }).first().waitFor()
    await page.keyboard.press('Escape')
    await assertAccessible(page, 'versions, filtered')
  })

  await t.test('the whole page goes back to an instant, however it is asked for', async () => {
    const { items } = await sdk.listHistory(client, collection, { limit: 1_000 })
    const cleared = items.find(({ cause }) => cause === 'clear')
    const before = items.find(({ seq }) => seq === (cleared?.seq ?? 0) - 1)
    await page.goto(`${PATH}?tab=history&asOf=${before?.time}`)
    await page.getByText('This is the past').waitFor()
    await page.getByText(/^Chain verified: \d+ entries/).waitFor()
    assert.equal(await page.getByText('Rules took over').count(), 0)
    await page.getByRole('button', { name: 'Now', exact: true }).click()
    await page.getByText('Rules took over').waitFor()
    const timeline = page.getByRole('region', { name: /^Timeline/ })
    await timeline.press('+')
    await page.getByRole('button', { name: 'Zoom out' }).click()
    await page.getByRole('button', { name: 'Zoom out', disabled: true }).waitFor()
    await page.goto(`${PATH}?asOf=${before?.time}`)
    await page
      .getByRole('region', { name: /^production/ })
      .getByRole('article')
      .waitFor()
    const there = page.getByRole('region', { name: 'All versions of that time' })
    await there.getByRole('article', { name: /^v19 / }).waitFor()
    assert.equal(await there.getByRole('article', { name: /^v26 / }).count(), 0)
    await page.getByRole('button', { name: 'Promote…', disabled: true }).waitFor()
  })

  await t.test('the keys are told under ?', async () => {
    await page.keyboard.press('Shift+?')
    await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor()
    await assertAccessible(page, 'shortcuts')
    await page.keyboard.press('Escape')
  })

  await settled(page)
  assert.deepEqual(complaints, [])
})
