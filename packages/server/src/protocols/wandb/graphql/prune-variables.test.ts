import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { buildSchema, type OperationDefinitionNode, parse } from 'graphql'
import { pruneVariables, withoutNulls } from './prune-variables.ts'

const schema = buildSchema(`
  type Query { ask(input: Ask!, size: Int = 5): Boolean }
  input Ask { name: String!  inner: [Inner!]  note: String }
  input Inner { key: String }
`)

function prune(document: string, variables: Record<string, unknown>) {
  return pruneVariables(
    schema,
    parse(document).definitions[0] as OperationDefinitionNode,
    variables,
  )
}

describe('pruneVariables', () => {
  const document = 'query A($input: Ask!, $size: Int = 3) { ask(input: $input, size: $size) }'

  it('drops input fields that the schema lacks, at any depth, and names them', () => {
    const sent = { input: { name: 'n', region: 1, inner: [{ key: 'k', digest: 'd' }, {}] } }
    const { variables, dropped } = prune(document, sent)
    assert.deepEqual(variables, { input: { name: 'n', inner: [{ key: 'k' }, {}] } })
    assert.deepEqual(dropped, ['$input.region', '$input.inner.digest'])
  })

  it('drops variables that the document does not declare', () => {
    const { variables, dropped } = prune(document, { input: { name: 'n' }, usedAs: null })
    assert.deepEqual(variables, { input: { name: 'n' } })
    assert.deepEqual(dropped, ['$usedAs'])
  })

  it('takes a variable that is null for one that was not given', () => {
    assert.deepEqual(prune(document, { input: { name: 'n' }, size: null }).variables, {
      input: { name: 'n' },
    })
  })

  it('leaves values of the wrong shape to the execution, which refuses them', () => {
    assert.deepEqual(prune(document, { input: 'text' }).variables, { input: 'text' })
  })
})

describe('withoutNulls', () => {
  it('drops null fields at any depth and keeps everything else', () => {
    const given = { a: null, b: { c: null, d: [{ e: null, f: 0 }] }, g: '', h: undefined }
    assert.deepEqual(withoutNulls(given), { b: { d: [{ f: 0 }] }, g: '' })
  })
})
