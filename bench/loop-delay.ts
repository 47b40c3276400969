// Preloaded into a server (`--import`): measures how late its event loop is, and writes what it saw
// since the last time to a file when it gets SIGUSR2. Nothing of the server's own code knows of it.
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

const RESOLUTION_MILLISECONDS = 1
const { BENCH_LOOP_DELAY: file } = process.env

if (file !== undefined && isMainThread) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MILLISECONDS })
  delay.enable()
  process.on('SIGUSR2', () => {
    const late = (nanoseconds: number) => nanoseconds / 1e6 - RESOLUTION_MILLISECONDS
    writeFileSync(file, JSON.stringify({ p99: late(delay.percentile(99)), max: late(delay.max) }))
    delay.reset()
  })
}
