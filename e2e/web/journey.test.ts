import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@greenroom/sdk'
import { seed } from '../../scripts/seed.ts'
import { type StartedServer, startServer } from '../server.ts'
import { CHROMIUM, complaintsOf, keepPicture, openWindow, settled } from './browser.ts'

const MODEL = 'vehicle-detector'
const PASSWORD = 'correct horse battery staple'
const PATH = `/registries/greenroom-org/model/collections/${MODEL}`

async function choosePassword({ url, adminKey }: StartedServer): Promise<void> {
  const answer = await fetch(`${url}/api/v1/users/admin/password`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ password: PASSWORD }),
  })
  assert.equal(answer.status, 204)
}

/** A part of a journey: the parts after one that failed would only say so again. */
async function step(name: string, work: () => Promise<void>): Promise<void> {
  await work().catch((cause) => {
    throw new Error(`in the step “${name}”`, { cause })
  })
}

test('sign in, promote, see the old one archived, roll back, read the history; by clicks alone', {
  skip: CHROMIUM.missing,
}, async (t) => {
  const server = await startServer(t)
  const client = sdk.createClient({ url: server.url, key: server.adminKey })
  const registry = await seed(client, { only: [MODEL] })
  const collection = { owner: registry, name: MODEL }
  await choosePassword(server)
  const page = await openWindow(t, server, { signedIn: false })
  const complaints = complaintsOf(page)
  const other = await openWindow(t, server)

  await step('signing in leads to what is in production', async () => {
    await page.goto('/')
    await page.getByLabel('Name').fill('admin')
    await page.locator('input[name=password]').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: MODEL }).waitFor()
    const row = page.getByRole('row', { name: new RegExp(MODEL) })
    await row.getByRole('link', { name: 'v30' }).waitFor()
  })

  await other.goto(PATH)
  const otherProduction = other.getByRole('region', { name: /^production/ })
  await otherProduction.getByRole('article', { name: /^v30 / }).waitFor()

  await step('a move by the menu shows what it does, and does that', async () => {
    await page.getByRole('link', { name: MODEL }).click()
    const staging = page.getByRole('region', { name: /^staging/ })
    await staging.getByRole('button', { name: 'Actions for v31' }).click()
    await page.getByRole('menuitem', { name: 'Move production here…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('heading', { name: 'Move production to v31' }).waitFor()
    await dialog.getByText('v30 becomes archived').waitFor()
    await dialog.getByText('Expects generation 5').waitFor()
    await dialog.getByRole('row', { name: /accuracy/ }).waitFor()
    await keepPicture(page, 'journey-dialog')
    await dialog.getByLabel('Reason').fill('Better in every way')
    await dialog.getByRole('button', { name: 'Move production' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.getByText('production is v31 now').waitFor()
    const production = page.getByRole('region', { name: /^production, 1 of 1/ })
    await production.getByRole('article', { name: /^v31 / }).waitFor()
    const archived = page.getByRole('region', { name: /^archived/ })
    await archived.getByRole('article', { name: /^v30 / }).waitFor()
    const { slots } = await sdk.getAlias(client, collection, 'production')
    assert.deepEqual(
      slots.map(({ version }) => version),
      ['v31'],
    )
  })

  await step('a second window sees it arrive, without being touched', async () => {
    await otherProduction.getByRole('article', { name: /^v31 / }).waitFor()
    assert.equal(await otherProduction.getByRole('article').count(), 1)
  })

  await step('who loses a race is told who won, and may look again', async () => {
    const newest = page.getByRole('region', { name: 'Versions without a stage' })
    await newest.getByRole('article', { name: /^v33 / }).press('m')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('heading', { name: 'Move staging to v33' }).waitFor()
    await sdk.putAlias(client, collection, 'staging', { version: 'v32', reason: 'Quicker' })
    await dialog.getByRole('button', { name: 'Move staging' }).click()
    await dialog.getByText('Somebody was quicker; nothing was changed.').waitFor()
    await dialog.getByText(/admin moved staging to v32 .*“Quicker”/).waitFor()
    await keepPicture(page, 'journey-lost-race')
    assert.equal((await sdk.getAlias(client, collection, 'staging')).slots[0]?.version, 'v32')
    await dialog.getByRole('button', { name: 'Look again' }).click()
    await dialog.getByText('v32 is displaced').waitFor()
    await dialog.getByRole('button', { name: 'Move staging' }).click()
    await page.getByText('staging is v33 now').waitFor()
  })

  await step('a card that is dragged to a lane asks first; the toast takes it back', async () => {
    const unstaged = page.getByRole('region', { name: 'Versions without a stage' })
    const target = page.getByRole('region', { name: /^staging/ })
    await unstaged.getByRole('article', { name: /^v32 / }).dragTo(target)
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('heading', { name: 'Move staging to v32' }).waitFor()
    await dialog.getByRole('button', { name: 'Move staging' }).click()
    await page.getByText('staging is v32 now').waitFor()
    const toast = page.getByRole('alert').filter({ hasText: 'staging is v32 now' })
    await toast.getByRole('button', { name: 'Undo' }).click()
    await target.getByRole('article', { name: /^v33 / }).waitFor()
  })

  await step('a rollback shows the stack, and takes the move back', async () => {
    const production = page.getByRole('region', { name: /^production/ })
    await production.getByRole('button', { name: 'Actions for v31' }).click()
    await page.getByRole('menuitem', { name: 'Roll back production…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('heading', { name: 'Roll production back to v30' }).waitFor()
    await dialog.getByRole('radio', { name: /^v18/ }).waitFor()
    await dialog.getByLabel('Reason').fill('Too slow')
    await dialog.getByRole('button', { name: 'Roll back' }).click()
    await production.getByRole('article', { name: /^v30 / }).waitFor()
    await otherProduction.getByRole('article', { name: /^v30 / }).waitFor()
  })

  await step('the history tells all of it, and turns the page back', async () => {
    await page.getByRole('tab', { name: 'History' }).click()
    const newest = page.getByRole('listitem').filter({ hasText: 'Too slow' })
    await newest.getByText('Roll back by admin').waitFor()
    await newest.getByText('v31 became archived').waitFor()
    await page.getByText(/Chain verified: \d+ entries, every hash/).waitFor()
    const { items } = await sdk.listHistory(client, collection, { limit: 1000 })
    const before = items.find(
      ({ alias, to }) => alias === 'production' && to?.[0]?.version === 'v24',
    )
    await page.goto(`${PATH}?asOf=${before?.time}`)
    await page.getByText('This is the past').waitFor()
    const production = page.getByRole('region', { name: /^production/ })
    await production.getByRole('article', { name: /^v24 / }).waitFor()
    assert.equal(await page.getByRole('button', { name: /^Actions for/ }).count(), 0)
    await page.getByRole('button', { name: 'Back to now' }).click()
    await production.getByRole('article', { name: /^v30 / }).waitFor()
  })

  await settled(page)
  assert.deepEqual(complaints, [])

  await step('signing out everywhere ends what is signed in elsewhere, too', async () => {
    const elsewhere = await openWindow(t, server, { signedIn: false })
    await elsewhere.goto('/sign-in')
    await elsewhere.getByLabel('Name').fill('admin')
    await elsewhere.locator('input[name=password]').fill(PASSWORD)
    await elsewhere.getByRole('button', { name: 'Sign in' }).click()
    await elsewhere.getByRole('link', { name: MODEL }).waitFor()
    await page.getByRole('button', { name: 'Me: admin' }).click()
    await page.getByRole('menuitem', { name: 'Sign out everywhere' }).click()
    await page.getByRole('heading', { name: 'Sign in to Greenroom' }).waitFor()
    await elsewhere.reload()
    await elsewhere.getByRole('heading', { name: 'Sign in to Greenroom' }).waitFor()
  })
})

test('a lost connection is said, and what was missed comes when it is back', {
  skip: CHROMIUM.missing,
}, async (t) => {
  const server = await startServer(t)
  const client = sdk.createClient({ url: server.url, key: server.adminKey })
  const registry = await seed(client, { only: ['embedding-small'] })
  const page = await openWindow(t, server)
  await page.goto('/registries/greenroom-org/model/collections/embedding-small')
  await page.getByText('Live', { exact: true }).waitFor()
  await page.context().setOffline(true)
  await page.getByText(/^(Offline|Reconnecting)$/).waitFor()
  const collection = { owner: registry, name: 'embedding-small' }
  await sdk.putAlias(client, collection, 'production', { version: 'v11' })
  await page.context().setOffline(false)
  await page.getByText('Live', { exact: true }).waitFor()
  const production = page.getByRole('region', { name: /^production/ })
  await production.getByRole('article', { name: /^v11 / }).waitFor()
})
