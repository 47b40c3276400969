import { type KeyboardEvent, type MouseEvent, type PointerEvent, useRef, useState } from 'react'
import { flushSync } from 'react-dom'

export const MAX_ZOOM = 32

/**
 * A wide thing in a frame that scrolls: zoomed about what is in its middle or under the pointer,
 * and dragged by the mouse. A finger scrolls it by itself.
 */
export function useZoom() {
  const [zoom, setZoom] = useState(1)
  const frame = useRef<HTMLElement>(null)
  const zoomBy = (factor: number, at?: number) => {
    const next = Math.min(MAX_ZOOM, Math.max(1, zoom * factor))
    const element = frame.current
    if (element === null || next === zoom) return
    const held = at ?? element.clientWidth / 2
    const share = (element.scrollLeft + held) / element.scrollWidth
    flushSync(() => setZoom(next))
    element.scrollLeft = share * element.scrollWidth - held
  }
  const handlers = {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.pointerType === 'mouse' && event.button === 0)
        event.currentTarget.setPointerCapture(event.pointerId)
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const { currentTarget, pointerId, movementX } = event
      if (currentTarget.hasPointerCapture(pointerId)) currentTarget.scrollLeft -= movementX
    },
    onDoubleClick(event: MouseEvent<HTMLElement>) {
      zoomBy(2, event.clientX - event.currentTarget.getBoundingClientRect().left)
    },
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      if (event.key === '+' || event.key === '=') zoomBy(2)
      else if (event.key === '-') zoomBy(1 / 2)
    },
  }
  return { zoom, zoomBy, frame, handlers }
}
