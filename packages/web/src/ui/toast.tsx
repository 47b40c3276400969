import type { NotificationData } from '@mantine/notifications'
import { lazy, Suspense, useSyncExternalStore } from 'react'

// Toasts, whose code is loaded with the first of them.

const load = () => import('./toast-parts.ts')
const Host = lazy(async () => ({ default: (await load()).Notifications }))

let isWanted = false
const listeners = new Set<() => void>()

export async function toast(shown: NotificationData): Promise<void> {
  isWanted = true
  for (const listener of listeners) listener()
  const { notifications } = await load()
  notifications.show(shown)
}

export async function dropToast(id: string): Promise<void> {
  const { notifications } = await load()
  notifications.hide(id)
}

/** Where they appear. */
export function Toasts() {
  const isShown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isWanted,
  )
  return <Suspense>{isShown && <Host position="bottom-left" limit={4} />}</Suspense>
}
