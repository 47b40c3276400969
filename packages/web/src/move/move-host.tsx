import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from 'react'
import { currentMove, onMoveRequest } from './open-move.ts'

const MoveModal = lazy(() => import('./move-modal.tsx'))

/** The dialog in which every pointer is moved, wherever it was asked for; loaded with the first. */
export function MoveHost() {
  const request = useSyncExternalStore(onMoveRequest, currentMove)
  const [isAsked, setAsked] = useState(false)
  useEffect(() => {
    if (request !== undefined) setAsked(true)
  }, [request])
  return <Suspense>{isAsked && <MoveModal request={request} />}</Suspense>
}
