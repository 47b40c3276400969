import type { CollectionName } from '@greenroom/sdk'
import type { Version } from '@greenroom/sdk/wire'
import { Menu, UnstyledButton } from '@mantine/core'
import { IconArrowBackUp, IconHistory, IconTagOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { COLLECTION_PATH, collectionParams } from '../../app/place.ts'
import { openRollback } from '../../move/open-move.ts'
import { StageChip } from '../../ui/stage-chip.tsx'
import { TakeAlias } from './take-alias.tsx'
import styles from './version.module.css'

interface VersionAliasesProps {
  readonly collection: CollectionName
  readonly version: Version
}

/** Its aliases, each with what can be done to it. `latest` follows the commits by itself. */
export function VersionAliases({ collection, version }: VersionAliasesProps) {
  const [taken, setTaken] = useState<string>()
  const aliases = version.aliases.filter((alias) => alias !== 'latest')
  return (
    <>
      {aliases.map((alias) => (
        <Menu key={alias} position="bottom-start">
          <Menu.Target>
            <UnstyledButton className={styles.alias ?? ''} aria-label={`The alias ${alias}`}>
              <StageChip name={alias} />
            </UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconArrowBackUp size={16} aria-hidden />}
              onClick={() => openRollback({ collection, alias })}
            >
              Roll back…
            </Menu.Item>
            <Menu.Item
              leftSection={<IconTagOff size={16} aria-hidden />}
              onClick={() => setTaken(alias)}
            >
              Take it from {version.version}…
            </Menu.Item>
            <Menu.Item
              leftSection={<IconHistory size={16} aria-hidden />}
              renderRoot={(props) => (
                <Link
                  {...props}
                  to={COLLECTION_PATH}
                  params={collectionParams(collection)}
                  search={{ tab: 'history', alias }}
                />
              )}
            >
              Its history
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ))}
      {version.aliases.includes('latest') && <StageChip name="latest" />}
      {taken !== undefined && (
        <TakeAlias
          collection={collection}
          alias={taken}
          version={version.version}
          onClose={() => setTaken(undefined)}
        />
      )}
    </>
  )
}
