import { looseObject } from './loose-json.ts'

// A run's config is kept in the wandb client's form: `{"rate": {"value": 0.1}, "_wandb": {…}}`,
// where the last is the client's own.

const CLIENTS_OWN = '_wandb'

/** Each value by its name, without what the client keeps there for itself. */
export function configValues(config: string): Readonly<Record<string, unknown>> {
  const entries = Object.entries(looseObject(config)).filter(([name]) => name !== CLIENTS_OWN)
  return Object.fromEntries(entries.map(([name, kept]) => [name, unwrap(kept)]))
}

/** The config of these values. */
export function configText(values: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(values).map(([name, value]) => [name, { value }] as const)
  return JSON.stringify(Object.fromEntries(entries))
}

/** The client's own part. */
export function clientsOwn(config: string): Readonly<Record<string, unknown>> {
  const value = unwrap(looseObject(config)[CLIENTS_OWN])
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function unwrap(kept: unknown): unknown {
  return typeof kept === 'object' && kept !== null && 'value' in kept ? kept.value : kept
}
