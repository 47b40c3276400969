import { useHotkeys } from '@mantine/hooks'
import { lazy, Suspense, useSyncExternalStore } from 'react'

// The ⌘K palette, whose code is loaded when it is first asked for.

const Palette = lazy(() => import('./palette.tsx'))

let asked = 0
const listeners = new Set<() => void>()

/** Opens it, however often. */
export function openPalette(): void {
  asked++
  for (const listener of listeners) listener()
}

export function PaletteHost() {
  const count = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => asked,
  )
  useHotkeys([['mod+K', openPalette]], [])
  return <Suspense>{count > 0 && <Palette asked={count} />}</Suspense>
}
