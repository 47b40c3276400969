import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeOfPrintedLink } from './printed-links.ts'

test('a link that the client prints leads to the page', () => {
  const selection = 'selectionPath=greenroom-org%2Fwandb-registry-model%2FMy%20model'
  const links = {
    '/authorize?ref=models': '/admin?tab=tokens',
    '/ada/demo': '/projects/ada/demo',
    '/ada/demo/workspace': '/projects/ada/demo',
    '/ada/demo/runs': '/projects/ada/demo/runs',
    '/ada/demo/runs/x1?jupyter=true': '/projects/ada/demo/runs/x1',
    '/ada/demo/runs/x1/overview': '/projects/ada/demo/runs/x1',
    '/ada/de%20mo/artifacts/model/m/v3': '/projects/ada/de%20mo/collections/m/versions/v3',
    '/ada/demo/artifacts/model/m': '/projects/ada/demo/collections/m',
    '/greenroom-org/wandb-registry-model/artifacts/model/m/v3':
      '/registries/greenroom-org/model/collections/m/versions/v3',
    [`/orgs/Greenroom/registry/model?${selection}&view=membership&version=v0`]:
      '/registries/greenroom-org/model/collections/My%20model/versions/v0',
    '/ada/registry/model?selectionPath=ada%2Fmodel-registry%2Fm&view=membership&version=v1':
      '/projects/ada/model-registry/collections/m/versions/v1',
  }
  for (const [link, place] of Object.entries(links)) assert.equal(placeOfPrintedLink(link), place)
})

test('any other path is left alone, and none leads elsewhere', () => {
  for (const path of [
    ...['/', '/sign-in', '/activity', '/projects/ada', '/projects/ada/demo/runs/x', '/registries'],
    ...['/ada/demo/unknown', '/ada//demo', '//evil.example', '/orgs/o/registry/model', '//['],
    '/orgs/o/registry/model?selectionPath=only',
  ])
    assert.equal(placeOfPrintedLink(path), undefined, path)
  for (const path of ['//evil.example/a/b', '/\\evil.example/a', '/a/..%2f..%2fb', '/x/../a/b'])
    assert.match(placeOfPrintedLink(path) ?? '/projects/', /^\/projects\//)
})
