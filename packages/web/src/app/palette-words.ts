import type { ListedCollection } from '@greenroom/sdk/wire'

/** `churn v37` and `churn:v37` name a version beside a part of its collection's name. */
export function versionIn(typed: string): { readonly name: string; readonly version?: string } {
  const [, name, version] = /^(.+?)[\s:]+(v\d{1,9})$/.exec(typed) ?? []
  return name === undefined || version === undefined ? { name: typed } : { name, version }
}

export interface FoundVersion {
  readonly collection: ListedCollection
  readonly version: string
  /** Stages that it bears, as far as they were asked for. */
  readonly stages: readonly string[]
}

/** Of a collection the version that was named, if its number was given; else who bears a stage. */
export function versionsOf(
  collection: ListedCollection,
  named: string | undefined,
): readonly FoundVersion[] {
  const borne = new Map<string, string[]>()
  for (const { alias, slots } of collection.standings)
    for (const { version } of slots.slice(0, 1))
      borne.set(version, [...(borne.get(version) ?? []), alias])
  const newest = Number(collection.newest?.version.slice(1) ?? -1)
  const versions = named === undefined ? [...borne.keys()] : [named]
  return versions
    .filter((version) => Number(version.slice(1)) <= newest)
    .map((version) => ({ collection, version, stages: borne.get(version) ?? [] }))
}

/** Whether each word that was typed is somewhere in the text. */
export function saysAll(text: string, typed: string): boolean {
  const lower = text.toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word))
}
