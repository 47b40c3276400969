/** How a file is looked into. `unknown`: as text, where its bytes are text. */
export type PreviewKind = 'json' | 'table' | 'image' | 'safetensors' | 'gguf' | 'onnx' | 'unknown'

/** SVG is not among them: it is shown as the text that it is. */
const IMAGES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
}

const OTHERS: Readonly<Record<string, PreviewKind>> = {
  json: 'json',
  csv: 'table',
  tsv: 'table',
  safetensors: 'safetensors',
  gguf: 'gguf',
  onnx: 'onnx',
}

export function previewKind(path: string): PreviewKind {
  const ending = endingOf(path)
  if (Object.hasOwn(IMAGES, ending)) return 'image'
  return Object.hasOwn(OTHERS, ending) ? (OTHERS[ending] ?? 'unknown') : 'unknown'
}

/** Of an image by its name. What its bytes are is the browser's to find out, in an `<img>`. */
export function imageType(path: string): string {
  return IMAGES[endingOf(path)] ?? 'application/octet-stream'
}

/** The bytes as text; undefined where they are something else. */
export function textOf(bytes: Uint8Array, isWhole: boolean): string | undefined {
  try {
    // The end of a part may lie within a character: as a stream that is no fault.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole })
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

function endingOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase()
}
