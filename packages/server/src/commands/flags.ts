import { type Config, parseTimeSpan, readConfig, readSurroundings } from '../config.ts'
import { StartRefused } from '../data-folder.ts'

/**
 * A command line cut in two: what is the command's own, and the settings that all commands share.
 */
export interface CommandLine<Flag extends string> {
  /** Undefined where it was not given; `''` for a flag without a value. */
  readonly flags: Readonly<Partial<Record<Flag, string>>>
  readonly positionals: readonly string[]
  readonly config: Config
  /** Whether a person reads what is printed. */
  readonly terminal: boolean
}

/**
 * Reads flags that the command knows, with a value or without; the rest are settings, which all
 * take one. Throws `StartRefused` and `ConfigError`.
 */
export function readCommandLine<Flag extends string>(
  argv: readonly string[],
  known: Readonly<Record<Flag, 'value' | 'switch'>>,
  positionals: readonly string[] = [],
): CommandLine<Flag> {
  const names = Object.keys(known) as Flag[]
  const flags: Partial<Record<Flag, string>> = {}
  const settings: string[] = []
  const words: string[] = []
  const rest = argv.values()
  for (const word of rest) {
    const [flag = '', value] = word.split(/=(.*)/s)
    const name = names.find((each) => flag === `--${each}`)
    if (!word.startsWith('-')) words.push(word)
    else if (name === undefined) {
      settings.push(word)
      // One without a value is refused with a sentence by whoever reads the settings.
      const next = value === undefined ? rest.next().value : undefined
      if (next !== undefined) settings.push(next)
    } else if (known[name] === 'switch') flags[name] = ''
    else flags[name] = value ?? rest.next().value ?? ''
  }
  if (words.length !== positionals.length)
    throw new StartRefused(
      positionals.length === 0
        ? `"${words[0]}" is not a flag.`
        : `Say ${positionals.join(' and ')}, and nothing else.`,
    )
  const surroundings = readSurroundings(settings)
  const { config } = readConfig(surroundings)
  return { flags, positionals: words, config, terminal: surroundings.terminal }
}

/** `90s`, `15m`, `1h`, `7d` or `0`. Throws `StartRefused`. */
export function parseSeconds(flag: string, text: string): number {
  try {
    return parseTimeSpan(text)
  } catch (error) {
    throw new StartRefused(`--${flag}: ${(error as Error).message}`)
  }
}

/** A whole number within bounds. Throws `StartRefused`. */
export function parseNumber(flag: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (/^\d{1,9}$/.test(text) && value >= min && value <= max) return value
  throw new StartRefused(`--${flag} takes a whole number from ${min} to ${max}, not "${text}".`)
}
