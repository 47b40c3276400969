import type { CollectionName } from '@greenroom/sdk'
import { collectionParams } from '../app/place.ts'
import { client } from './connection.ts'

export interface FilePlace {
  readonly collection: CollectionName
  readonly version: string
  readonly path: string
}

/** Where the bytes of a file are, as a browser asks for them. */
export function fileUrl(place: FilePlace): string {
  return `/api/v1${callPath(place)}`
}

/**
 * The first `most` bytes of a file, which must not be empty: a range of nothing is refused. Never
 * reads more, however large the file is.
 */
export function readFileStart(
  place: FilePlace,
  most: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  return readFileRange(place, 0, most, signal)
}

/** As many bytes as asked for from an offset on, fewer at the end of the file. */
export function readFileRange(
  place: FilePlace,
  offset: number,
  length: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const headers = { range: `bytes=${offset}-${offset + length - 1}` }
  return client().request(
    { method: 'GET', path: callPath(place), headers, signal },
    async (response) => {
      if (response.status === 206) return new Uint8Array(await response.arrayBuffer())
      // Who ignores ranges sends it all: it is left once there is enough.
      if (offset === 0) return readStart(response, length)
      await response.body?.cancel()
      throw new Error('Something on the way sends whole files only: this one is not read for that.')
    },
  )
}

async function readStart(response: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(most)
  const reader = response.body?.getReader()
  let filled = 0
  while (reader !== undefined && filled < most) {
    const { done, value } = await reader.read()
    if (done) return bytes.slice(0, filled)
    bytes.set(value.subarray(0, most - filled), filled)
    filled += value.length
  }
  await reader?.cancel()
  return bytes.slice(0, Math.min(filled, most))
}

function callPath({ collection, version, path }: FilePlace): string {
  const { kind, entity, owner, collection: name } = collectionParams(collection)
  const parts = [kind, entity, owner, 'collections', name, 'versions', version, 'files']
  return `/${[...parts, ...path.split('/')].map(encodeURIComponent).join('/')}`
}
