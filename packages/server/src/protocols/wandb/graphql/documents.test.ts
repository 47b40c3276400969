import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildSchema } from 'graphql'
import { checkDocumentLimits, MAX_DOCUMENT_CHARACTERS } from './document-limits.ts'
import { createDocuments, type KnownDocument } from './documents.ts'

const schema = buildSchema(`
  type Query { one: Node  list(first: Int): List }
  type List { edges: [Edge] }
  type Edge { node: Node }
  type Node { name: String  one: Node  list(first: Int): List }
`)

function known(text: string, prepare = createDocuments(schema)): KnownDocument {
  const prepared = prepare(text)
  assert.equal(prepared.kind, 'known')
  return (prepared as { known: KnownDocument }).known
}

function refusal(text: string): string {
  const prepared = createDocuments(schema)(text)
  assert.equal(prepared.kind, 'refused')
  return (prepared as { errors: readonly Error[] }).errors.map((error) => error.message).join('; ')
}

describe('createDocuments', () => {
  it('compiles a document once, and forgets the least recently used one', () => {
    const prepare = createDocuments(schema, 2)
    const first = known('query A { one { name } }', prepare)
    known('query B { one { name } }', prepare)
    assert.equal(known('query A { one { name } }', prepare), first)
    known('query C { one { name } }', prepare)
    assert.equal(known('query A { one { name } }', prepare), first)
    assert.notEqual(known('query B { one { name } }', prepare), first)
  })

  it('names what it was asked for', () => {
    assert.equal(known('query Viewer { one { name } }').name, 'Viewer')
    const unknown = createDocuments(schema)('mutation DeleteAll { deleteAll }')
    assert.deepEqual(
      [unknown.kind, unknown.kind === 'refused' && unknown.name],
      ['refused', 'DeleteAll'],
    )
  })

  it('refuses introspection', () => {
    assert.match(refusal('{ __schema { types { name } } }'), /introspection/)
    assert.match(refusal('{ __type(name: "Node") { name } }'), /introspection/)
  })

  it('refuses more than one operation', () => {
    assert.match(refusal('query A { one { name } } query B { one { name } }'), /exactly one/)
  })

  it('refuses what is no document', () => {
    assert.match(refusal('query {'), /Syntax Error/)
    assert.match(refusal(''), /Syntax Error/)
  })

  it('refuses fragments that open more and more of each other, though they ask for nothing', () => {
    const spreads = (at: number) => `...F${at} `.repeat(10)
    const fragments = Array.from(
      { length: 15 },
      (_, at) => `fragment F${at} on Query { ${spreads(at + 1)} }`,
    )
    assert.match(refusal(`{ ...F0 } ${fragments.join(' ')}`), /selects more than/)
  })

  it('refuses long documents and those of many tokens', () => {
    assert.match(refusal(`{ one { name } } #${'x'.repeat(MAX_DOCUMENT_CHARACTERS)}`), /characters/)
    assert.match(refusal(`{ ${'one { name } '.repeat(1_000)} }`), /tokens/)
  })

  it('refuses deep documents, also through fragments', () => {
    const deep = `{ ${'one { '.repeat(30)} name ${'}'.repeat(30)} }`
    assert.match(refusal(deep), /nested deeper/)
    const ring = '{ one { ...A } } fragment A on Node { one { ...B } } fragment B on Node { ...A }'
    assert.match(refusal(ring), /nested deeper/)
  })

  it('refuses fragments that grow without end before it compiles them', () => {
    const doubling = Array.from(
      { length: 18 },
      (_, at) => `fragment F${at} on Node { a: one { ...F${at + 1} } b: one { ...F${at + 1} } }`,
    )
    const text = `{ one { ...F0 } } ${doubling.join(' ')} fragment F18 on Node { name }`
    assert.match(refusal(text), /renames more than|more than|nested deeper/)
  })

  it('refuses a field under many names', () => {
    const aliased = Array.from({ length: 60 }, (_, at) => `a${at}: name`).join(' ')
    assert.match(refusal(`{ one { ${aliased} } }`), /renames more than/)
  })

  it('refuses many things at the root', () => {
    assert.match(
      refusal('{ a: one {name} b: one {name} c: one {name} d: one {name} e: one {name} }'),
      /at its root/,
    )
  })

  it('tells a dropped name once', () => {
    const document = known('query A { one { name } }')
    assert.deepEqual(document.unlogged(['$x', '$x', '$y']), ['$x', '$y'])
    assert.deepEqual(document.unlogged(['$x', '$z']), ['$z'])
  })
})

describe('checkDocumentLimits', () => {
  const nested = known(
    `query A($n: Int = 50) { list(first: $n) { edges { node {
      list(first: $n) { edges { node { name } } } } } } }`,
  )
  const check = (variables: Record<string, unknown>) =>
    checkDocumentLimits(nested.document, nested.operation, variables)

  it('counts lists within lists by the size that is asked for', () => {
    check({})
    check({ n: 100 })
    assert.throws(() => check({ n: 1_000 }), /smaller pages/)
  })

  it('takes the default of the document where nothing is given', () => {
    const list = (inner: string) => `list(first: $n) { edges { node { ${inner} } } }`
    assert.match(refusal(`query A($n: Int = 5000) { ${list(list('name'))} }`), /smaller pages/)
  })
})
