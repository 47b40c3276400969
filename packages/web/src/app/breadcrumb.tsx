import { Link, useLocation, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { COLLECTION_PATH, OWNER_PATH, RUNS_PATH } from './place.ts'
import styles from './shell.module.css'

/** Where I am, as links. The last part is the page itself. */
export function Breadcrumb() {
  const params: Readonly<Record<string, string | undefined>> = useParams({ strict: false })
  const { pathname } = useLocation()
  const { entity, owner, collection, version, run } = params
  // Pages that only projects have say so by their path.
  const kind = params.kind ?? (pathname.startsWith('/projects/') ? 'projects' : undefined)
  if (kind === undefined) return <span className={styles.crumbs} />
  const label = kind === 'registries' ? 'Registries' : 'Projects'
  return (
    <nav className={styles.crumbs} aria-label="Where I am">
      <Link to="/$kind" params={{ kind }}>
        {label}
      </Link>
      {entity !== undefined && owner !== undefined && (
        <Crumb>
          <Link to={OWNER_PATH} params={{ kind, entity, owner }} title={`${entity}/${owner}`}>
            {owner}
          </Link>
        </Crumb>
      )}
      {entity !== undefined && owner !== undefined && collection !== undefined && (
        <Crumb>
          <Link
            to={COLLECTION_PATH}
            params={{ kind, entity, owner, collection }}
            title={collection}
          >
            {collection}
          </Link>
        </Crumb>
      )}
      {entity !== undefined && owner !== undefined && run !== undefined && (
        <>
          <Crumb>
            <Link to={RUNS_PATH} params={{ entity, owner }}>
              runs
            </Link>
          </Crumb>
          <Crumb>
            <span>{run}</span>
          </Crumb>
        </>
      )}
      {version !== undefined && (
        <Crumb>
          <span>{version}</span>
        </Crumb>
      )}
    </nav>
  )
}

function Crumb({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <span aria-hidden className="faint">
        /
      </span>
      <span className="clip">{children}</span>
    </>
  )
}
