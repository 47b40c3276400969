import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@greenroom/sdk'
import type { OwnerName } from '@greenroom/sdk/wire'
import type { Page } from 'playwright-core'
import { startServer } from '../server.ts'
import {
  CHROMIUM,
  complaintsOf,
  keepPicture,
  openWindow,
  settled,
  startBrowser,
} from './browser.ts'
import { logFiles, PROJECT } from './filled.ts'

// Whatever people call things, nothing of it runs. Each of these would call `hacked()` if it did.

const HOSTILE: readonly string[] = [
  '<script>hacked()</script>',
  '</script><script>hacked()</script>',
  '</title><script>hacked()</script>',
  '"><script>hacked()</script>',
  '<img src=x onerror=hacked()>',
  '"><img src=x onerror="hacked()">',
  "'><img src=x onerror='hacked()'>",
  '<svg onload=hacked()>',
  '<svg><script>hacked()</script></svg>',
  '<svg><animate onbegin=hacked() attributeName=x dur=1s>',
  '<svg><use href="data:image/svg+xml,<svg onload=hacked()>#x"/></svg>',
  '<body onload=hacked()>',
  '<iframe src="javascript:parent.hacked()"></iframe>',
  '<iframe srcdoc="<script>parent.hacked()</script>"></iframe>',
  '<details open ontoggle=hacked()>',
  '<input autofocus onfocus=hacked()>',
  '<marquee onstart=hacked()>',
  '<video><source onerror=hacked()></video>',
  '<a href="javascript:hacked()">x</a>',
  '<math><mi xlink:href="javascript:hacked()">x</mi></math>',
  '<form action="javascript:hacked()"><button>x</button></form>',
  '<object data="javascript:hacked()"></object>',
  '<link rel=stylesheet href="javascript:hacked()">',
  '<meta http-equiv=refresh content="0;url=javascript:hacked()">',
  '<base href="javascript:hacked()//">',
  '<template><script>hacked()</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=hacked()>">',
  '<style>@import "javascript:hacked()"</style>',
  'javascript:hacked()',
  ' javascript:hacked()//'.trim(),
  'JaVaScRiPt:hacked()',
  'data:text/html,<script>hacked()</script>',
  'vbscript:hacked()',
  '[a link](javascript:hacked())',
  '![a picture](x" onerror="hacked())',
  '<javascript:hacked()>',
  '[x]: javascript:hacked()',
  '```html\n<script>hacked()</script>\n```',
  '{{constructor.constructor("hacked()")()}}',
  `\${hacked()}`,
  '#{hacked()}',
  '<%= hacked() %>',
  '{{7*7}}',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  'a\u202egnp.exe\u202c',
  '\u2066\u2067bidi\u2069\u2069',
  'zero\u200bwidth\u200djoiner',
  '🚲👩‍👩‍👧‍👦🏳️‍🌈',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢',
  'long '.repeat(40).trim(),
  'x'.repeat(120),
  '<!--#exec cmd="x"--><!-- --><img src=x onerror=hacked()>',
  '%3Cscript%3Ehacked()%3C/script%3E',
  '&lt;script&gt;hacked()&lt;/script&gt;',
  '&#x3C;img src=x onerror=hacked()&#x3E;',
]

const REGISTRY: OwnerName = { kind: 'registry', entity: 'greenroom-org', name: 'model' }

/** Notes whatever runs, and whatever the page's policy had to stop: markup that came alive. */
const CANARY = `
  window.ran = []
  for (const name of ['hacked', 'alert', 'confirm', 'prompt', 'print'])
    window[name] = () => window.ran.push(name)
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, sample }) =>
    window.ran.push(effectiveDirective + ' ' + sample))`

/** Links that lead out of the web: none may be on any page. */
const STRANGE_LINKS = `[...document.querySelectorAll('[href], [src], [action]')]
  .map((one) => one.href?.baseVal ?? one.href ?? one.src ?? one.action)
  .filter((url) => !/^(https?|blob):/.test(url))`

