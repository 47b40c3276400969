import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import { MAX_ENTRIES_PER_PAGE } from '../../../core/limits.ts'

/** The client's largest document has some 2,500 characters and 300 tokens. */
export const MAX_DOCUMENT_CHARACTERS = 16 * 1024
export const MAX_DOCUMENT_TOKENS = 2_000
/** The client's deepest has 12 levels with fragments opened. */
const MAX_DEPTH = 20
/** Fields under another name; the client's documents have at most a dozen. */
const MAX_ALIASES = 40
/** With fragments opened, as often as they are spread; the client's largest has some 300. */
const MAX_SELECTIONS = 10_000
/** Fields at the root: one call changes or asks one thing. */
const MAX_ROOT_FIELDS = 4
/** Fields that an answer may have at most: a page of 5,000 files with 15 fields each, and some. */
const MAX_COST = 200_000
/** What a list is taken to hold when the document does not say. */
const DEFAULT_LIST_SIZE = 50

interface Walk {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variables: Readonly<Record<string, unknown>>
  selections: number
  aliases: number
  cost: number
}

/**
 * Refuses a document that asks for too much: once before it is validated and compiled, for any
 * variables, and once before each execution, for these. Throws `GraphQLError`.
 *
 * A field costs one for each of its places in the answer; what stands below an `edges` stands there
 * once for each item of the page that `first` asks for.
 */
export function checkDocumentLimits(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): void {
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === 'FragmentDefinition' ? [[definition.name.value, definition]] : [],
    ),
  )
  if (operation.selectionSet.selections.length > MAX_ROOT_FIELDS)
    throw new GraphQLError(`A document asks for at most ${MAX_ROOT_FIELDS} things at its root.`)
  const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue?.kind === 'IntValue' ? [[variable.name.value, Number(defaultValue.value)]] : [],
  )
  const known = { ...Object.fromEntries(defaults), ...variables }
  const walk: Walk = { fragments, variables: known, selections: 0, aliases: 0, cost: 0 }
  visit(walk, operation.selectionSet, { depth: 1, places: 1, page: DEFAULT_LIST_SIZE })
}

/** `places`: how often the selections stand in the answer; `page`: the size of the list around. */
function visit(
  walk: Walk,
  set: SelectionSetNode,
  at: { readonly depth: number; readonly places: number; readonly page: number },
): void {
  if (at.depth > MAX_DEPTH)
    throw new GraphQLError(`The document is nested deeper than ${MAX_DEPTH} levels.`)
  for (const selection of set.selections) {
    walk.selections += 1
    if (walk.selections > MAX_SELECTIONS)
      throw new GraphQLError(`The document selects more than ${MAX_SELECTIONS} times.`)
    if (selection.kind !== 'Field') {
      const inner =
        selection.kind === 'InlineFragment'
          ? selection.selectionSet
          : walk.fragments.get(selection.name.value)?.selectionSet
      if (inner !== undefined) visit(walk, inner, { ...at, depth: at.depth + 1 })
      continue
    }
    walk.aliases += selection.alias === undefined ? 0 : 1
    walk.cost += at.places
    if (walk.aliases > MAX_ALIASES)
      throw new GraphQLError(`The document renames more than ${MAX_ALIASES} fields.`)
    if (walk.cost > MAX_COST)
      throw new GraphQLError(
        `The answer could have more than ${MAX_COST} fields. Ask for smaller pages.`,
      )
    if (selection.selectionSet === undefined) continue
    const first = selection.arguments?.find((argument) => argument.name.value === 'first')?.value
    const asked =
      first?.kind === 'Variable'
        ? walk.variables[first.name.value]
        : first?.kind === 'IntValue'
          ? Number(first.value)
          : undefined
    const isList = selection.name.value === 'edges'
    visit(walk, selection.selectionSet, {
      depth: at.depth + 1,
      places: isList ? at.places * at.page : at.places,
      page:
        typeof asked === 'number'
          ? Math.min(Math.max(asked, 1), MAX_ENTRIES_PER_PAGE)
          : DEFAULT_LIST_SIZE,
    })
  }
}
