import type { CollectionName } from '@greenroom/sdk'
import type { Version } from '@greenroom/sdk/wire'
import { ActionIcon, Button, Menu } from '@mantine/core'
import {
  IconDots,
  IconGitCompare,
  IconPencil,
  IconRocket,
  IconTag,
  IconTrash,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { aliasesQuery } from '../../api/queries.ts'
import { COMPARE_PATH, collectionParams } from '../../app/place.ts'
import { openMove } from '../../move/open-move.ts'
import { DeleteVersion } from './delete-version.tsx'
import { DescribeVersion } from './describe-version.tsx'
import styles from './version.module.css'

interface VersionActionsProps {
  readonly collection: CollectionName
  readonly version: Version
}

/** What can be done with a version. */
export function VersionActions({ collection, version }: VersionActionsProps) {
  const [open, setOpen] = useState<'describe' | 'delete'>()
  const close = () => setOpen(undefined)
  const own = version.version
  const base = useMeasure(collection, version)
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconGitCompare size={16} aria-hidden />}
        renderRoot={(props) => (
          <Link
            {...props}
            to={COMPARE_PATH}
            params={collectionParams(collection)}
            search={{ version: base === undefined ? [own] : [base, own] }}
          />
        )}
      >
        Compare
        {base === undefined ? '…' : <span className={styles.wide}>&nbsp;with {base}</span>}
      </Button>
      <Button
        leftSection={<IconRocket size={16} aria-hidden />}
        onClick={() =>
          openMove({ collection, alias: nextStage(version.aliases), version: version.version })
        }
      >
        Promote…
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size="input-sm" aria-label="More of this version">
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconTag size={16} aria-hidden />}
            onClick={() => openMove({ collection, alias: undefined, version: own })}
          >
            Set alias…
          </Menu.Item>
          <Menu.Item
            leftSection={<IconPencil size={16} aria-hidden />}
            onClick={() => setOpen('describe')}
          >
            Describe and tag…
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => setOpen('delete')}
          >
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'describe' && (
        <DescribeVersion collection={collection} version={version} onClose={close} />
      )}
      {open === 'delete' && (
        <DeleteVersion collection={collection} version={version} onClose={close} />
      )}
    </>
  )
}

/** Of production and the newest the first that another version is; undefined: neither is there. */
function useMeasure(collection: CollectionName, { aliases }: Version): string | undefined {
  const { data } = useQuery(aliasesQuery(collection))
  return ['production', 'latest'].find(
    (name) =>
      !aliases.includes(name) &&
      data?.items.some(({ alias, slotCount }) => alias === name && slotCount > 0),
  )
}

/** What somebody most likely wants it to become; the dialog lets them choose another. */
function nextStage(aliases: readonly string[]): string {
  return aliases.includes('production') ? 'staging' : 'production'
}
