import type { Version } from '@greenroom/sdk/wire'
import { ActionIcon, Radio } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { collectionParams, VERSION_PATH } from '../../app/place.ts'
import { formatSize, plural } from '../../ui/format.ts'
import { AliasChips } from '../../ui/stage-chip.tsx'
import { Time } from '../../ui/time.tsx'
import styles from './compare.module.css'

interface CompareHeadProps {
  readonly compared: readonly { readonly selector: string; readonly version: Version }[]
  readonly base: string
  readonly onBase: (selector: string) => void
  readonly onRemove: (selector: string) => void
}

/** Which versions stand side by side, and which of them is the measure. */
export function CompareHead({ compared, base, onBase, onRemove }: CompareHeadProps) {
  return (
    <fieldset className={styles.head}>
      <legend className="visually-hidden">Compared versions</legend>
      {compared.map(({ selector, version }) => (
        <article key={selector} className={styles.card} data-base={selector === base}>
          <div className={styles.cardTop}>
            <h2>
              <Link
                to={VERSION_PATH}
                params={{
                  ...collectionParams({ owner: version.owner, name: version.collection }),
                  version: version.version,
                }}
                className="mono"
              >
                {version.version}
              </Link>
            </h2>
            {selector !== version.version && <span className="faint clip">as {selector}</span>}
            {compared.length > 2 && (
              <ActionIcon
                variant="subtle"
                color="gray"
                className={styles.remove ?? ''}
                aria-label={`Leave out ${selector}`}
                onClick={() => onRemove(selector)}
              >
                <IconX size={16} aria-hidden />
              </ActionIcon>
            )}
          </div>
          <AliasChips aliases={version.aliases} />
          <p className="soft">
            <Time at={version.createdAt} /> by {version.createdBy}
          </p>
          <p className="soft num">
            {formatSize(version.size)} in {plural(version.fileCount, 'file')}
          </p>
          <Radio
            name="base"
            label="Base"
            checked={selector === base}
            onChange={() => onBase(selector)}
          />
        </article>
      ))}
    </fieldset>
  )
}
