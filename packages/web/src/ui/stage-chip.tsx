import { IconLock } from '@tabler/icons-react'
import { stageLook } from './stage-look.ts'
import styles from './ui.module.css'

interface StageChipProps {
  readonly name: string
  /** Only some may move it: it wears a small lock. */
  readonly isProtected?: boolean
}

export function StageChip({ name, isProtected = false }: StageChipProps) {
  const { colour, Icon } = stageLook(name)
  return (
    <span className={styles.chip} data-colour={colour} title={name}>
      <Icon size={14} aria-hidden />
      <span className="clip">{name}</span>
      {isProtected && <IconLock size={12} role="img" aria-label="protected" />}
    </span>
  )
}

/** The aliases of a version, `latest` quietly at the end. */
export function AliasChips({ aliases }: { readonly aliases: readonly string[] }) {
  const order = [...aliases].sort((a, b) => Number(a === 'latest') - Number(b === 'latest'))
  return (
    <span className={styles.chips}>
      {order.map((alias) => (
        <StageChip key={alias} name={alias} />
      ))}
    </span>
  )
}
