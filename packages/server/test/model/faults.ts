import { RegistryError } from '../../src/core/errors.ts'
import type { MetadataStore, ReadTx, Tx } from '../../src/core/registry.ts'
import type { Random } from './random.ts'

/** How often, of ten thousand, something goes wrong. */
export interface FaultRates {
  /** Before any one statement of a work. */
  readonly statement: number
  /** After the COMMIT: done, but the answer is lost. */
  readonly answer: number
}

/** A store that fails at any await of a work, or loses the answer of one that was done. */
export function faultyStore(
  metadata: MetadataStore,
  random: Random,
  rates: FaultRates,
): MetadataStore & { readonly injected: () => number } {
  let injected = 0
  const fail = (rate: number, what: string) => {
    if (random.below(10_000) >= rate) return
    injected += 1
    throw new RegistryError('registry_unavailable', `injected: ${what}`)
  }
  const faulty = <Group extends ReadTx | Tx>(tx: Group): Group =>
    new Proxy(tx, {
      get(target, name) {
        const group: unknown = Reflect.get(target, name, target)
        return typeof group === 'object' && group !== null ? faultyGroup(group) : group
      },
    })
  const faultyGroup = (group: object): object =>
    new Proxy(group, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name, target)
        if (typeof method !== 'function') return method
        return async (...given: unknown[]) => {
          fail(rates.statement, String(name))
          return Reflect.apply(method, target, given)
        }
      },
    })
  return {
    injected: () => injected,
    dataVersion: () => metadata.dataVersion(),
    rightsVersion: () => metadata.rightsVersion(),
    stream: metadata.stream,
    close: () => metadata.close(),
    read: (work) => metadata.read((tx) => work(faulty(tx))),
    transaction: async (work) => {
      const result = await metadata.transaction((tx) => work(faulty(tx)))
      fail(rates.answer, 'the answer of a transaction')
      return result
    },
  }
}
