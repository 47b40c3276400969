import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Page,
  type Request,
} from 'playwright-core'
import type { StartedServer } from '../server.ts'
import { chromiumProgram, ROOT } from '../setup.ts'

// A real browser on the page that the built server serves.

export const CHROMIUM = chromiumProgram()
/** What a test run leaves to be looked at. */
export const ARTEFACTS = path.join(ROOT, '.cache', 'web')

export const WIDTHS = [1440, 390] as const
export const THEMES = ['light', 'dark'] as const

let browser: Promise<Browser> | undefined

/** One browser for all tests of a file; it ends with the last of them. */
export function startBrowser(t: TestContext): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: CHROMIUM.path,
    // As root there is no sandbox to be had; what is opened here is our own.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
  const started = browser
  t.after(async () => {
    browser = undefined
    await (await started).close()
  })
  return started
}

export interface OpenOptions {
  readonly width?: number
  readonly theme?: (typeof THEMES)[number]
  /** Sign in with the administrator's key, as the API key form does. */
  readonly signedIn?: boolean
}

/** Long: what stands still is a fault, what is only slow is not. */
const PATIENCE_MILLISECONDS = 30_000

/** A window of its own: cookies, storage, theme. */
export async function openWindow(
  t: TestContext,
  server: Pick<StartedServer, 'url' | 'adminKey'>,
  { width = 1440, theme = 'light', signedIn = true }: OpenOptions = {},
): Promise<Page> {
  const context: BrowserContext = await (await startBrowserOnce(t)).newContext({
    baseURL: server.url,
    viewport: { width, height: width < 800 ? 844 : 900 },
    colorScheme: theme,
    reducedMotion: 'reduce',
  })
  t.after(() => context.close())
  if (signedIn)
    await context.addInitScript(`sessionStorage.setItem('greenroom-key', '${server.adminKey}')`)
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MILLISECONDS)
  asked.set(page, requestsOf(page))
  return page
}

/** What each window waits for. */
const asked = new WeakMap<Page, ReadonlySet<Request>>()

/** The requests under way: all but those that stay open for what happens. */
function requestsOf(page: Page): ReadonlySet<Request> {
  const open = new Set<Request>()
  page.on('request', (request) => {
    if (!request.url().includes('/events/watch')) open.add(request)
  })
  page.on('requestfinished', (request) => open.delete(request))
  page.on('requestfailed', (request) => open.delete(request))
  return open
}

async function startBrowserOnce(t: TestContext): Promise<Browser> {
  return browser ?? startBrowser(t)
}

/** What the page's console said is wrong, script errors among it. Refused calls are the API's. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`script error: ${error.message}`))
  page.on('console', (message) => {
    const isRefusal = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text())
  })
  return complaints
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly help: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
  }[]
}

/** Fails with what axe finds against WCAG 2.2 AA. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  // Through the debugger: the page's policy lets no script of others in.
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: AXE })
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })
      .then(({ violations }) => JSON.stringify({ violations }))`,
    awaitPromise: true,
  })
  assert.equal(exceptionDetails, undefined)
  await session.detach()
  const { violations } = JSON.parse(String(result.value)) as AxeResult
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes
      .slice(0, 3)
      .map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`),
  )
  assert.deepEqual(found, [], what)
}

/** Keeps a picture of what is on the screen. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  if (!existsSync(ARTEFACTS)) mkdirSync(ARTEFACTS, { recursive: true })
  await page.screenshot({ path: path.join(ARTEFACTS, `${name}.png`) })
}

/** What happened is drawn, and what that asks for is asked, once a second frame begins. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(`new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 20))))`)
}

/** When nothing is being asked for any more and no skeleton stands. */
export async function settled(page: Page): Promise<void> {
  // `main` is there before the page in it, whose program may have to be loaded first.
  await page.locator('main').locator('h1, h2, [role="alert"]').first().waitFor()
  const loading = page.getByLabel('Loading')
  const open = asked.get(page) ?? new Set()
  const until = Date.now() + PATIENCE_MILLISECONDS
  // What came may have to load something in its turn, and that says so some frames later.
  for (let still = 0; still < 3; still += 1) {
    if (open.size > 0 || (await loading.count()) > 0) still = 0
    const urls = [...open].map((request) => request.url())
    assert.ok(Date.now() < until, `still waits for ${urls.join(', ') || 'what it loads'}`)
    await loading.first().waitFor({ state: 'hidden' })
    await drawn(page)
  }
  await page.evaluate('document.fonts.ready.then(() => undefined)')
}

/** Looks until it sees what is wanted; else fails with what it saw last. */
export async function becomes<Seen>(
  page: Page,
  look: () => Promise<Seen>,
  wanted: Seen,
): Promise<void> {
  const until = Date.now() + PATIENCE_MILLISECONDS
  let seen = await look()
  while (!isDeepStrictEqual(seen, wanted) && Date.now() < until) {
    await drawn(page)
    seen = await look()
  }
  assert.deepEqual(seen, wanted)
}
