// Started by races.test.ts, many at once: promotes as it is told to, and says what was answered.
import { callerOf } from '../rest.ts'

const [url = '', key = '', path = ''] = process.argv.slice(2)
const call = callerOf(url, key)

process.on('message', async (told: { version: string; headers: Record<string, string> }) => {
  const { version, headers } = told
  const { status, json } = await call({ method: 'PUT', path, body: { version }, headers })
  process.send?.({ version, status, json })
})
process.send?.('ready')
