import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router'
import { Empty, ErrorNotice } from '../ui/states.tsx'

/** A page that could not even begin. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <main style={{ padding: 24, maxWidth: 720, margin: '0 auto' }}>
      <ErrorNotice
        error={error}
        retry={() => {
          reset()
          void router.invalidate()
        }}
      />
    </main>
  )
}

export function RouteMissing() {
  return (
    <Empty title="There is nothing under this address" icon={<IconMapOff size={32} aria-hidden />}>
      <p>It may have been renamed or deleted, or you may not see it.</p>
      <Button component={Link} to="/" variant="default">
        To the registry
      </Button>
    </Empty>
  )
}
