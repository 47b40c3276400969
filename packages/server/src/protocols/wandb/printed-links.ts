import { RESERVED_NAMES } from '../../http/reserved-names.ts'
import { REGISTRY_PREFIX } from './call.ts'

/** What stands behind a project in a link that means the project. */
const VIEWS = new Set(['workspace', 'overview', 'table', 'artifacts'])
/** Below these the page and the protocols have their own places. */
const OURS = new Set([...RESERVED_NAMES, 'projects'])

/**
 * Where the page shows what a link of the wandb client points to; undefined for any other. The
 * client prints addresses of W&B's own page, and never asks for them (`wandb/sdk/wandb_run.py`,
 * `wandb/sdk/artifacts/artifact.py` of 0.31):
 *
 *     /authorize
 *     /<entity>/<project>[/runs[/<run>]]
 *     /<entity>/<project>/artifacts/<type>/<collection>[/<version>]
 *     /orgs/<organization>/registry/<name>?selectionPath=<entity>/<project>/<collection>&version=v0
 */
export function placeOfPrintedLink(url: string): string | undefined {
  if (!URL.canParse(url, BASE)) return undefined
  const { pathname, searchParams } = new URL(url, BASE)
  if (pathname === '/authorize') return KEYS
  const parts = pathname.split('/').slice(1)
  if (parts.includes('') || OURS.has(parts[0]?.toLowerCase() ?? '')) return undefined
  const [entity, project, view, ...rest] = parts
  if (entity === undefined || project === undefined) return undefined
  if (project === 'registry' || view === 'registry') return placeOfSelection(searchParams)
  const owner = placeOfOwner(entity, project)
  if (view === undefined) return owner
  if (view === 'runs') return [owner, view, ...rest.slice(0, 1)].join('/')
  const [, collection, version] = rest
  if (view === 'artifacts' && collection !== undefined)
    return placeOfCollection(owner, collection, version)
  return VIEWS.has(view) ? owner : undefined
}

const BASE = 'http://localhost'
/** Where `wandb login` sends who has no key yet. */
const KEYS = '/admin?tab=tokens'

function placeOfSelection(searched: URLSearchParams): string | undefined {
  const selection = searched.get('selectionPath')?.split('/').map(encodeURIComponent) ?? []
  const [entity, project, collection] = selection
  if (entity === undefined || project === undefined || collection === undefined) return undefined
  const version = searched.get('version') ?? undefined
  const owner = placeOfOwner(entity, project)
  return placeOfCollection(owner, collection, version && encodeURIComponent(version))
}

function placeOfOwner(entity: string, project: string): string {
  return project.startsWith(REGISTRY_PREFIX)
    ? `/registries/${entity}/${project.slice(REGISTRY_PREFIX.length)}`
    : `/projects/${entity}/${project}`
}

function placeOfCollection(owner: string, collection: string, version: string | undefined): string {
  const place = `${owner}/collections/${collection}`
  return version === undefined ? place : `${place}/versions/${version}`
}
