import { Button, PasswordInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { meQuery } from '../../api/queries.ts'
import { setPassword } from '../../api/session.ts'
import { Problem } from './problem.tsx'
import styles from './sign-in.module.css'

/** After a first sign-in by link: a password, so that the next one needs no link. */
export function ChoosePassword({ onDone }: { readonly onDone: () => void }) {
  const { data: me } = useQuery(meQuery())
  const username = me?.user.username ?? ''
  const { mutate, error, isPending } = useMutation({
    mutationFn: (password: string) => setPassword(username, password),
    onSuccess: onDone,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    mutate(String(new FormData(event.currentTarget).get('password') ?? ''))
  }
  return (
    <form onSubmit={submit} className={styles.form}>
      <p>Welcome, {username}. Choose a password, so that next time you need no link.</p>
      <input type="hidden" name="username" autoComplete="username" value={username} readOnly />
      <PasswordInput label="New password" name="password" autoComplete="new-password" required />
      {error !== null && <Problem error={error} />}
      <Button type="submit" fullWidth loading={isPending}>
        Set the password
      </Button>
      <Button variant="subtle" fullWidth onClick={onDone}>
        Later
      </Button>
    </form>
  )
}
