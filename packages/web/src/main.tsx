import '@fontsource-variable/inter/index.css'
import '@fontsource-variable/jetbrains-mono/index.css'
// Those of each component come with it: see vite.config.ts.
import '@mantine/core/styles/baseline.css'
import '@mantine/core/styles/global.css'
import 'virtual:theme-variables.css'
import './theme/tokens.css'
import './theme/base.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from './app/query-client.ts'
import { router } from './app/router.tsx'
import { theme } from './theme/theme.ts'
import { Toasts } from './ui/toast.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has lost its #root')

// No variables and no global classes: both would be written by `innerHTML` (see vite.config.ts).
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
