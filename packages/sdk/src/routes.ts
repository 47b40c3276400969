// One function a route of the REST API, named by its operation id.

export * from './routes/accounts.ts'
export * from './routes/collections.ts'
export * from './routes/drafts.ts'
export * from './routes/events.ts'
export * from './routes/files.ts'
export * from './routes/owners.ts'
export * from './routes/pointers.ts'
export * from './routes/resolve.ts'
export * from './routes/rights.ts'
export * from './routes/runs.ts'
export * from './routes/versions.ts'
