import type { Forecast } from '@greenroom/sdk/wire'

/** What else a move does, in sentences: `v11 becomes archived`, `v12 is no longer archived`. */
export function effectsOf({ alias, removed, others }: Forecast): string[] {
  const displaced = removed.map((version) => `${version} is displaced: it is no longer ${alias}`)
  const gained = others.flatMap((other) =>
    other.added.map((version) => `${version} becomes ${other.alias}`),
  )
  const lost = others.flatMap((other) =>
    other.removed.map((version) => `${version} is no longer ${other.alias}`),
  )
  return [...displaced, ...gained, ...lost]
}
