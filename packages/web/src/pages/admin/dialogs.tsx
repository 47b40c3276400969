import { Button, Group, Modal, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent, ReactNode } from 'react'
import { keys } from '../../api/keys.ts'
import { ErrorNotice } from '../../ui/states.tsx'

interface FormDialogProps {
  readonly title: string
  /** On the button that does it. */
  readonly verb: string
  readonly isDangerous?: boolean
  readonly onSubmit: (field: (name: string) => string, form: FormData) => Promise<unknown>
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Asks for what an act needs, does it, tells what went wrong in place. */
export function FormDialog(props: FormDialogProps) {
  const { title, verb, isDangerous = false, onSubmit, onClose, children } = props
  const queries = useQueryClient()
  const { mutate, isPending, error } = useMutation({
    mutationFn: (form: FormData) => onSubmit((name) => String(form.get(name) ?? '').trim(), form),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: keys.users })
      onClose()
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    mutate(new FormData(event.currentTarget))
  }
  return (
    <Modal opened onClose={onClose} title={title} size="lg">
      <form onSubmit={submit}>
        <Stack>
          {children}
          {error !== null && <ErrorNotice error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Leave it
            </Button>
            <Button type="submit" loading={isPending} {...(isDangerous ? { color: 'red' } : {})}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** For a change without a dialog, such as another role: does it, and asks for all anew. */
export function useAct() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.users }),
  })
}
