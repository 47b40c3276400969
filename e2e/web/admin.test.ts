import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import * as sdk from '@greenroom/sdk'
import { greenroom, startServer } from '../server.ts'
import { assertAccessible, CHROMIUM, complaintsOf, openWindow } from './browser.ts'
import { logFiles, PREVIEWED, PROJECT } from './filled.ts'

const MODEL = { kind: 'registry', entity: 'greenroom-org', name: 'model' } as const

test('what administrators do: keys, why, storage, the chain', {
  skip: CHROMIUM.missing,
}, async (t) => {
  const server = await startServer(t)
  const client = sdk.createClient({ url: server.url, key: server.adminKey })
  await sdk.createUser(client, { username: 'eve' })
  const page = await openWindow(t, server)
  const complaints = complaintsOf(page)

  await t.test('a key is shown once, and a revoked one only to who asks', async () => {
    await page.goto('/admin?tab=tokens&of=eve')
    await page.getByRole('button', { name: 'New token' }).click()
    const asked = page.getByRole('dialog', { name: 'New token of eve' })
    await asked.getByLabel('Name').fill('nightly')
    await asked.getByLabel('read').check()
    await asked.getByRole('button', { name: 'Make the token' }).click()
    const shown = page.getByRole('dialog', { name: 'The key of nightly' })
    const key = await shown.locator('pre').innerText()
    const eve = sdk.createClient({ url: server.url, key })
    assert.deepEqual((await sdk.getMe(eve)).access.scope?.verbs, ['read'])
    await assertAccessible(page, 'the key')
    await shown.getByRole('button', { name: 'I have it' }).click()
    await shown.waitFor({ state: 'detached' })
    await page.getByRole('row', { name: /^nightly/ }).waitFor()
    assert.ok(!(await page.content()).includes(key))

    await page.getByRole('button', { name: 'Revoke nightly' }).click()
    await page.getByRole('button', { name: 'Revoke it' }).click()
    await page.getByRole('row', { name: /^nightly/ }).waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Show 1 revoked one' }).click()
    await page.getByRole('row', { name: /^nightly.*revoked/ }).waitFor()
    await page.waitForURL(/revoked=yes/)
    await assert.rejects(sdk.getMe(eve))
  })

  await t.test('why somebody may not, and then may, move production', async () => {
    await page.goto('/admin?tab=grants')
    await page.getByRole('combobox', { name: 'User or service account' }).fill('eve')
    await page.getByRole('combobox', { name: 'Alias' }).fill('production')
    await page.getByRole('button', { name: 'Ask' }).click()
    await page.waitForURL(/who=eve/)
    const answer = page.getByRole('status').filter({ hasText: 'eve' })
    await answer.getByText('may not move').waitFor()
    await answer.getByText('Their role here is Viewer; it takes Member').waitFor()
    await sdk.createGrant(client, MODEL, { principal: 'eve', verb: 'promote', alias: 'prod*' })
    // The grant is an event: the page asks again by itself.
    await answer.getByText('may move', { exact: true }).waitFor()
    await answer
      .getByText(/A grant decides, their own: allow promote on \*, alias prod\*/)
      .waitFor()
  })

  await t.test('the chain of events is computed anew, up to the newest one', async () => {
    await page.goto('/admin?tab=audit')
    await page.getByRole('row', { name: /granted eve/ }).waitFor()
    await page.getByRole('button', { name: 'Verify the chain' }).click()
    const { revision } = await sdk.listEvents(client, { limit: 1000 })
    await page.getByText(`Verified up to revision ${revision}`).waitFor()
  })

  await t.test('nothing was counted yet: storage says when it will be', async () => {
    await page.goto('/admin?tab=storage')
    await page.getByRole('heading', { name: 'Not counted yet' }).waitFor()
  })
  assert.deepEqual(complaints, [])
})

test('storage: what each project takes, as the last collection counted it', {
  skip: CHROMIUM.missing,
}, async (t) => {
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'greenroom-storage-'))
  const first = await startServer(t, { dataFolder })
  const filling = sdk.createClient({ url: first.url, key: first.adminKey })
  await logFiles(filling, { owner: PROJECT, name: 'one' }, PREVIEWED)
  const other = { ...PROJECT, name: 'other' }
  await logFiles(filling, { owner: other, name: 'two' }, { 'a.bin': new Uint8Array(4096) })
  await logFiles(filling, { owner: other, name: 'three' }, PREVIEWED)
  await first.stop()
  await greenroom('collect', '--data', dataFolder)
  const server = await startServer(t, { dataFolder })
  t.after(() => rmSync(dataFolder, { recursive: true, force: true }))
  const page = await openWindow(t, server)
  await page.goto('/admin?tab=storage')
  const row = page.getByRole('row', { name: /^admin\/other/ })
  await row.getByText('4.00 KiB', { exact: true }).waitFor()
  const client = sdk.createClient({ url: server.url, key: server.adminKey })
  const { counted, lastCollection } = await sdk.getStorage(client)
  const [most, least] = counted?.owners ?? []
  assert.deepEqual([most?.owner.name, most?.uniqueBytes], ['other', 4096])
  assert.deepEqual([least?.owner.name, least?.uniqueBytes], ['demo', 0])
  assert.equal(least?.bytes, (most?.bytes ?? 0) - 4096)
  assert.equal(lastCollection?.removedBlobs, 0)
  await row.getByRole('link', { name: 'admin/other' }).click()
  await page.waitForURL('/projects/admin/other')
})
