// Started by b3-promotions.bench.ts with a file and milliseconds: how many rows a second SQLite
// takes when each has a COMMIT with its fsync. The floor that the disk gives.
import { DatabaseSync } from 'node:sqlite'

const [, , file = '', milliseconds = ''] = process.argv
const database = new DatabaseSync(file)
database.exec(`pragma journal_mode = wal; pragma synchronous = full;
  create table commits (id integer primary key, text text not null)`)
const insert = database.prepare('insert into commits (text) values (?)')
const text = 'x'.repeat(500)
const begun = performance.now()
let commits = 0
for (; performance.now() - begun < Number(milliseconds); commits++) insert.run(text)
console.log((commits * 1000) / (performance.now() - begun))
database.close()
