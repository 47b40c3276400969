import { type CondemnedCount, getStorage, type OwnerStorage } from '@greenroom/sdk'
import type { Command } from 'commander'
import { examples } from '../examples.ts'
import { size, table, time } from '../output.ts'
import { ownerRef } from '../ref.ts'
import { registryVerb, type Session, withSession } from '../registry-verb.ts'

/** Says what takes how much of the store. */
export function storageVerb(): Command {
  return registryVerb('storage', 'say what takes how much, and what is garbage; administrators')
    .addHelpText('after', examples('greenroom storage'))
    .action(withSession(storage))
}

async function storage({ client, output }: Session): Promise<void> {
  const found = await getStorage(client)
  output.result(found, () => {
    const { counted, condemned, removable } = found
    const garbage =
      `${amount(condemned)} are needed by nothing any more, ` +
      `${amount(removable)} of it goes with the next collection.\n`
    if (counted === null)
      return `Nothing was counted yet: the server does so by itself.\n${garbage}`
    const { blobs, bytes, countedAt, owners, otherOwners } = counted
    const others = otherOwners === 0 ? '' : `and ${otherOwners} more\n`
    return (
      `${size(bytes)} in ${blobs} blobs, counted ${time(countedAt)}\n${garbage}\n` +
      `${table(['owner', 'size', 'blobs', 'its own'], owners.map(rowOf))}${others}`
    )
  })
}

function rowOf({ owner, bytes, blobs, uniqueBytes }: OwnerStorage): string[] {
  return [ownerRef(owner), size(bytes), String(blobs), size(uniqueBytes)]
}

function amount({ bytes, isMore }: CondemnedCount): string {
  return `${isMore ? 'At least ' : ''}${size(bytes)}`
}
