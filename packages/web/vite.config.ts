import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import {
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from '@mantine/core'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { theme } from './src/theme/theme.ts'

// The server serves `dist/`; `npm run dev -w packages/web` proxies to a server on its usual port.

const SERVER = process.env.GREENROOM_URL ?? 'http://127.0.0.1:4747'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), themeVariables(), compressed()],
  resolve: {
    alias: {
      // In browsers it decodes `&amp;` by `innerHTML`, which Trusted Types forbid; its other half
      // has a table.
      'decode-named-character-reference': path.join(
        import.meta.dirname,
        '../../node_modules/decode-named-character-reference/index.js',
      ),
    },
  },
  build: {
    target: 'es2023',
    assetsDir: 'assets',
    // Every file by its URL: the policy of the page allows no `data:` fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    reportCompressedSize: false,
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/transfer', '/version'].map((prefix) => [prefix, { target: SERVER }]),
    ),
  },
})

/**
 * The theme's variables as a file. Mantine would write them into a `<style>` by `innerHTML` when
 * the page runs, which neither the page's policy nor Trusted Types allow.
 */
function themeVariables(): Plugin {
  const name = 'virtual:theme-variables.css'
  return {
    name: 'theme-variables',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined
      const whole = mergeMantineTheme(DEFAULT_THEME, theme)
      return convertCssVariables(defaultCssVariablesResolver(whole), ':root')
    },
  }
}

/** Beside each file that shrinks its compressed forms, which the server sends as they are. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    // After index.html has its final text.
    enforce: 'post',
    generateBundle(_options, bundle) {
      for (const [fileName, file] of Object.entries(bundle)) {
        if (!/\.(js|css|html|svg)$/.test(fileName)) continue
        const source = Buffer.from(file.type === 'chunk' ? file.code : file.source)
        const params = { [constants.BROTLI_PARAM_SIZE_HINT]: source.length }
        const smaller = {
          '.gz': gzipSync(source, { level: 9 }),
          '.br': brotliCompressSync(source, { params }),
        }
        for (const [ending, bytes] of Object.entries(smaller))
          this.emitFile({ type: 'asset', fileName: `${fileName}${ending}`, source: bytes })
      }
    },
  }
}
