import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { testMetadataStore } from '../core/ports/metadata-store.conformance.ts'
import { openMetadataStore } from './open.ts'

const folder = mkdtempSync(join(tmpdir(), 'greenroom-metadata-'))
after(() => rmSync(folder, { recursive: true }))

let opened = 0
const open = () => {
  opened += 1
  return openMetadataStore({ url: join(folder, `${opened}.db`) })
}

testMetadataStore('SQLite on disk', open, { refusesYield: true })
