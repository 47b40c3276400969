import { after, before, describe } from 'node:test'
import type { MetadataStore } from './metadata-store.ts'
import { testAccess } from './metadata-store-access.conformance.ts'
import { testContent } from './metadata-store-content.conformance.ts'
import type { Context, StoreTraits } from './metadata-store-fixture.conformance.ts'
import { testOwners } from './metadata-store-owners.conformance.ts'
import { testPointers } from './metadata-store-pointers.conformance.ts'
import { testRuns } from './metadata-store-runs.conformance.ts'
import { testSearch } from './metadata-store-search.conformance.ts'
import { testSignIns } from './metadata-store-sign-in.conformance.ts'
import { testStream } from './metadata-store-stream.conformance.ts'
import { testTransactions } from './metadata-store-transactions.conformance.ts'
import { testUpkeep } from './metadata-store-upkeep.conformance.ts'
import { testVersions } from './metadata-store-versions.conformance.ts'

/** Every promise of `MetadataStore`, for one kind of store. `skip` says why it cannot run here. */
export function testMetadataStore(
  kind: string,
  open: () => Promise<MetadataStore>,
  { skip = false, ...traits }: StoreTraits & { readonly skip?: string | false },
): void {
  describe(`MetadataStore (${kind})`, { skip }, () => {
    let store: MetadataStore
    before(async () => {
      store = await open()
    })
    after(() => store.close())
    const context: Context = { store: () => store, ...traits }
    describe('transactions', () => testTransactions(context, open))
    describe('settings, entities, users, owners', () => testOwners(context))
    describe('members, grants', () => testAccess(context))
    describe('passwords, sessions, codes', () => testSignIns(context))
    describe('collections, memberships, versions', () => testVersions(context))
    describe('manifests, blobs, drafts', () => testContent(context))
    describe('aliases, pointer log, events', () => testPointers(context))
    describe('the stream', () => testStream(context, open))
    describe('runs, run files, lineage', () => testRuns(context))
    describe('searches', () => testSearch(context))
    describe('garbage, leases, audit', () => testUpkeep(context))
  })
}
