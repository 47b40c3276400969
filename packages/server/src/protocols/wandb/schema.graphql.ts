import { ACCOUNTS } from './schema/accounts.graphql.ts'
import { ARTIFACTS } from './schema/artifacts.graphql.ts'
import { COLLECTIONS } from './schema/collections.graphql.ts'
import { COMMON } from './schema/common.graphql.ts'
import { FILES } from './schema/files.graphql.ts'
import { MEMBERS } from './schema/members.graphql.ts'
import { PROJECTS } from './schema/projects.graphql.ts'
import { REGISTRIES } from './schema/registries.graphql.ts'
import { RUNS } from './schema/runs.graphql.ts'

/**
 * What is served of the wandb client's GraphQL schema. A document that asks for more is refused
 * with 400 and logged by name. Results that may be missing are nullable on purpose: the client
 * takes `null` for "not found" and an error for a failure. `JSONString` is JSON as a string, `JSON`
 * an inline value, `Int64` a number, `DateTime` RFC 3339 in UTC.
 */
export const SCHEMA = [
  COMMON,
  ACCOUNTS,
  PROJECTS,
  REGISTRIES,
  MEMBERS,
  RUNS,
  FILES,
  COLLECTIONS,
  ARTIFACTS,
].join('\n')
