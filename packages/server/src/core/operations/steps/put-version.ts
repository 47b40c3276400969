import { fieldsOf } from '../../model/field.ts'
import type { Version } from '../../model/version.ts'
import type { Tx } from '../../registry.ts'

/** Writes a changed version, and what can be searched of it in every place that it has. */
export async function putVersion(tx: Tx, version: Version): Promise<void> {
  await tx.versions.update(version)
  for (const { collectionId, index, createdAt } of await tx.memberships.listByVersions([
    version.id,
  ]))
    await tx.fields.replace(collectionId, index, fieldsOf(version, createdAt))
}
