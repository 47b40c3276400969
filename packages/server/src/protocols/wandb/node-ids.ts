import { RegistryError } from '../../core/errors.ts'

/**
 * Ids as the client handles them: base64 of `Type:rest`, padded. The client takes an artifact's id
 * apart to hex and back, and reads the integer out of those of projects, users and entities.
 */
export type NodeType =
  | 'ApiKey'
  | 'Artifact'
  | 'ArtifactAlias'
  | 'ArtifactCollection'
  | 'ArtifactCollectionMembership'
  | 'ArtifactManifest'
  | 'ArtifactType'
  | 'Entity'
  | 'File'
  | 'Organization'
  | 'Project'
  | 'ProjectInternalId'
  | 'Run'
  | 'Tag'
  | 'User'

export function nodeId(type: NodeType, ...parts: readonly (string | number)[]): string {
  return Buffer.from([type, ...parts].join(':')).toString('base64')
}

/** What stands behind the type, or undefined when the id is not one of this type. */
export function findInNodeId(type: NodeType, id: string): string | undefined {
  const text = Buffer.from(id, 'base64').toString()
  return text.startsWith(`${type}:`) ? text.slice(type.length + 1) : undefined
}

/** Throws `not_found` for an id of another type: it names nothing that could be there. */
export function readNodeId(type: NodeType, id: string): string {
  const found = findInNodeId(type, id)
  if (found === undefined)
    throw new RegistryError('not_found', `${JSON.stringify(id)} is not the id of a ${type}.`)
  return found
}

/** The integer of a run's, project's, user's or entity's id. Throws `not_found`. */
export function readIntegerId(type: NodeType, id: string): number {
  const text = readNodeId(type, id)
  if (!/^[0-9]{1,15}$/.test(text))
    throw new RegistryError('not_found', `${JSON.stringify(id)} is not the id of a ${type}.`)
  return Number(text)
}
