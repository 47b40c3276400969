import type { OwnerName } from '@greenroom/sdk/wire'
import { IconRocket } from '@tabler/icons-react'
import { LogWays } from '../../ui/log-ways.tsx'
import { Empty } from '../../ui/states.tsx'

export default function EmptyRegistry({ owner }: { readonly owner: OwnerName }) {
  return (
    <Empty title="Nothing is here yet" icon={<IconRocket size={32} aria-hidden />}>
      <p>Log the first model with the client that you use already:</p>
      <LogWays owner={owner} />
    </Empty>
  )
}
