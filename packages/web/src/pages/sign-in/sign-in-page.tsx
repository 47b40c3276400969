import { Button, Loader, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { keys } from '../../api/keys.ts'
import { meQuery } from '../../api/queries.ts'
import { signIn, signInWithKey } from '../../api/session.ts'
import { queries } from '../../app/query-client.ts'
import { ChoosePassword } from './choose-password.tsx'
import { Problem } from './problem.tsx'
import styles from './sign-in.module.css'

/** Name and password, an API key, or the code that a one-time link has behind its `#`. */
export default function SignInPage() {
  const [code, setCode] = useState(() => /^#code=(.+)$/.exec(location.hash)?.[1])
  const [needsPassword, setNeedsPassword] = useState(false)
  const leave = useLeave()
  // The code is spent: it stands neither in the address nor in the history any longer.
  useEffect(() => history.replaceState(history.state, '', location.pathname + location.search), [])
  return (
    <main className={styles.page}>
      <div className={styles.box}>
        <img src="/assets/mark.svg" alt="" width={40} height={40} />
        <h1>Sign in to Greenroom</h1>
        {needsPassword ? (
          <ChoosePassword onDone={leave} />
        ) : code !== undefined ? (
          <ByCode
            code={decodeURIComponent(code)}
            onDone={async () => {
              const me = await queries.fetchQuery(meQuery())
              if (me.hasPassword) leave()
              else setNeedsPassword(true)
            }}
            onGiveUp={() => setCode(undefined)}
          />
        ) : (
          <ByHand onDone={leave} />
        )}
      </div>
    </main>
  )
}

/** To where one wanted to go. Only a path of this page: an address elsewhere is not followed. */
function useLeave(): () => void {
  const { to } = useSearch({ from: '/sign-in' })
  const router = useRouter()
  return () => {
    queries.removeQueries({ queryKey: keys.me })
    router.history.replace(to !== undefined && /^\/(?![/\\])/.test(to) ? to : '/')
  }
}

interface ByCodeProps {
  readonly code: string
  readonly onDone: () => void
  readonly onGiveUp: () => void
}

function ByCode({ code, onDone, onGiveUp }: ByCodeProps) {
  const { mutate, error } = useMutation({
    mutationFn: () => signIn({ code }),
    onSuccess: onDone,
  })
  useEffect(() => mutate(), [mutate])
  if (error === null) return <Loader aria-label="Signing in" />
  return (
    <>
      <Problem error={error} />
      <Button variant="default" onClick={onGiveUp}>
        Sign in another way
      </Button>
    </>
  )
}

function ByHand({ onDone }: { readonly onDone: () => void }) {
  const [way, setWay] = useState<'password' | 'key'>('password')
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: (form: FormData) => {
      const field = (name: string) => String(form.get(name) ?? '')
      if (way === 'key') return signInWithKey(field('key').trim())
      return signIn({ username: field('username').trim(), password: field('password') })
    },
    onSuccess: onDone,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    mutate(new FormData(event.currentTarget))
  }
  return (
    <>
      <SegmentedControl
        fullWidth
        value={way}
        onChange={(value) => {
          reset()
          setWay(value === 'key' ? 'key' : 'password')
        }}
        data={[
          { value: 'password', label: 'Password' },
          { value: 'key', label: 'API key' },
        ]}
      />
      <form onSubmit={submit} className={styles.form}>
        {way === 'password' ? <PasswordFields /> : <KeyField />}
        {error !== null && <Problem error={error} />}
        <Button type="submit" fullWidth loading={isPending}>
          Sign in
        </Button>
      </form>
      <p className="soft">
        Neither at hand? Whoever runs the server makes a one-time link with{' '}
        <code>greenroom sign-in-link NAME</code>.
      </p>
    </>
  )
}

function PasswordFields() {
  return (
    <>
      <TextInput
        label="Name"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        required
      />
      <PasswordInput label="Password" name="password" autoComplete="current-password" required />
    </>
  )
}

function KeyField() {
  return (
    <PasswordInput
      label="API key"
      name="key"
      autoComplete="off"
      description="The one that wandb, curl and the command line use. It stays in this tab."
      required
    />
  )
}
