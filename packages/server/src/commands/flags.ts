import { parseArgs } from 'node:util'
import { type Config, readConfig, readSurroundings } from '../config.ts'
import { StartRefused } from '../data-folder.ts'

/** A command line cut in two: what is the command's own, and the settings that all commands share. */
export interface CommandLine<Flag extends string> {
  /** Undefined where it was not given; `''` for a flag without a value. */
  readonly flags: Readonly<Partial<Record<Flag, string>>>
  readonly positionals: readonly string[]
  readonly config: Config
  /** Whether a person reads what is printed. */
  readonly terminal: boolean
}

/** Reads flags that the command knows, each with or without a value; the rest are settings. */
export function readCommandLine<Flag extends string>(
  argv: readonly string[],
  known: Readonly<Record<Flag, 'value' | 'switch'>>,
  positionals: readonly string[] = [],
): CommandLine<Flag> {
  const settings: string[] = []
  const found: string[] = []
  const flags: Partial<Record<Flag, string>> = {}
  const names = Object.keys(known) as Flag[]
  const types = Object.fromEntries(
    names.map((name) => [name, { type: known[name] === 'value' ? 'string' : 'boolean' } as const]),
  )
  const surroundings = readSurroundings(settings)
  // Settings take a value each: what follows one is not a word of the command's.
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    const name = names.find((flag) => word === `--${flag}` || word.startsWith(`--${flag}=`))
    if (name === undefined && !word.startsWith('-')) found.push(word)
    else if (name === undefined) {
      settings.push(word)
      const value = argv[at + 1]
      if (!word.includes('=') && value !== undefined && !value.startsWith('-')) {
        settings.push(value)
        at += 1
      }
    } else {
      const takes = known[name] === 'value' && !word.includes('=')
      const { values } = parseArgs({ args: argv.slice(at, at + (takes ? 2 : 1)), options: types })
      flags[name] = String(values[name] === true ? '' : values[name])
      if (takes) at += 1
    }
  }
  if (found.length !== positionals.length)
    throw new StartRefused(
      positionals.length === 0
        ? `"${found[0]}" is not a flag.`
        : `Say ${positionals.join(' and ')}, and nothing else.`,
    )
  const { config } = readConfig(surroundings)
  return { flags, positionals: found, config, terminal: surroundings.terminal }
}

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** `90s`, `15m`, `1h`, `7d` or `0`. Throws `StartRefused`. */
export function parseSeconds(flag: string, text: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? []
  if (digits === undefined || (unit === '' && digits !== '0'))
    throw new StartRefused(`--${flag} ${text} is not a time such as 90s, 15m, 1h or 7d.`)
  return Number(digits) * UNITS[(unit || 's') as keyof typeof UNITS]
}

/** A whole number within bounds. Throws `StartRefused`. */
export function parseNumber(flag: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (/^\d{1,9}$/.test(text) && value >= min && value <= max) return value
  throw new StartRefused(`--${flag} takes a whole number from ${min} to ${max}, not "${text}".`)
}
