import { createTestDatabase, skipPostgres } from '../../test/postgres.ts'
import { testMetadataStore } from '../core/ports/metadata-store.conformance.ts'
import { openMetadataStore } from './open.ts'

const open = async () => openMetadataStore({ url: await createTestDatabase() })

testMetadataStore('PostgreSQL', open, { refusesYield: false, skip: skipPostgres })
