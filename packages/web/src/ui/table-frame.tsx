import type { ReactNode } from 'react'
import table from './table.module.css'

interface TableFrameProps {
  readonly label: string
  readonly children: ReactNode
}

/** Around a table that may be wider than its place: it is scrolled by keys, too. */
export function TableFrame({ label, children }: TableFrameProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys must scroll it
    <section className={table.frame} tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
