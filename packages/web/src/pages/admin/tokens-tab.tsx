import { createToken, revokeToken } from '@greenroom/sdk'
import type { CreatedToken, NewToken, Token } from '@greenroom/sdk/wire'
import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { tokensQuery } from '../../api/admin-queries.ts'
import { client } from '../../api/connection.ts'
import { meQuery } from '../../api/queries.ts'
import { VERBS } from '../../app/page-search.ts'
import { CodeBlock } from '../../ui/code-block.tsx'
import { plural } from '../../ui/format.ts'
import { type Column, LongTable } from '../../ui/long-table.tsx'
import { Empty, ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import table from '../../ui/table.module.css'
import { Time } from '../../ui/time.tsx'
import { useNow } from '../../ui/use-now.ts'
import styles from './admin.module.css'
import type { AdminTabProps } from './admin-page.tsx'
import { FormDialog } from './dialogs.tsx'
import { TabBar } from './tab-bar.tsx'

/** Keys of the user or service account that `of` names, else one's own. */
export function TokensTab({ search: { q = '', of, revoked }, onSearch }: AdminTabProps) {
  const { data: me } = useSuspenseQuery(meQuery())
  const user = of ?? me.user.username
  const { data, error, isPending, refetch } = useQuery(tokensQuery(user))
  const [isNew, setNew] = useState(false)
  const [made, setMade] = useState<CreatedToken>()
  const [ended, setEnded] = useState<Token>()
  const wanted = q.toLowerCase()
  const named = data?.items.filter(({ name }) => name.toLowerCase().includes(wanted)) ?? []
  const tokens = named.filter(({ revokedAt }) => revokedAt === null || revoked === 'yes')
  const hidden = named.length - tokens.length
  return (
    <>
      <TabBar q={q} onFilter={(text) => onSearch({ q: text })}>
        <span className="soft">
          Of <strong>{user}</strong>
        </span>
        {of !== undefined && of !== me.user.username && (
          <Button variant="default" onClick={() => onSearch({ of: undefined })}>
            Show mine
          </Button>
        )}
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setNew(true)}>
          New token
        </Button>
      </TabBar>
      {error !== null && <ErrorNotice error={error} retry={() => void refetch()} />}
      {isPending && <SkeletonRows />}
      {data !== undefined && tokens.length === 0 && <Empty title="No tokens" />}
      {tokens.length > 0 && (
        <LongTable
          label={`Tokens of ${user}`}
          rows={tokens}
          columns={columnsOf(setEnded)}
          keyOf={({ id }) => id}
        />
      )}
      {isNew && <NewTokenDialog user={user} onMade={setMade} onClose={() => setNew(false)} />}
      {made !== undefined && <Shown token={made} onClose={() => setMade(undefined)} />}
      {(hidden > 0 || revoked === 'yes') && (
        <p className={styles.hidden}>
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => onSearch({ revoked: revoked === 'yes' ? undefined : 'yes' })}
          >
            {revoked === 'yes' ? 'Hide the revoked ones' : `Show ${plural(hidden, 'revoked one')}`}
          </Button>
        </p>
      )}
      {ended !== undefined && (
        <FormDialog
          title={`Revoke ${ended.name}`}
          verb="Revoke it"
          isDangerous
          onSubmit={() => revokeToken(client(), user, ended.id)}
          onClose={() => setEnded(undefined)}
        >
          <p>Whoever uses the key is refused from now on. It cannot be taken back.</p>
        </FormDialog>
      )}
    </>
  )
}

function columnsOf(onRevoke: (token: Token) => void): readonly Column<Token>[] {
  return [
    { name: 'Token', cell: ({ name }) => <bdi className={table.name}>{name}</bdi> },
    { name: 'Begins with', cell: ({ prefix }) => <span className="mono soft">{prefix}…</span> },
    { name: 'May', cell: ({ scope }) => <ScopeWords scope={scope} /> },
    { name: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      name: 'Last used',
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? <span className="faint">never</span> : <Time at={lastUsedAt} />,
    },
    { name: 'State', cell: (token) => <TokenState token={token} /> },
    {
      name: 'Actions',
      isActs: true,
      cell: (token) =>
        token.revokedAt === null && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Revoke ${token.name}`}
            onClick={() => onRevoke(token)}
          >
            Revoke…
          </Button>
        ),
    },
  ]
}

function ScopeWords({ scope }: { readonly scope: Token['scope'] }) {
  if (scope === null) return <span>all that its account may</span>
  const { verbs, owner, collection, alias } = scope
  const where = [owner, collection, alias].some((pattern) => pattern !== '*')
  return (
    <span>
      {verbs.join(', ')}
      {where && (
        <span className="mono soft">
          {' '}
          {owner}/{collection}:{alias}
        </span>
      )}
    </span>
  )
}

function TokenState({ token: { revokedAt, expiresAt } }: { readonly token: Token }) {
  const now = useNow()
  if (revokedAt !== null)
    return (
      <span className="soft">
        revoked <Time at={revokedAt} />
      </span>
    )
  if (expiresAt === null) return <span>valid</span>
  return Date.parse(expiresAt) < now ? (
    <span className="soft">
      expired <Time at={expiresAt} />
    </span>
  ) : (
    <span>
      expires <Time at={expiresAt} />
    </span>
  )
}

interface NewTokenDialogProps {
  readonly user: string
  readonly onMade: (token: CreatedToken) => void
  readonly onClose: () => void
}

function NewTokenDialog({ user, onMade, onClose }: NewTokenDialogProps) {
  const [verbs, setVerbs] = useState<readonly string[]>([])
  return (
    <FormDialog
      title={`New token of ${user}`}
      verb="Make the token"
      onClose={onClose}
      onSubmit={async (field) => {
        const chosen = VERBS.filter((verb) => verbs.includes(verb))
        const expires = field('expires')
        const body: NewToken = {
          name: field('name'),
          scope: chosen.length === 0 ? null : { verbs: chosen, owner: field('owner') || '*' },
          expiresAt: expires === '' ? null : new Date(`${expires}T23:59:59Z`).toISOString(),
        }
        onMade(await createToken(client(), user, body))
      }}
    >
      <TextInput label="Name" name="name" placeholder="deploy job" required data-autofocus />
      <Checkbox.Group
        label="May"
        description="None: all that the account may"
        value={[...verbs]}
        onChange={setVerbs}
      >
        <Group mt="xs">
          {VERBS.map((verb) => (
            <Checkbox key={verb} value={verb} label={verb} />
          ))}
        </Group>
      </Checkbox.Group>
      <TextInput
        label="Where"
        name="owner"
        disabled={verbs.length === 0}
        description="A pattern such as registry/greenroom-org/* or ada/demo"
        placeholder="*"
      />
      <TextInput label="Expires at the end of" name="expires" type="date" />
    </FormDialog>
  )
}

interface ShownProps {
  readonly token: CreatedToken
  readonly onClose: () => void
}

/** The one time that the key is seen. */
function Shown({ token, onClose }: ShownProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={`The key of ${token.name}`}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Stack>
        <p>Copy it now: the registry keeps its SHA-256 only, and never shows it again.</p>
        <CodeBlock text={token.key} label="Key" />
        <Group justify="flex-end">
          <Button onClick={onClose}>I have it</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