test(`${HOSTILE.length} hostile names, keys, files, cards, notes and lines run no script`, {
  skip: CHROMIUM.missing,
  // Each part has a window of its own: on two cores two at once.
  concurrency: 2,
}, async (t) => {
  assert.ok(HOSTILE.length >= 33)
  const server = await startServer(t)
  const client = sdk.createClient({ url: server.url, key: server.adminKey })
  const { collections, run } = await fill(client)
  assert.ok(collections.length >= 33, `${collections.length} names were taken`)
  await startBrowser(t)
  const model = '/projects/admin/demo/collections/hostile'
  const part = (name: string, look: (visit: Visit) => Promise<void>) =>
    t.test(name, async (t) => {
      const page = await openWindow(t, server)
      await page.context().addInitScript(CANARY)
      const complaints = complaintsOf(page)
      await look(visiting(page))
      assert.deepEqual(complaints, [])
    })

  await Promise.all([
    part('each collection, and its card', async (visit) => {
      for (const name of collections) {
        const address = `/registries/greenroom-org/model/collections/${encodeURIComponent(name)}`
        await visit(`${address}?tab=card`)
      }
    }),
    part('each file, looked into', async (visit) => {
      for (const path of fileNames())
        await visit(`${model}/versions/v0?file=${encodeURIComponent(path)}`, {
          button: 'Close the file',
        })
    }),
    part('lists of them', async (visit) => {
      await visit('/registries/greenroom-org/model', { picture: 'hostile-registry' })
      await visit('/projects/admin/demo', { picture: 'hostile-project' })
      await visit('/projects/admin/demo/runs', { picture: 'hostile-runs' })
      await visit('/activity', { picture: 'hostile-activity' })
      await visit('/admin?tab=audit', { picture: 'hostile-audit' })
      await visit('/admin?tab=storage')
    }),
    part('a version whose keys, tags and words they are', async (visit) => {
      await visit(`${model}/versions/v0`, { picture: 'hostile-files' })
      await visit(`${model}/versions/v0?tab=metadata`, { picture: 'hostile-metadata' })
      await visit(`${model}/versions/v0?tab=metadata&q=hacked`)
      await visit(`${model}/versions/v0?tab=metrics`)
      await visit(`${model}/versions/v0?tab=lineage&view=graph`, { picture: 'hostile-lineage' })
      await visit(`${model}/versions/v0?tab=lineage&view=list`)
      await visit(`${model}/compare?version=v0&version=v1&all=yes`, { picture: 'hostile-compare' })
    }),
    part('a run that was told, and printed, all of them', async (visit) => {
      const address = `/projects/admin/demo/runs/${encodeURIComponent(run)}`
      await visit(address, { picture: 'hostile-run' })
      for (const tab of ['config', 'summary', 'console', 'versions'])
        await visit(`${address}?tab=${tab}`, { picture: `hostile-run-${tab}` })
    }),
    part('addresses that are made to hurt', async (visit) => {
      for (const [at, text] of HOSTILE.entries()) {
        const said = encodeURIComponent(text)
        await visit(
          at % 2 === 0
            ? `/activity?actor=${said}&kind=${said}`
            : `/admin?tab=grants&who=${said}&alias=${said}&collection=${said}&of=${said}`,
        )
      }
      await visit(`/sign-in?to=${encodeURIComponent('javascript:hacked()')}`)
    }),
  ])
})

interface Look {
  /** Keeps what is seen under this name. */
  readonly picture?: string
  /** It is there when it has come. */
  readonly button?: string
}
type Visit = (address: string, look?: Look) => Promise<void>

/** Goes there, waits until all has come, and looks whether anything came alive. */
function visiting(page: Page): Visit {
  return async (address, { picture, button } = {}) => {
    await page.goto(address)
    await settled(page)
    if (button !== undefined) await page.getByRole('button', { name: button }).waitFor()
    await assertNothingRan(page, address)
    if (picture !== undefined) await keepPicture(page, picture)
  }
}

async function assertNothingRan(page: Page, where: string): Promise<void> {
  assert.deepEqual(await page.evaluate('window.ran'), [], where)
  assert.deepEqual(await page.evaluate(STRANGE_LINKS), [], where)
}

/** A path may have no empty part, nor `.` or a control character in it. */
function fileNames(): readonly string[] {
  const endings = ['.html', '.svg', '.json', '.csv', '.md', '.txt']
  return HOSTILE.map((text, at) => {
    const parts = text.replace(/[\n\\]/g, ' ').split('/')
    return `${parts.filter((part) => part !== '').join('/')}${endings[at % endings.length]}`
  })
}

/** All of them, wherever the registry takes them. Gives the collections and the run. */
async function fill(client: sdk.Client) {
  const collections: string[] = []
  for (const text of HOSTILE) {
    const name = text.replace(/[/:\n]/g, '·').normalize('NFC')
    const description = `${HOSTILE.join('\n\n')}\n\n# ${text}`
    await sdk.createCollection(client, REGISTRY, { name, type: 'model', description })
    collections.push(name)
  }
  await sdk.createProject(client, { name: PROJECT.name })
  // The registry itself takes no key `__proto__`.
  const names = HOSTILE.filter((text) => text !== '__proto__')
  const keyed = Object.fromEntries(names.map((text, at) => [text, { [text]: at }]))
  const { run } = await sdk.startRun(client, PROJECT, {
    displayName: HOSTILE[5] ?? '',
    jobType: '<b onclick=hacked()>',
    notes: HOSTILE.join('\n'),
    tags: HOSTILE.map((text) => text.replaceAll('\n', ' ').normalize('NFC').slice(0, 60).trim()),
    config: keyed,
    summary: keyed,
  })
  await sdk.recordMetrics(client, PROJECT, run, {
    rows: [0, 1, 2].map((step) => ({
      step,
      values: Object.fromEntries(names.map((text) => [text, step])),
    })),
  })
  await sdk.recordOutput(client, PROJECT, run, { lines: HOSTILE.flatMap((one) => one.split('\n')) })
  const collection = { owner: PROJECT, name: 'hostile' }
  const contents = HOSTILE.join('\n')
  const files = Object.fromEntries(fileNames().map((path) => [path, `${path}\n${contents}`]))
  const wishes = { run, metadata: keyed, description: contents }
  await logFiles(client, collection, files, wishes)
  await logFiles(client, collection, { 'other.txt': contents }, { metadata: { a: 1 } })
  return { collections, run }
}
