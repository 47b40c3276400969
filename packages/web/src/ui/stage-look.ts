import {
  IconArchive,
  IconBolt,
  IconCircleDot,
  IconFlask,
  IconRocket,
  IconSparkles,
  IconStar,
  IconTag,
} from '@tabler/icons-react'

// A stage is told by colour, icon and name together: no two of them say it alone.

export type StageColour = 'green' | 'amber' | 'grey' | 'blue' | 'violet' | 'teal' | 'pink'

export interface StageLook {
  readonly colour: StageColour
  readonly Icon: typeof IconRocket
}

const KNOWN: Readonly<Record<string, StageLook>> = {
  production: { colour: 'green', Icon: IconRocket },
  staging: { colour: 'amber', Icon: IconFlask },
  archived: { colour: 'grey', Icon: IconArchive },
  latest: { colour: 'grey', Icon: IconSparkles },
}

const OTHERS: readonly StageLook[] = [
  { colour: 'blue', Icon: IconCircleDot },
  { colour: 'violet', Icon: IconStar },
  { colour: 'teal', Icon: IconBolt },
  { colour: 'pink', Icon: IconTag },
]

/** Of an alias, declared or not: always the same one for the same name. */
export function stageLook(name: string): StageLook {
  const known = KNOWN[name]
  if (known !== undefined) return known
  let sum = 0
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973
  return OTHERS[sum % OTHERS.length] ?? { colour: 'blue', Icon: IconCircleDot }
}
