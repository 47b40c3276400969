import { createHash } from 'node:crypto'
import * as sdk from '@greenroom/sdk'
import type { OwnerName } from '@greenroom/sdk/wire'

// Things to look at, made through the public API.

export const PROJECT: OwnerName = { kind: 'project', entity: 'admin', name: 'demo' }

/** Logs a version of these files: text as UTF-8, or bytes. Gives its reference. */
export async function logFiles(
  client: sdk.Client,
  collection: sdk.CollectionName,
  files: Readonly<Record<string, string | Uint8Array>>,
  wishes: Partial<sdk.VersionWishes> = {},
): Promise<string> {
  const planned = Object.entries(files).map(([path, content]): sdk.PlannedEntry => {
    const bytes = Buffer.from(content)
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    const size = bytes.length
    const open = (offset: number) => new Uint8Array(bytes.subarray(offset))
    const source = { digest, size, open, bytes: async () => new Uint8Array(bytes) }
    return { entry: { path, digest, size }, source }
  })
  const version = await sdk.logVersion(client, collection, { type: 'model', ...wishes }, planned)
  return version.ref
}

/** One of each kind of file that the page looks into, and one that it does not. */
export const PREVIEWED: Readonly<Record<string, string | Uint8Array>> = {
  'config.json': JSON.stringify({ layers: 12, deep: { list: [1, 2, { x: null }] }, on: true }),
  'labels.csv': 'id,label,says\n0,cat,"a ""b"", c"\n1,dog,\n',
  'weights/model.safetensors': safetensors({
    __metadata__: { format: 'pt' },
    'encoder.layer.0.weight': { dtype: 'F16', shape: [768, 768], data_offsets: [0, 1_179_648] },
    'encoder.layer.0.bias': { dtype: 'F16', shape: [768], data_offsets: [1_179_648, 1_181_184] },
  }),
  'weights/tiny.gguf': gguf(),
  'weights/tiny.onnx': onnx(),
  'weights/raw.bin': Uint8Array.from({ length: 300 }, (_, at) => (at * 7) % 256),
  'pictures/confusion.png': Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8Dw' +
      'n4GBgYGJgYGBgQEAFAoCAYy0j7oAAAAASUVORK5CYII=',
    'base64',
  ),
  'pictures/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg" onload="hacked()"/>',
  'README.md': '# A model\n\nWith **words**.\n',
  'empty.txt': '',
}

/** The same with other tensors in one of them. */
export const RETRAINED: typeof PREVIEWED = {
  ...PREVIEWED,
  'weights/model.safetensors': safetensors({
    'encoder.layer.0.weight': { dtype: 'F16', shape: [1024, 768], data_offsets: [0, 1_572_864] },
    'encoder.layer.1.bias': { dtype: 'BF16', shape: [768], data_offsets: [0, 1536] },
  }),
}

function safetensors(header: Readonly<Record<string, unknown>>): Uint8Array {
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, Buffer.alloc(64)])
}

/** A graph `main` with one tensor, as a protocol buffer. */
function onnx(): Uint8Array {
  const field = (number: number, content: Uint8Array | string) => {
    const bytes = Buffer.from(content)
    return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes])
  }
  const tensor = Buffer.concat([
    field(1, Uint8Array.of(8, 4)),
    Uint8Array.of(2 * 8, 1),
    field(8, 'layer.weight'),
    field(9, new Uint8Array(64)),
  ])
  return field(7, Buffer.concat([field(2, 'main'), field(5, tensor)]))
}

/** Version 3, one fact and one tensor. */
function gguf(): Uint8Array {
  const u32 = (value: number) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(value)
    return bytes
  }
  const u64 = (value: number) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt(value))
    return bytes
  }
  const text = (value: string) => Buffer.concat([u64(value.length), Buffer.from(value)])
  return Buffer.concat([
    ...[Buffer.from('GGUF'), u32(3), u64(1), u64(1)],
    ...[text('general.name'), u32(8), text('tiny')],
    ...[text('blk.0.weight'), u32(2), u64(32), u64(64), u32(1), u64(0)],
  ])
}
