import { readFileSync } from 'node:fs'

/** Our own version, from the package file, which lies beside `src` and `dist` alike. */
export const VERSION: string = readVersion()

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  return version
}
