import { testMetadataStore } from '../core/ports/metadata-store.conformance.ts'
import { openMetadataStore } from './open.ts'

testMetadataStore('SQLite in memory', () => openMetadataStore({ url: 'sqlite::memory:' }), {
  refusesYield: true,
})
