import { RegistryError } from '../core/errors.ts'
import { type Compiled, Marker } from './statement.ts'

/** The values of a compiled statement in order, with the parameters in the markers' places. */
export function bindValues(compiled: Compiled, params: object): unknown[] {
  return compiled.parameters.map((parameter) => {
    if (!(parameter instanceof Marker)) return parameter
    const value: unknown = params[parameter.name as keyof typeof params]
    if (value === undefined)
      throw new Error(`${compiled.name} misses the parameter ${parameter.name}`)
    return checkStorable(value)
  })
}

/**
 * PostgreSQL's text takes no U+0000 and no lone surrogate. SQLite would, but a registry must be
 * able to move from one to the other: both refuse it.
 */
export function checkStorable(value: unknown): unknown {
  if (typeof value === 'string' ? isUnstorable(value) : isList(value) && value.some(isUnstorable))
    throw new RegistryError(
      'request_invalid',
      'A text holds the character U+0000 or half a surrogate pair, which cannot be stored.',
    )
  return value
}

function isUnstorable(value: unknown): boolean {
  return typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}
