// The server as it is installed: `dist/main.js`, and what it loads from `dist/parts`. A start reads
// thirty files in place of a thousand: two thirds less CPU, a quarter less memory, see
// docs/decisions/0011-figures.md. Not minified: a stack names our functions.

import { defineConfig } from 'rolldown'

/** Whoever asks for them names their file beside its own. */
const WORKERS = {
  'checkpoint-worker': 'src/metadata/sqlite/checkpoint-worker.ts',
  'md5-worker': 'src/blobs/md5-worker.ts',
  'small-blobs-worker': 'src/blobs/small-blobs-worker.ts',
}

export default defineConfig({
  input: { main: 'src/main.ts', ...WORKERS },
  platform: 'node',
  // A binary of its own for each platform; and one that nobody has installed.
  external: ['@node-rs/argon2', 'pg-native'],
  logLevel: 'warn',
  output: {
    dir: 'dist',
    // A folder below `dist`, as every source is below `src`: paths from one to `package.json` hold.
    entryFileNames: ({ name }) => (name === 'main' ? 'main.js' : `parts/${name}.js`),
    chunkFileNames: 'parts/[name].js',
    sourcemap: true,
  },
})
