import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
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

const MODULES = path.join(import.meta.dirname, '../../node_modules')
const BASE = new RegExp(
  'node_modules/(react|react-dom|scheduler|clsx|@mantine/(hooks|core/esm/(core|components/' +
    '(ActionIcon|Badge|Button|Input|InputBase|Loader|NativeSelect|Skeleton|Text|TextInput|' +
    'Transition|UnstyledButton))))/',
)
const FLOATING = new RegExp(
  'node_modules/(@floating-ui|react-remove-scroll|@mantine/core/esm/' +
    '(components/(Combobox|Menu|Modal|ModalBase|Popover|ScrollArea|Tooltip)|utils/Floating)/)',
)
const SERVER = process.env.GREENROOM_URL ?? 'http://127.0.0.1:4747'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), themeVariables(), componentStyles(), compressed()],
  resolve: {
    alias: {
      // In browsers it decodes `&amp;` by `innerHTML`, which Trusted Types forbid; its other half
      // has a table.
      'decode-named-character-reference': path.join(
        MODULES,
        'decode-named-character-reference/index.js',
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
    rolldownOptions: {
      output: {
        // What several pages share in a few files, where each icon would be one of its own.
        codeSplitting: {
          groups: [
            // What every page needs, so that no other group takes it along.
            { name: 'base', test: BASE, priority: 3 },
            // No first load needs what floats over the page: menus, lists to choose from, dialogs.
            { name: 'floating', test: FLOATING, minShareCount: 2, priority: 2 },
            { name: 'components', test: /node_modules\/(@mantine|@floating-ui)/, minShareCount: 3 },
            { name: 'shared', test: /web\/src\/|@tabler|@tanstack/, minShareCount: 4 },
          ],
        },
      },
    },
  },
  // Bundled beforehand, its modules would not pass `componentStyles`.
  optimizeDeps: { exclude: ['@mantine/core', '@mantine/notifications', '@mantine/spotlight'] },
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

/**
 * Of Mantine's styles those of the components that the page uses, in the order in which the
 * components use each other: with the module that names a component's classes comes its file. All
 * of them would be 40 KB, compressed.
 */
function componentStyles(): Plugin {
  return {
    name: 'component-styles',
    transform(code, id) {
      const name = /@mantine\/core\/esm\/.*\/(\w+)\.module\.mjs(?:\?|$)/.exec(id)?.[1]
      const styles = path.join(MODULES, '@mantine', 'core', 'styles', `${name}.css`)
      if (name === undefined || !existsSync(styles)) return undefined
      return { code: `import '@mantine/core/styles/${name}.css'\n${code}`, map: null }
    },
  }
}

/** Beside each file that shrinks its compressed forms, which the server sends as they are. */
function compressed(): Plugin {
  const folder = path.join(import.meta.dirname, 'dist')
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle(_options, bundle) {
      for (const name of Object.keys(bundle)) {
        if (!/\.(js|css|html)$/.test(name)) continue
        const file = path.join(folder, name)
        const bytes = readFileSync(file)
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
        writeFileSync(`${file}.br`, brotliCompressSync(bytes))
      }
    },
  }
}
