import { RegistryError } from '../../core/errors.ts'
import { changeAliases } from '../../core/operations/change-aliases.ts'
import { changeVersion } from '../../core/operations/change-version.ts'
import type { ArtifactView } from '../../core/operations/find-artifacts.ts'
import { useVersion } from '../../core/operations/use-version.ts'
import { ownerNamed } from './accounts.ts'
import { findArtifact, readTtl } from './artifacts.ts'
import type { Call } from './call.ts'

/** The committed version behind an id. Throws `version_not_found`. */
export async function getVersionView(call: Call, id: string): Promise<ArtifactView> {
  const artifact = await findArtifact(call, id)
  if (artifact === null)
    throw new RegistryError('version_not_found', 'There is no such artifact that you may see.')
  if (artifact.kind === 'draft')
    throw new RegistryError('version_not_found', 'This artifact has not been committed yet.')
  return artifact
}

export interface ChangeAliasesInput {
  readonly artifactID: string
  readonly aliases: readonly {
    readonly alias: string
    readonly entityName: string
    readonly projectName: string
    readonly artifactCollectionName: string
  }[]
}

/** One saved edit of a version's aliases, in the one collection that the client names. */
export async function saveAliases(
  call: Call,
  input: ChangeAliasesInput,
  change: 'add' | 'remove',
): Promise<{ readonly success: true }> {
  const [first] = input.aliases
  if (first === undefined) return { success: true }
  const { entityName, projectName, artifactCollectionName } = first
  const elsewhere = input.aliases.some(
    (alias) =>
      alias.entityName !== entityName ||
      alias.projectName !== projectName ||
      alias.artifactCollectionName !== artifactCollectionName,
  )
  if (elsewhere)
    throw new RegistryError('request_invalid', 'Change the aliases of one collection at a time.')
  const { version } = await getVersionView(call, input.artifactID)
  const names = input.aliases.map(({ alias }) => alias)
  await changeAliases(call.app.registry, call.actor, {
    collection: {
      owner: await ownerNamed(call, entityName, projectName),
      name: artifactCollectionName,
    },
    versionId: version.id,
    add: change === 'add' ? names : [],
    remove: change === 'remove' ? names : [],
    mayNameLatest: true,
  })
  call.artifacts.forget()
  return { success: true }
}

export interface UpdateArtifactInput {
  readonly artifactID: string
  readonly description?: string
  readonly metadata?: string
  readonly ttlDurationSeconds?: number
  readonly tagsToAdd?: readonly { readonly tagName: string }[]
  readonly tagsToDelete?: readonly { readonly tagName: string }[]
}

export async function updateArtifact(call: Call, input: UpdateArtifactInput) {
  const { version } = await getVersionView(call, input.artifactID)
  const ttlSeconds = readTtl(input.ttlDurationSeconds)
  await changeVersion(call.app.registry, call.actor, {
    versionId: version.id,
    ...(input.description === undefined ? {} : { description: input.description }),
    ...(input.metadata === undefined ? {} : { metadata: input.metadata }),
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    tagsToAdd: (input.tagsToAdd ?? []).map(({ tagName }) => tagName),
    tagsToDelete: (input.tagsToDelete ?? []).map(({ tagName }) => tagName),
  })
  call.artifacts.forget()
  return { artifact: await call.artifacts.load(version.id) }
}

export interface UseArtifactInput {
  readonly artifactID: string
  readonly entityName: string
  readonly projectName: string
  readonly runName: string
  readonly usedAs?: string
}

export async function useArtifact(call: Call, input: UseArtifactInput) {
  const artifact = await getVersionView(call, input.artifactID)
  await useVersion(call.app.registry, call.actor, {
    run: {
      owner: await ownerNamed(call, input.entityName, input.projectName),
      name: input.runName,
    },
    version: artifact.version.id,
    usedAs: input.usedAs ?? null,
    evenWithoutRun: true,
  })
  return { artifact }
}
