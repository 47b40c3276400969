import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startServer } from '../e2e/server.ts'
import { CHROMIUM, openWindow, settled } from '../e2e/web/browser.ts'
import { CROWDED, largeRegistry, type Size } from './large-registry.ts'
import { report, show, tableOf } from './report.ts'

const QUICK = process.argv.includes('--quick')
const ROUNDS = QUICK ? 1 : 5
const SIZE: Size = {
  collections: 100,
  versionsEach: QUICK ? 20 : 1_000,
  tagsEach: 3,
  crowded: { versions: QUICK ? 200 : 5_000, tagsEach: 18 },
}
const OWNER = '/projects/admin/bench'
const COLLECTION = `${OWNER}/collections/${CROWDED}`

/** Pages, and what of each is scrolled. */
const PAGES = [
  ['a project with 100 collections', OWNER, undefined],
  ['the versions of one collection', `${COLLECTION}?tab=versions`, '[aria-label="Versions"]'],
  ['its board', COLLECTION, '[aria-label="Versions without a stage"] > div:last-child'],
] as const

interface Figures {
  readonly largestPaint: number[]
  readonly longestTask: number[]
  readonly longTasks: number[]
}

test('B10: the page, its largest paint and its long tasks while scrolling', {
  skip: CHROMIUM.missing,
}, async (t) => {
  const dataFolder = await largeRegistry(t, SIZE)
  const server = await startServer(t, { dataFolder })
  const found = new Map<string, Figures>()
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, address, scrolled] of PAGES) {
      const figures = found.get(name) ?? { largestPaint: [], longestTask: [], longTasks: [] }
      found.set(name, figures)
      await measure(t, server, address, scrolled, figures)
    }
  const rows = [...found].map(([name, { largestPaint, longestTask, longTasks }]) => [
    name,
    show(largestPaint),
    show(longestTask),
    show(longTasks),
  ])
  report('B10', 'the page in Chromium (the built server)', [
    `${SIZE.collections} collections of ${SIZE.versionsEach} versions, and one of`,
    `${SIZE.crowded.versions} with ${SIZE.crowded.tagsEach} tags each; ${ROUNDS} fresh windows`,
    'of 1440 px each, on loopback; median (lowest–highest). A long task is one over 50 ms.',
    '',
    ...tableOf(['largest paint, ms', 'longest task while scrolling, ms', 'long tasks'], rows),
  ])
})

async function measure(
  t: TestContext,
  server: Parameters<typeof openWindow>[1],
  address: string,
  scrolled: string | undefined,
  { largestPaint, longestTask, longTasks }: Figures,
): Promise<void> {
  const page = await openWindow(t, server)
  await page.goto(address)
  await settled(page)
  await page.waitForTimeout(1_000)
  largestPaint.push(await page.evaluate<number>(LARGEST_PAINT))
  await page.evaluate(WATCH_TASKS)
  await scroll(page, scrolled)
  const tasks = await page.evaluate<number[]>('window.longTasks')
  longestTask.push(Math.max(0, ...tasks))
  longTasks.push(tasks.length)
  await page.context().close()
}

const STEPS = 60
const STEP_PIXELS = 240
const FRAME_MILLISECONDS = 32

/** As by a wheel that is turned fast. */
async function scroll(page: Page, scrolled: string | undefined): Promise<void> {
  if (scrolled === undefined) await page.mouse.move(700, 500)
  else await page.locator(scrolled).hover()
  for (let step = 0; step < STEPS; step++) {
    await page.mouse.wheel(0, STEP_PIXELS)
    await page.waitForTimeout(FRAME_MILLISECONDS)
  }
}

const LARGEST_PAINT = `new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
    .observe({ type: 'largest-contentful-paint', buffered: true })
})`

const WATCH_TASKS = `window.longTasks = []
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.longTasks.push(Math.round(duration))
}).observe({ type: 'longtask' })`
