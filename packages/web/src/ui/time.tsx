import { formatAge, formatAgo, formatExact } from './format.ts'
import { useNow } from './use-now.ts'

/** `3 hr. ago`; the exact time on hover, and for readers and copies. */
export function Time({ at }: { readonly at: string }) {
  const time = new Date(at)
  const now = useNow()
  return (
    <time dateTime={at} title={formatExact(time)}>
      {formatAgo(time, now)}
    </time>
  )
}

/** `3 d`: how long something has been so. */
export function Age({ since }: { readonly since: string }) {
  const time = new Date(since)
  const now = useNow()
  return (
    <time dateTime={since} title={`since ${formatExact(time)}`} className="num">
      {formatAge(time, now)}
    </time>
  )
}
