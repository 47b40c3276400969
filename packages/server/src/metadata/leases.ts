import { sql } from 'kysely'
import type { LeaseWrites } from '../core/ports/metadata-store-upkeep.ts'
import type { LeaseRow } from './schema.ts'
import type { Session } from './session.ts'
import { define } from './statement.ts'

const take = define('lease.take', ({ raw }, p: LeaseRow & { now: number }) =>
  raw(sql`
    insert into lease (name, holder, until) values (${p.name}, ${p.holder}, ${p.until})
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
      where lease.holder = excluded.holder or lease.until <= ${p.now}`),
)

const release = define('lease.release', ({ db }, p: { name: string; holder: string }) =>
  db.deleteFrom('lease').where('name', '=', p.name).where('holder', '=', p.holder),
)

export function leases(session: Session): LeaseWrites {
  return {
    take: async (lease) => (await session.run(take, lease)) === 1,
    release: async (name, holder) => {
      await session.run(release, { name, holder })
    },
  }
}
