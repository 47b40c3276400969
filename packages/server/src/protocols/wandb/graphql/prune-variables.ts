import {
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql'

export interface PrunedVariables {
  readonly variables: Readonly<Record<string, unknown>>
  /** What was dropped because the schema or the document does not know it, as dotted paths. */
  readonly dropped: readonly string[]
}

/**
 * Variables as the schema knows them. The client sends input fields that only newer servers have
 * and variables that its document does not declare: both are dropped. A variable that is `null` is
 * one that was not given, so that the document's default holds.
 */
export function pruneVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  sent: Readonly<Record<string, unknown>>,
): PrunedVariables {
  const dropped: string[] = []
  const types = new Map(
    (operation.variableDefinitions ?? []).map((definition) => [
      definition.variable.name.value,
      typeFromAST(schema, definition.type) as GraphQLInputType | undefined,
    ]),
  )
  const variables: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(sent)) {
    const type = types.get(name)
    if (type === undefined) dropped.push(`$${name}`)
    else if (value !== null) variables[name] = prune(type, value, `$${name}`, dropped)
  }
  return { variables, dropped }
}

function prune(type: GraphQLInputType, value: unknown, path: string, dropped: string[]): unknown {
  if (isNonNullType(type)) return prune(type.ofType, value, path, dropped)
  if (isListType(type))
    return Array.isArray(value)
      ? value.map((item: unknown) => prune(type.ofType, item, path, dropped))
      : prune(type.ofType, value, path, dropped)
  if (!isInputObjectType(type) || typeof value !== 'object' || value === null) return value
  const fields = type.getFields()
  const kept: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    const field = fields[name]
    if (field === undefined) dropped.push(`${path}.${name}`)
    else kept[name] = prune(field.type, inner, `${path}.${name}`, dropped)
  }
  return kept
}

/**
 * Arguments without what is `null`: the client writes `null` for whatever it does not set, at any
 * depth, and an input without a field means the same.
 */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  const given = Object.entries(value).filter(([, inner]) => inner != null)
  return Object.fromEntries(given.map(([name, inner]) => [name, withoutNulls(inner)]))
}
