import { useQueryClient } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { useEffect } from 'react'
import { followStream } from '../live/follow-stream.ts'
import { MoveHost } from '../move/move-host.tsx'
import { PaletteHost } from './palette-host.tsx'
import { Rail } from './rail.tsx'
import styles from './shell.module.css'
import { Shortcuts } from './shortcuts.tsx'
import { TopLine } from './top-line.tsx'

/** The frame of every page: rail, top line, palette, shortcuts; and the stream that it follows. */
export function Shell() {
  const queries = useQueryClient()
  useEffect(() => {
    const abort = new AbortController()
    void followStream(queries, abort.signal)
    return () => abort.abort()
  }, [queries])
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#content">
        Skip to the content
      </a>
      <Rail />
      <div className={styles.column}>
        <TopLine />
        <main id="content" tabIndex={-1} className={styles.content}>
          <Outlet />
        </main>
      </div>
      <MoveHost />
      <PaletteHost />
      <Shortcuts />
    </div>
  )
}
