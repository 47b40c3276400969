import { type DestinationStream, type Level, type Logger, pino, stdTimeFunctions } from 'pino'

export type { Logger } from 'pino'

export interface LogOptions {
  readonly level: Level | 'silent'
  /** `pretty` is for people on a terminal, `json` is one object a line. */
  readonly format: 'pretty' | 'json'
}

// In order: a JSON escape and a content digest (both kept), credentials of a header, the signature
// of a link, and any long word, since every key has 40 characters or more. Costs 3.5 µs a line.
const SECRETS = new RegExp(
  [
    String.raw`\\(?:u[\da-f]{4}|.)`,
    String.raw`sha256:[\da-f]{64}\b`,
    String.raw`(?:bearer|basic)\s+[^\s"\\]+`,
    String.raw`\.[\w-]{43}(?![\w-])`,
    String.raw`\w{40,}`,
  ].join('|'),
  'gi',
)

/** A line of JSON without anything that could be a key or a signed link; still a line of JSON. */
export function redact(line: string): string {
  return line.replace(SECRETS, (found) =>
    found.startsWith('\\') || found.startsWith('sha256:') ? found : '[redacted]',
  )
}

/** The one log of a server. Every line passes through `redact`, whoever writes it. */
export async function createLog(
  options: LogOptions,
  destination?: DestinationStream,
): Promise<Logger> {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      hooks: { streamWrite: redact },
    },
    destination ?? (await standardOutput(options.format)),
  )
}

async function standardOutput(format: LogOptions['format']): Promise<DestinationStream> {
  if (format === 'json') return pino.destination({ fd: 1, sync: true })
  const { default: pretty } = await import('pino-pretty')
  return pretty({ sync: true, ignore: 'reqId', translateTime: 'SYS:HH:MM:ss.l' })
}
