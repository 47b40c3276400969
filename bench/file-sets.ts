import { execFile, spawnSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB
const PIECE_BYTES = 4 * MIB

export interface FileSet {
  readonly name: string
  readonly files: number
  readonly bytesEach: number
  /** How many of them MLflow gets: it takes milliseconds for each. */
  readonly forMlflow: number
}

const QUICK: readonly FileSet[] = [
  { name: '1 × 64 MiB', files: 1, bytesEach: 64 * MIB, forMlflow: 1 },
  { name: '20 × 1 MiB', files: 20, bytesEach: MIB, forMlflow: 20 },
  { name: '100 × 4 KiB', files: 100, bytesEach: 4 * KIB, forMlflow: 50 },
]
const USUAL: readonly FileSet[] = [
  { name: '1 × 1 GiB', files: 1, bytesEach: GIB, forMlflow: 1 },
  { name: '400 × 1 MiB', files: 400, bytesEach: MIB, forMlflow: 100 },
  { name: '3,000 × 4 KiB', files: 3_000, bytesEach: 4 * KIB, forMlflow: 200 },
]
const FULL: readonly FileSet[] = [
  { name: '1 × 10 GiB', files: 1, bytesEach: 10 * GIB, forMlflow: 1 },
  { name: '2,000 × 1 MiB', files: 2_000, bytesEach: MIB, forMlflow: 200 },
  { name: '20,000 × 4 KiB', files: 20_000, bytesEach: 4 * KIB, forMlflow: 1_000 },
]

/** The usual sizes fit into minutes; `GREENROOM_BENCH_FULL=1` takes the better part of an hour. */
export function fileSets(): readonly FileSet[] {
  if (process.argv.includes('--quick')) return QUICK
  return process.env.GREENROOM_BENCH_FULL === '1' ? FULL : USUAL
}

export function rounds(): number {
  return process.argv.includes('--quick') ? 1 : 5
}

export function temporaryFolder(t: TestContext, name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `greenroom-${name}-`))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Fills a folder with files of random bytes, no two alike. */
export async function writeFiles(folder: string, files: number, bytesEach: number): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, bytesEach))
  for (let at = 0; at < files; at++) {
    const file = await open(path.join(folder, fileName(at)), 'wx')
    for (let written = 0; written < bytesEach; written += piece.length) {
      randomFillSync(piece)
      await file.write(piece, 0, Math.min(piece.length, bytesEach - written))
    }
    await file.close()
  }
}

export function fileName(at: number): string {
  return `file-${String(at).padStart(6, '0')}.bin`
}

/** Runs a script of `sh`; the seconds it took. Throws when it fails. */
export async function secondsOf(script: string, ...args: readonly string[]): Promise<number> {
  const begun = performance.now()
  await promisify(execFile)('sh', ['-euc', script, 'sh', ...args])
  return (performance.now() - begun) / 1000
}

/** Lets what is still to be written reach the disk, so that it is not the next one's burden. */
export function settle(): Promise<number> {
  return secondsOf('sync')
}

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** The least that must happen: each file copied, hashed as the client does, and synced. */
const COPY = `cp -r "$1" "$2"
find "$1" -type f -print0 | xargs -0 openssl dgst "$3" >/dev/null
find "$2" -type f -print0 | xargs -0 sync`

/** Seconds; NaN without openssl. The copy is gone again afterwards. */
export async function timeCopy(
  source: string,
  target: string,
  digest: 'sha256' | 'md5',
): Promise<number> {
  if (!hasOpenssl) return Number.NaN
  await settle()
  const seconds = await secondsOf(COPY, source, target, `-${digest}`)
  rmSync(target, { recursive: true })
  return seconds
}
