/** The aliases of a version, to be edited and then saved: `push`, `remove`, `includes`. */
export class AliasList extends Array<string> {
  // What is made of it (`map`, `filter`) is a plain array.
  static override get [Symbol.species]() {
    return Array
  }

  /** Takes one away; says whether it was there. */
  remove(alias: string): boolean {
    const at = this.indexOf(alias)
    if (at !== -1) this.splice(at, 1)
    return at !== -1
  }
}

export function aliasListOf(aliases: readonly string[]): AliasList {
  const list = new AliasList()
  list.push(...aliases)
  return list
}

/** What has to be done to a version that bore `before` so that it is as `now` says. */
export function aliasEdits(
  before: readonly string[],
  now: readonly string[],
): { readonly add: readonly string[]; readonly remove: readonly string[] } {
  return {
    add: [...new Set(now)].filter((alias) => !before.includes(alias)),
    remove: before.filter((alias) => !now.includes(alias)),
  }
}
