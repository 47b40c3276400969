import { type CollectionName, formatRef } from '@greenroom/sdk'

// Lines to paste, for each client that this server speaks to.

export interface Snippet {
  readonly client: string
  readonly text: string
}

/** `registry/org/model/name:production`. */
export function refOf({ owner, name }: CollectionName, selector: string): string {
  return formatRef({ collection: { owner, name }, selector })
}

export function pullLine(collection: CollectionName, selector: string): string {
  return `greenroom pull ${quoted(refOf(collection, selector))}`
}

export function pullSnippets(collection: CollectionName, selector: string): readonly Snippet[] {
  const ref = refOf(collection, selector)
  const server = location.origin
  const versions = `${server}/api/v1${apiPath(collection)}/versions`
  return [
    {
      client: 'CLI',
      text: [
        `export GREENROOM_URL=${server}`,
        'greenroom login',
        `greenroom pull ${quoted(ref)} ./model`,
      ].join('\n'),
    },
    {
      client: 'wandb',
      text: [
        '# pip install wandb',
        `# export WANDB_BASE_URL=${server}   WANDB_API_KEY=…`,
        'import wandb',
        '',
        `artifact = wandb.Api().artifact(${JSON.stringify(wandbRef(collection, selector))})`,
        'folder = artifact.download()',
      ].join('\n'),
    },
    {
      client: 'TypeScript',
      text: [
        "import { createClient } from '@greenroom/sdk'",
        "import { pull } from '@greenroom/sdk/node'",
        '',
        `const client = createClient({ url: '${server}', key: process.env.GREENROOM_API_KEY })`,
        `await pull(client, ${JSON.stringify(ref)}, './model')`,
      ].join('\n'),
    },
    {
      client: 'curl',
      text: [
        '# the version that it is now, then its files',
        `curl -H "Authorization: Bearer $GREENROOM_API_KEY" \\`,
        `  ${quoted(`${server}/api/v1/resolve?ref=${encodeURIComponent(ref)}`)}`,
        `curl -H "Authorization: Bearer $GREENROOM_API_KEY" \\`,
        `  ${quoted(`${versions}/${encodeURIComponent(selector)}/files`)}`,
      ].join('\n'),
    },
  ]
}

/** Three ways to log the first model of a registry or a project, or the first version of one. */
export function logSnippets(
  owner: CollectionName['owner'],
  me: string,
  name = 'image-classifier',
): readonly Snippet[] {
  const server = location.origin
  const registry = owner.kind === 'registry' ? owner.name : undefined
  const [entity, project] = registry === undefined ? [owner.entity, owner.name] : [me, 'demo']
  const target = `${entity}/${project}/${name}`
  const linked = `wandb-registry-${registry}/${name}`
  const source = { owner: { kind: 'project', entity, name: project } as const, name }
  const linkTo = refOf({ owner, name }, '').replace(/:$/, '')
  return [
    {
      client: 'wandb',
      text: [
        `# export WANDB_BASE_URL=${server}   WANDB_API_KEY=…`,
        'import wandb',
        '',
        `with wandb.init(entity="${entity}", project="${project}") as run:`,
        `    artifact = wandb.Artifact(${JSON.stringify(name)}, type="model")`,
        '    artifact.add_file("model.safetensors")',
        '    logged = run.log_artifact(artifact)',
        ...(registry === undefined
          ? []
          : [`    run.link_artifact(logged, ${JSON.stringify(linked)})`]),
      ].join('\n'),
    },
    {
      client: 'CLI',
      text: [
        `export GREENROOM_URL=${server}`,
        'greenroom login',
        `greenroom push ./model ${quoted(target)} --alias staging`,
        ...(registry === undefined
          ? []
          : [`greenroom link ${quoted(`${target}:latest`)} ${quoted(linkTo)}`]),
      ].join('\n'),
    },
    {
      client: 'curl',
      text: [
        `curl -X POST -H "Authorization: Bearer $GREENROOM_API_KEY" \\`,
        '  -H "Content-Type: application/json" \\',
        `  ${quoted(`${server}/api/v1${apiPath(source)}/versions`)} \\`,
        `  -d '{"type":"model","entries":[{"path":"model","reference":"s3://bucket/model"}]}'`,
      ].join('\n'),
    },
  ]
}

/** As wandb spells it: a registry is a project of that name there. */
function wandbRef({ owner, name }: CollectionName, selector: string): string {
  const project = owner.kind === 'registry' ? `wandb-registry-${owner.name}` : owner.name
  return `${owner.entity}/${project}/${name}:${selector}`
}

function apiPath({ owner, name }: CollectionName): string {
  const kind = owner.kind === 'registry' ? 'registries' : 'projects'
  const parts = [owner.entity, owner.name, 'collections', name]
  return `/${kind}/${parts.map(encodeURIComponent).join('/')}`
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./?&-]+$/.test(text) && !text.includes('&')
    ? text
    : `'${text.replaceAll("'", `'\\''`)}'`
}
