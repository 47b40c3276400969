import type { CollectionName } from '@greenroom/sdk'
import type { Version } from '@greenroom/sdk/wire'
import { Alert, Spoiler } from '@mantine/core'
import { IconShieldX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lineageQuery } from '../../api/version-queries.ts'
import { ownerParams, RUN_PATH } from '../../app/place.ts'
import { CopyText, Digest } from '../../ui/copy-text.tsx'
import { type Fact, Facts } from '../../ui/facts.tsx'
import { formatSize, plural } from '../../ui/format.ts'
import { TagList } from '../../ui/tag-list.tsx'
import { Time } from '../../ui/time.tsx'
import styles from './version.module.css'
import { VersionAliases } from './version-aliases.tsx'

interface VersionHeadProps {
  readonly collection: CollectionName
  readonly version: Version
}

/** Aliases, tags, description, and the facts that never change. */
export function VersionHead({ collection, version }: VersionHeadProps) {
  const { aliases, tags, description, state, stateReason } = version
  return (
    <div className={styles.head}>
      {state === 'quarantined' && (
        <Alert color="red" variant="light" icon={<IconShieldX size={18} aria-hidden />}>
          Quarantined{stateReason === null ? '' : `: ${stateReason}`}. Nobody can resolve or
          download it; its aliases stay where they are.
        </Alert>
      )}
      {(aliases.length > 0 || tags.length > 0) && (
        <div className={styles.chips}>
          <VersionAliases collection={collection} version={version} />
          <TagList tags={tags} show={8} />
        </div>
      )}
      {description !== null && description !== '' && (
        <Spoiler maxHeight={120} showLabel="Show all of it" hideLabel="Show less">
          <p className={styles.description} dir="auto">
            {description}
          </p>
        </Spoiler>
      )}
      <Facts facts={factsOf(version)}>
        <MadeBy collection={collection} version={version} />
      </Facts>
    </div>
  )
}

function factsOf(version: Version): readonly Fact[] {
  return [
    { name: 'Reference', value: <CopyText text={version.ref} what="reference" /> },
    { name: 'Digest', value: <Digest digest={version.digest} /> },
    { name: 'Type', value: version.type },
    {
      name: 'Size',
      value: `${formatSize(version.size)} in ${plural(version.fileCount, 'file')}`,
    },
    {
      name: 'Made',
      value: (
        <span>
          <Time at={version.createdAt} /> by {version.createdBy}
        </span>
      ),
    },
    ...(version.ttlSeconds === null
      ? []
      : [{ name: 'Kept for', value: plural(Math.round(version.ttlSeconds / 86_400), 'day') }]),
  ]
}

/** The run that logged it, when one did: the only one that leads to it. */
function MadeBy({ collection, version }: VersionHeadProps) {
  const { data } = useQuery(lineageQuery(collection, version.version, 1))
  const makers = data?.edges.filter(({ to }) => to === data.root).map(({ from }) => from) ?? []
  const run = data?.nodes.find(({ kind, key }) => kind === 'run' && makers.includes(key))
  if (run?.kind !== 'run') return null
  const { entity, owner } = ownerParams(run.owner)
  return (
    <div>
      <dt>Run</dt>
      <dd>
        <Link to={RUN_PATH} params={{ entity, owner, run: run.run }}>
          <bdi>{run.displayName}</bdi>
        </Link>
      </dd>
    </div>
  )
}
