import type { ExplainedAccess, OwnerName, Verb } from '@greenroom/sdk/wire'
import { Autocomplete, Button, NativeSelect, TextInput } from '@mantine/core'
import { IconBan, IconCircleCheck } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { accessQuery, membersQuery } from '../../api/admin-queries.ts'
import { stagesQuery } from '../../api/queries.ts'
import { VERBS } from '../../app/page-search.ts'
import { StageChip } from '../../ui/stage-chip.tsx'
import { ErrorNotice, SkeletonRows } from '../../ui/states.tsx'
import styles from './admin.module.css'
import type { AdminTabProps } from './admin-page.tsx'
import { nameOfRole } from './role-select.tsx'

const DOES: Readonly<Record<Verb, string>> = {
  read: 'see',
  download: 'download',
  write: 'change',
  promote: 'move',
  administer: 'administer',
}

interface WhyProps extends AdminTabProps {
  readonly owner: OwnerName
}

/** "Why may ada move production?": asks the function that decides. */
export function Why({ owner, search, onSearch }: WhyProps) {
  const stages = useQuery(stagesQuery(owner))
  const members = useInfiniteQuery(membersQuery(owner))
  const { who = '', verb = 'promote', collection = '', alias = '' } = search
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const field = (name: string) => String(form.get(name) ?? '').trim()
    onSearch({
      who: field('who'),
      verb: VERBS.find((one) => one === field('verb')),
      alias: field('alias'),
      collection: field('collection'),
    })
  }
  const names = members.data?.pages.flatMap(({ items }) =>
    items.filter(({ kind }) => kind !== 'team').map(({ name }) => name),
  )
  return (
    <section className={styles.section}>
      <div className={styles.bar}>
        <h2>Why may somebody do something?</h2>
      </div>
      <p className="soft">
        The answer is for the account itself. A token of theirs may be limited to less: see Tokens.
      </p>
      <form className={styles.question} onSubmit={ask}>
        <Autocomplete
          label="User or service account"
          name="who"
          required
          defaultValue={who}
          data={names ?? []}
          autoCapitalize="none"
        />
        <NativeSelect label="Verb" name="verb" defaultValue={verb} data={[...VERBS]} />
        <Autocomplete
          label="Alias"
          name="alias"
          placeholder="any"
          defaultValue={alias}
          data={stages.data?.items.map(({ name }) => name) ?? []}
        />
        <TextInput
          label="Collection"
          name="collection"
          placeholder="any"
          defaultValue={collection}
        />
        <Button type="submit" variant="default">
          Ask
        </Button>
      </form>
      {who !== '' && <Answer owner={owner} search={{ who, verb, collection, alias }} />}
    </section>
  )
}

interface AnswerProps {
  readonly owner: OwnerName
  readonly search: Readonly<Record<'who' | 'collection' | 'alias', string>> & {
    readonly verb: Verb
  }
}

function Answer({ owner, search: { who, verb, collection, alias } }: AnswerProps) {
  const question = {
    ...{ principal: who, verb },
    ...(collection === '' ? {} : { collection }),
    ...(alias === '' ? {} : { alias }),
  }
  const { data, error, isPending, refetch } = useQuery(accessQuery(owner, question))
  if (error !== null) return <ErrorNotice error={error} retry={() => void refetch()} />
  if (isPending) return <SkeletonRows rows={2} />
  const { allowed } = data
  return (
    <div className={styles.answer} role="status">
      <p className={styles.verdict} data-good={allowed}>
        {allowed ? <IconCircleCheck size={18} aria-hidden /> : <IconBan size={18} aria-hidden />}
        <span>
          <strong>{who}</strong>
          <span>
            {allowed ? 'may' : 'may not'} {DOES[verb]}
          </span>
          {alias !== '' && (
            <>
              <StageChip name={alias} isProtected={data.isProtected === true} />
              <span>in</span>
            </>
          )}
          {collection !== '' && (
            <>
              <bdi className="mono">{collection}</bdi>
              <span>of</span>
            </>
          )}
          <bdi>{owner.name}</bdi>
        </span>
      </p>
      <ul>
        {reasonsOf(data, owner, who).map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </div>
  )
}

function reasonsOf(found: ExplainedAccess, owner: OwnerName, who: string): readonly string[] {
  const { because, role, needed, grant, memberRole, entityRole, isProtected } = found
  const roles = [
    memberRole === null
      ? `No member of ${owner.name}, by name or through a team.`
      : `${nameOfRole(memberRole)} as a member of ${owner.name}, by name or through a team.`,
    ...(entityRole === null ? [] : [`${nameOfRole(entityRole)} in ${owner.entity}.`]),
  ]
  if (because === 'administrator') return ['Administrators may everything, everywhere.']
  if (because === 'scope') return ['The token is limited to something else.']
  if (grant !== null) {
    const { effect, verb, collection, alias, principal } = grant
    const whose = principal === who ? 'their own' : `that of their team ${principal}`
    const beats = effect === 'deny' ? ' A grant that denies beats every role.' : ''
    return [
      `A grant decides, ${whose}: ${effect} ${verb} on ${collection}, alias ${alias}.${beats}`,
      ...roles,
    ]
  }
  const lock =
    isProtected === null
      ? ''
      : isProtected
        ? ' The alias is protected.'
        : ' The alias is not protected.'
  const has = role === null ? 'They have no role here' : `Their role here is ${nameOfRole(role)}`
  const takes = needed === null ? '' : `; it takes ${nameOfRole(needed)}, or a grant`
  return [`${has}${takes}.${lock}`, ...roles]
}
