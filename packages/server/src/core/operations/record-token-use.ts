import { TOKEN_USE_SECONDS } from '../limits.ts'
import type { Micros } from '../model/time.ts'
import type { Registry } from '../registry.ts'

/** Notes when a token was last used, where what is known of that is an hour old. */
export async function recordTokenUse(
  registry: Registry,
  input: { readonly tokenId: string; readonly time: Micros },
): Promise<void> {
  const { tokenId, time } = input
  const isKnown = (lastUsedAt: Micros | null) =>
    lastUsedAt !== null && time - lastUsedAt < TOKEN_USE_SECONDS * 1_000_000
  const before = await registry.metadata.read((tx) => tx.users.findTokenById(tokenId))
  if (before === undefined || isKnown(before.lastUsedAt)) return
  await registry.metadata.transaction(async (tx) => {
    const token = await tx.users.findTokenById(tokenId)
    if (token !== undefined && !isKnown(token.lastUsedAt)) await tx.users.touchToken(tokenId, time)
  })
}
