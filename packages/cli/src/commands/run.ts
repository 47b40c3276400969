import { deleteRun, getRun, listRuns } from '@greenroom/sdk'
import type { Run } from '@greenroom/sdk/wire'
import { Command } from 'commander'
import { confirm } from '../confirm.ts'
import { examples } from '../examples.ts'
import { facts, printable, table, time } from '../output.ts'
import { countOption, registryVerb, type Session, withSession } from '../registry-verb.ts'
import { takeItems } from '../take-items.ts'

interface ListOptions {
  readonly limit: number
  readonly sort?: string
}

const PROJECT = 'PROJECT or ENTITY/PROJECT'

/** Lists, shows and deletes runs. */
export function runVerb(): Command {
  return new Command('run')
    .summary('list, show and delete runs')
    .description('List, show and delete runs: what logged and used versions.')
    .addCommand(
      registryVerb('list', 'list the runs of a project, newest first')
        .argument('<project>', PROJECT)
        .option('--sort <field>', 'as "-summary.accuracy" for the highest first')
        .addOption(countOption('runs'))
        .addHelpText('after', examples('greenroom run list demo --sort -summary.accuracy'))
        .action(withSession(list)),
    )
    .addCommand(
      registryVerb('show', 'show its state, configuration, summary, what it used and made')
        .argument('<project>', PROJECT)
        .argument('<run>', 'its name in the project')
        .addHelpText('after', examples('greenroom run show demo 1kq3x2ab'))
        .action(withSession(show)),
    )
    .addCommand(
      registryVerb('delete', 'end a run with what it logged; versions that it made stay')
        .argument('<project>', PROJECT)
        .argument('<run>', 'its name in the project')
        .option('--yes', 'do not ask')
        .addHelpText('after', examples('greenroom run delete demo 1kq3x2ab'))
        .action(withSession(remove)),
    )
}

async function list(session: Session, project: string, options: ListOptions): Promise<void> {
  const { limit, sort } = options
  const owner = await session.requireOwner(project)
  const items = await takeItems(limit, (page) => listRuns(session.client, owner, { ...page, sort }))
  const rowOf = (each: Run) => [
    each.run,
    each.displayName,
    each.state,
    each.jobType ?? '',
    time(each.createdAt),
    each.createdBy,
  ]
  session.output.result({ items }, () =>
    items.length === 0
      ? 'No run is here yet.'
      : table(['run', 'name', 'state', 'job type', 'created', 'by'], items.map(rowOf)),
  )
}

async function show(session: Session, project: string, name: string): Promise<void> {
  const run = await getRun(session.client, await session.requireOwner(project), name)
  session.output.result(run, () => {
    const valuesOf = (prefix: string, values: object) =>
      Object.entries(values).map(
        ([key, value]) => [`${prefix}.${printable(key)}`, JSON.stringify(value)] as const,
      )
    return facts([
      ['run', run.run],
      ['name', run.displayName],
      ['state', run.exitCode === null ? run.state : `${run.state}, exit code ${run.exitCode}`],
      ['created', `${time(run.createdAt)} by ${run.createdBy}`],
      ['steps', String(run.historyLines)],
      ...valuesOf('config', run.config),
      ...valuesOf('summary', run.summary),
      ...run.inputs.map(({ ref }) => ['used', ref] as const),
      ...run.outputs.map(({ ref }) => ['made', ref] as const),
    ])
  })
}

async function remove(
  session: Session,
  project: string,
  name: string,
  { yes }: { readonly yes?: true },
): Promise<void> {
  const owner = await session.requireOwner(project)
  await confirm(`This ends the run ${printable(name)} with all that it logged.`, yes)
  await deleteRun(session.client, owner, name)
  session.output.result(
    { run: name, deleted: true },
    () => `The run ${printable(name)} is deleted.`,
  )
}
