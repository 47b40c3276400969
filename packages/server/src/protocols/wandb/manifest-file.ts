import { RegistryError } from '../../core/errors.ts'
import { Md5Builder } from '../../core/model/digest.ts'
import type { Page } from '../../core/model/page.ts'
import type { VersionFile } from '../../core/operations/list-version-files.ts'
import { nodeId } from './node-ids.ts'

/**
 * The manifest file of wandb's clients, version 1 with policy `wandb-storage-policy-v1`:
 *
 *     {"version":1,"storagePolicy":"…","storagePolicyConfig":{"storageLayout":"V2"},
 *      "contents":{"<path>":{"digest":"<base64 MD5>","size":1,"birthArtifactID":"…"},
 *                  "<path>":{"digest":"<any text>","ref":"s3://…","size":1,"extra":{…}}}}
 */
const POLICY = 'wandb-storage-policy-v1'

/** An entry as a client uploads it. Its path on the client's disk is never kept. */
export interface SentEntry {
  readonly path: string
  readonly digest: string
  readonly reference: string | null
  /** Bytes; null where the client did not know. */
  readonly size: number | null
  /** A JSON object as text, or null where there is nothing in it. */
  readonly extra: string | null
}

/** Reads an uploaded manifest file. Throws `manifest_invalid`. */
export function parseManifest(text: string): readonly SentEntry[] {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch (cause) {
    throw new RegistryError('manifest_invalid', 'The manifest is not JSON.', {}, { cause })
  }
  if (!isObject(file) || file.version !== 1 || !isObject(file.contents))
    throw new RegistryError(
      'manifest_invalid',
      'The manifest is not of version 1, or has no contents.',
    )
  if (file.storagePolicy !== POLICY)
    throw new RegistryError('manifest_invalid', `The manifest's policy is not "${POLICY}".`)
  return Object.entries(file.contents).map(([path, entry]) => readEntry(path, entry))
}

function readEntry(path: string, entry: unknown): SentEntry {
  if (!isObject(entry) || typeof entry.digest !== 'string') throw invalid(path, 'it has no digest')
  const { digest, ref, size, extra } = entry
  if (ref !== undefined && ref !== null && typeof ref !== 'string')
    throw invalid(path, 'its reference is not text')
  if (size !== undefined && size !== null && typeof size !== 'number')
    throw invalid(path, 'its size is not a number')
  return {
    path,
    digest,
    reference: ref ?? null,
    size: size ?? null,
    extra: isObject(extra) && Object.keys(extra).length > 0 ? JSON.stringify(extra) : null,
  }
}

/**
 * What the client calls the digest of an artifact: hex MD5 over the policy's name and a line
 * `path:digest` for each entry, in the order of their paths' code points.
 */
export function digestManifest(
  entries: Iterable<{ readonly path: string; readonly digest: string }>,
): string {
  const lines = Array.from(entries, ({ path, digest }) => ({
    // UTF-8 sorts as code points do; UTF-16 does not.
    key: Buffer.from(path),
    line: `${path}:${digest}\n`,
  }))
  lines.sort((a, b) => Buffer.compare(a.key, b.key))
  const md5 = new Md5Builder()
  md5.update('wandb-artifact-manifest-v1\n')
  for (const { line } of lines) md5.update(line)
  return md5.finishHex()
}

/** A version's manifest in the client's form, page by page. */
export async function* writeManifest(
  versionId: string,
  readPage: (after: string) => Promise<Page<VersionFile, string>>,
): AsyncGenerator<string> {
  const birthArtifactID = nodeId('Artifact', versionId)
  const head = { version: 1, storagePolicy: POLICY, storagePolicyConfig: { storageLayout: 'V2' } }
  let after: string | null = ''
  let text = `${JSON.stringify(head).slice(0, -1)},"contents":{`
  let separator = ''
  while (after !== null) {
    const page: Page<VersionFile, string> = await readPage(after)
    for (const { entry, clientDigest } of page.items) {
      const sent = {
        digest: clientDigest,
        ...(entry.reference === null ? { birthArtifactID } : { ref: entry.reference }),
        ...(entry.size === null ? {} : { size: entry.size }),
      }
      const extra = entry.extra === null ? '' : `,"extra":${entry.extra}`
      const written = JSON.stringify(sent).slice(0, -1)
      text += `${separator}${JSON.stringify(entry.path)}:${written}${extra}}`
      separator = ','
    }
    after = page.next
    if (after === null) text += '}}'
    yield text
    text = ''
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(path: string, why: string): RegistryError {
  return new RegistryError(
    'manifest_invalid',
    `Entry ${JSON.stringify(path)} of the manifest cannot be read: ${why}.`,
    { path },
  )
}
