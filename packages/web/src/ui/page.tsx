import type { ReactNode } from 'react'
import styles from './ui.module.css'

interface PageProps {
  readonly title: ReactNode
  /** One line under the title. */
  readonly lead?: ReactNode
  /** Buttons at the right. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** What every page begins with: its title, a line about it, its actions. */
export function PageBody({ title, lead, actions, children }: PageProps) {
  return (
    <div className={styles.page}>
      <header className={styles.pageHead}>
        <div className={styles.pageTitle}>
          <h1>{title}</h1>
          {lead !== undefined && <div className="soft">{lead}</div>}
        </div>
        {actions !== undefined && <div className={styles.pageActions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}
