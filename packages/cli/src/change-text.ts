import type { AliasChange, SideEffect } from '@greenroom/sdk'
import { type Colours, printable } from './output.ts'

/** What a call did to an alias, and to others beside it, for people. */
export function changeText(change: AliasChange, colours: Colours): string {
  const bearers = change.slots.map(({ version }) => version).join(', ')
  const state = bearers === '' ? 'points to nothing' : `is ${bearers}`
  const alias = colours.bold(printable(change.alias))
  if (!change.changed)
    return `${alias} ${state} already (generation ${change.generation}). Nothing was written.`
  const others = change.others.map((other) => `  ${otherText(other)}\n`).join('')
  return `${alias} ${state} now (generation ${change.generation})\n${others}`
}

/** What another alias gains and loses by a call. */
export function otherText({ alias, added, removed }: SideEffect): string {
  const parts = [
    ...(added.length > 0 ? [`gained ${added.join(', ')}`] : []),
    ...(removed.length > 0 ? [`lost ${removed.join(', ')}`] : []),
  ]
  return `${printable(alias)} ${parts.join(' and ')}`
}
