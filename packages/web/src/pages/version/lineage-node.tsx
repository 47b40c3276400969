import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { collectionParams, ownerParams, RUN_PATH, VERSION_PATH } from '../../app/place.ts'
import type { LineageNode } from './lineage-layout.ts'

/** Where the page of a run or version is. */
export function placeOf(node: LineageNode) {
  if (node.kind === 'run') {
    const { entity, owner } = ownerParams(node.owner)
    return { to: RUN_PATH, params: { entity, owner, run: node.run } } as const
  }
  const { owner, collection: name, version } = node
  const params = { ...collectionParams({ owner, name }), version }
  return { to: VERSION_PATH, params, search: { tab: 'lineage' as const } } as const
}

interface NodeLinkProps {
  readonly node: LineageNode
  readonly children?: ReactNode
}

export function NodeLink({ node, children }: NodeLinkProps) {
  const place = placeOf(node)
  const words =
    node.kind === 'run' ? (
      <bdi>{node.displayName}</bdi>
    ) : (
      <>
        <bdi>{node.collection}</bdi> <span className="mono soft">{node.version}</span>
      </>
    )
  return <Link {...(place as LinkProps)}>{children ?? words}</Link>
}
