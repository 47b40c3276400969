import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isRegistryError } from '../../core/errors.ts'
import type { ManifestEntry } from '../../core/model/manifest.ts'
import type { VersionFile } from '../../core/operations/list-version-files.ts'
import { digestManifest, parseManifest, writeManifest } from './manifest-file.ts'

const FILE = {
  version: 1,
  storagePolicy: 'wandb-storage-policy-v1',
  storagePolicyConfig: { storageLayout: 'V2' },
}

describe('digestManifest', () => {
  it('gives what the client gives for an artifact without files', () => {
    assert.equal(digestManifest([]), '64e7c61456b10382e2f3b571ac24b659')
  })

  it('does not depend on the order, and sorts by code point', () => {
    const entries = ['b', 'a', '\u{1f600}', '\uff5e', 'a/b'].map((path) => ({ path, digest: 'x' }))
    assert.equal(digestManifest(entries), digestManifest(entries.toReversed()))
    // md5(b"wandb-artifact-manifest-v1\n" + "\uff5e:x\n\U0001f600:x\n".encode()).hexdigest()
    const pair = entries.slice(2, 4)
    assert.equal(digestManifest(pair), 'cefbe61536095de04de722db47868541')
  })
})

describe('parseManifest', () => {
  it('keeps what belongs to the version and nothing of the client’s disk', () => {
    const contents = {
      'data/f.txt': {
        digest: 'z80ghJXVZe9m59/5+Ydk2g==',
        birthArtifactID: 'QXJ0aWZhY3Q6Nw==',
        size: 1,
        local_path: '/home/me/staging/tmp1',
      },
      'm.bin': { digest: 'etag', ref: 's3://bucket/m.bin', extra: { etag: 'etag' } },
      'n.bin': { digest: 'uri', ref: 'weird://n', size: 3, extra: {} },
    }
    assert.deepEqual(parseManifest(JSON.stringify({ ...FILE, contents })), [
      {
        path: 'data/f.txt',
        digest: 'z80ghJXVZe9m59/5+Ydk2g==',
        reference: null,
        size: 1,
        extra: null,
      },
      {
        path: 'm.bin',
        digest: 'etag',
        reference: 's3://bucket/m.bin',
        size: null,
        extra: '{"etag":"etag"}',
      },
      { path: 'n.bin', digest: 'uri', reference: 'weird://n', size: 3, extra: null },
    ])
  })

  it('refuses what is no manifest', () => {
    const broken = [
      '',
      '[]',
      JSON.stringify({ ...FILE, version: 2, contents: {} }),
      JSON.stringify({ ...FILE, storagePolicy: 'other', contents: {} }),
      JSON.stringify(FILE),
      JSON.stringify({ ...FILE, contents: { a: {} } }),
      JSON.stringify({ ...FILE, contents: { a: { digest: 'd', ref: 1 } } }),
      JSON.stringify({ ...FILE, contents: { a: { digest: 'd', size: '1' } } }),
    ]
    for (const text of broken)
      assert.throws(
        () => parseManifest(text),
        (error) => isRegistryError(error, 'manifest_invalid'),
      )
  })
})

describe('writeManifest', () => {
  const files: readonly VersionFile[] = [
    file({ path: 'a "b"', size: 5, extra: null }, 'bWQ1'),
    file({ path: 'r', reference: 's3://b/r', size: null, extra: '{"etag":"e"}' }, 'e'),
    file({ path: 'z', size: 0, extra: null }, 'bWQ1'),
  ]

  it('writes pages that join to what the client reads', async () => {
    const pages = [
      { items: files.slice(0, 2), next: 'r' },
      { items: files.slice(2), next: null },
    ]
    const parts: string[] = []
    const readPage = async (after: string) => pages[after === '' ? 0 : 1] ?? assert.fail()
    for await (const part of writeManifest('abc', readPage)) parts.push(part)
    assert.equal(parts.length, 2)
    const birthArtifactID = Buffer.from('Artifact:abc').toString('base64')
    assert.deepEqual(JSON.parse(parts.join('')), {
      ...FILE,
      contents: {
        'a "b"': { digest: 'bWQ1', birthArtifactID, size: 5 },
        r: { digest: 'e', ref: 's3://b/r', extra: { etag: 'e' } },
        z: { digest: 'bWQ1', birthArtifactID, size: 0 },
      },
    })
  })

  it('writes an empty one', async () => {
    let text = ''
    for await (const part of writeManifest('abc', async () => ({ items: [], next: null })))
      text += part
    assert.deepEqual(JSON.parse(text), { ...FILE, contents: {} })
  })
})

function file(
  fields: { path: string; reference?: string; size: number | null; extra: string | null },
  clientDigest: string,
): VersionFile {
  const entry =
    fields.reference === undefined
      ? { ...fields, digest: `sha256:${'0'.repeat(64)}`, reference: null, clientDigest: null }
      : { ...fields, digest: null, clientDigest }
  return { entry: entry as ManifestEntry, clientDigest }
}
