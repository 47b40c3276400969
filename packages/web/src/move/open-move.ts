import type { CollectionName } from '@greenroom/sdk'

// Whoever wants a pointer moved opens the dialog from here: the board, the registry, the palette.

export type MoveRequest =
  | {
      readonly kind: 'move'
      readonly collection: CollectionName
      /** Undefined: it is chosen, or a new one named, in the dialog. */
      readonly alias: string | undefined
      readonly version: string
    }
  | {
      readonly kind: 'rollback'
      readonly collection: CollectionName
      readonly alias: string
      /** Down to this version; else to the one before. */
      readonly to?: string | undefined
    }

let request: MoveRequest | undefined
const listeners = new Set<() => void>()

export function openMove(wanted: Omit<MoveRequest & { readonly kind: 'move' }, 'kind'>): void {
  become({ kind: 'move', ...wanted })
}

export function openRollback(
  wanted: Omit<MoveRequest & { readonly kind: 'rollback' }, 'kind'>,
): void {
  become({ kind: 'rollback', ...wanted })
}

export function closeMove(): void {
  become(undefined)
}

export function currentMove(): MoveRequest | undefined {
  return request
}

export function onMoveRequest(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function become(next: MoveRequest | undefined): void {
  request = next
  for (const listener of listeners) listener()
}
