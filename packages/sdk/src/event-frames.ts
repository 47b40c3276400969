/** One block of an event stream; what it does not name is undefined. */
export interface EventFrame {
  readonly id: string | undefined
  readonly data: string | undefined
}

/**
 * Reads https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream.
 * Blocks without `data` are given too: their id moves the place from which to go on. A block that
 * the end cuts off is dropped. `onBytes` hears of every sign of life.
 */
export async function* readEventFrames(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void = () => {},
): AsyncGenerator<EventFrame> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onBytes()
      // A "\r" at the end may be the half of a "\r\n".
      const [, text = '', kept = ''] =
        /^(.*?)(\r?)$/s.exec(rest + decoder.decode(value, { stream: true })) ?? []
      const blocks = text.replace(/\r\n?/g, '\n').split('\n\n')
      rest = (blocks.pop() ?? '') + kept
      for (const block of blocks) yield parseFrame(block)
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function parseFrame(block: string): EventFrame {
  const data: string[] = []
  let id: string | undefined
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (field === 'data') data.push(value)
    if (field === 'id') id = value
  }
  return { id, data: data.length === 0 ? undefined : data.join('\n') }
}
