import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit'
import {
  checkDocumentLimits,
  MAX_DOCUMENT_CHARACTERS,
  MAX_DOCUMENT_TOKENS,
} from './document-limits.ts'

/** The client has some 130 documents, with variants by feature flag; compiled code is kept. */
const MAX_DOCUMENTS = 300
/** Names of things dropped from variables that one document has logged. */
const MAX_LOGGED_NAMES = 100

/** A document that the schema can answer, compiled. */
export interface KnownDocument {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  /** The operation's name, for the log. */
  readonly name: string
  readonly compiled: CompiledQuery
  /** Of these dropped names, those that are new since the document was compiled. */
  readonly unlogged: (dropped: readonly string[]) => readonly string[]
}

export type PreparedDocument =
  | { readonly kind: 'known'; readonly known: KnownDocument }
  | {
      readonly kind: 'refused'
      readonly name: string
      readonly errors: readonly GraphQLError[]
    }

/** Parses, validates and compiles each document once, and forgets the least recently used. */
export function createDocuments(
  schema: GraphQLSchema,
  maxDocuments: number = MAX_DOCUMENTS,
): (text: string) => PreparedDocument {
  const documents = new Map<string, KnownDocument>()
  return (text) => {
    const cached = documents.get(text)
    if (cached !== undefined) {
      documents.delete(text)
      documents.set(text, cached)
      return { kind: 'known', known: cached }
    }
    const prepared = prepare(schema, text)
    if (prepared.kind === 'refused') return prepared
    for (const oldest of documents.keys()) {
      if (documents.size < maxDocuments) break
      documents.delete(oldest)
    }
    documents.set(text, prepared.known)
    return prepared
  }
}

function prepare(schema: GraphQLSchema, text: string): PreparedDocument {
  if (text.length > MAX_DOCUMENT_CHARACTERS)
    return refused('', [
      new GraphQLError(`A document takes at most ${MAX_DOCUMENT_CHARACTERS} characters.`),
    ])
  let document: DocumentNode
  try {
    document = parse(text, { noLocation: true, maxTokens: MAX_DOCUMENT_TOKENS })
  } catch (error) {
    if (error instanceof GraphQLError) return refused('', [error])
    throw error
  }
  const operations = document.definitions.filter(
    (definition): definition is OperationDefinitionNode =>
      definition.kind === 'OperationDefinition',
  )
  const [operation] = operations
  if (operation === undefined || operations.length > 1)
    return refused('', [new GraphQLError('A document holds exactly one operation.')])
  const name = operation.name?.value ?? ''
  try {
    checkDocumentLimits(document, operation, {})
  } catch (error) {
    if (error instanceof GraphQLError) return refused(name, [error])
    throw error
  }
  const errors = validate(schema, document, [...specifiedRules, NoSchemaIntrospectionCustomRule])
  if (errors.length > 0) return refused(name, errors)
  const compiled = compileQuery(schema, document, name, {
    disablingCapturingStackErrors: true,
    useExperimentalPathBasedSkipInclude: true,
  })
  if (!isCompiledQuery(compiled)) return refused(name, compiled.errors ?? [])
  return { kind: 'known', known: { document, operation, name, compiled, unlogged: unlogged() } }
}

function refused(name: string, errors: readonly GraphQLError[]): PreparedDocument {
  return { kind: 'refused', name, errors }
}

function unlogged(): KnownDocument['unlogged'] {
  const logged = new Set<string>()
  return (dropped) => {
    const fresh = [...new Set(dropped)].filter((name) => !logged.has(name))
    if (logged.size + fresh.length > MAX_LOGGED_NAMES) return []
    for (const name of fresh) logged.add(name)
    return fresh
  }
}
