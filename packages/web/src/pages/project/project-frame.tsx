import type { OwnerName } from '@greenroom/sdk/wire'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ownerQuery } from '../../api/queries.ts'
import { ownerParams, PROJECT_PATH, RUNS_PATH } from '../../app/place.ts'
import { PageBody } from '../../ui/page.tsx'
import styles from './project.module.css'

interface ProjectFrameProps {
  readonly project: OwnerName
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** What both halves of a project begin with: its name, and the way to the other half. */
export function ProjectFrame({ project, actions, children }: ProjectFrameProps) {
  const { data } = useQuery(ownerQuery(project))
  const { entity, owner } = ownerParams(project)
  const params = { entity, owner }
  return (
    <PageBody
      title={
        <>
          <span className="faint">{entity} / </span>
          <bdi>{owner}</bdi>
        </>
      }
      lead={data?.description ?? 'What runs made, and the runs that made it.'}
      actions={actions}
    >
      <nav className={styles.halves} aria-label="Of the project">
        <Link
          to={PROJECT_PATH}
          params={params}
          activeOptions={{ exact: true, includeSearch: false }}
        >
          Artifacts
        </Link>
        <Link to={RUNS_PATH} params={params} activeOptions={{ exact: true, includeSearch: false }}>
          Runs
        </Link>
      </nav>
      {children}
    </PageBody>
  )
}
