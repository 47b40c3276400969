/**
 * First parts of paths that entities may not be named after, lower case. A route whose first part
 * is not among them does not start; the rest is kept for what is still to come.
 */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'api',
  'artifacts',
  'artifactsv2',
  'assets',
  'authorize',
  'datasets',
  'docs',
  'files',
  'graphql',
  'healthz',
  'login',
  'metrics',
  'mlflow',
  'models',
  'oidc',
  'openapi.json',
  'readyz',
  'registries',
  'registry',
  'resolve',
  'sdk',
  'settings',
  'spaces',
  'transfer',
  'version',
])
