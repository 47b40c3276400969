import { lazyRouteComponent } from '@tanstack/react-router'
import type { CollectionTab } from '../../app/page-search.ts'

/** What draws each tab, loaded when it is asked for. That of the board comes with the page. */
export const PROGRAMS = {
  versions: lazyRouteComponent(() => import('./versions/versions-tab.tsx')),
  history: lazyRouteComponent(() => import('./history/history-tab.tsx')),
  card: lazyRouteComponent(() => import('./card/card-tab.tsx')),
  settings: lazyRouteComponent(() => import('./settings/settings-tab.tsx')),
}

/**
 * With the page, so that it is drawn once and whole: React holds what it drew a place for back for
 * a third of a second.
 */
export async function loadProgram(tab: CollectionTab | undefined): Promise<void> {
  if (tab !== undefined && tab !== 'board') await PROGRAMS[tab].preload?.()
}
