import { sql } from 'kysely'
import type { SettingWrites } from '../core/ports/metadata-store.ts'
import type { CounterRow, SettingRow } from './schema.ts'
import type { Session } from './session.ts'
import { define, defineRows } from './statement.ts'

const find = define('setting.find', ({ db }, p: { key: string }) =>
  db.selectFrom('setting').select('value').where('key', '=', p.key),
)

const put = defineRows<SettingRow>(
  'setting.put',
  'setting',
  { key: 'text', value: 'text' },
  '(key) do update set value = excluded.value',
)

// The row stays locked until the COMMIT, so that no number is given twice or lost in between.
const next = define('counter.next', ({ raw }, p: { name: string }) =>
  raw<Pick<CounterRow, 'value'>>(
    sql`insert into counter (name, value) values (${p.name}, 1)
      on conflict (name) do update set value = counter.value + 1 returning value`,
  ),
)

export function settings(session: Session): SettingWrites {
  return {
    find: async (key) => (await session.first(find, { key }))?.value,
    put: async (key, value) => {
      await session.insertRows(put, [{ key, value }])
    },
    nextInteger: async (counter) => {
      const row = await session.first(next, { name: counter })
      if (row === undefined) throw new Error(`counter ${counter} gave no number`)
      return row.value
    },
  }
}
