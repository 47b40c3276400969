import { digestOf } from '../../core/model/digest.ts'
import { EVERYWHERE } from './openapi.ts'
import { REFERENCE_STYLE } from './reference-style.ts'

// The OpenAPI document for people, as one page of HTML without a script. The viewers that there are
// (Swagger UI, Redoc) write styles into the page while they run, which our policy forbids, and
// weigh a megabyte and more; this one needs a single style sheet, named by its digest.

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly description?: string
}

interface Content {
  readonly description?: string
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>
}

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly parameters: readonly {
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly description?: string
    readonly schema: Schema
  }[]
  readonly requestBody?: Content
  readonly responses: Readonly<Record<string, Content>>
}

/** As `describeRoutes` makes it. */
export interface ApiDocument {
  readonly info: { readonly version: string; readonly description: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

interface Entry {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

const STYLE_DIGEST = Buffer.from(digestOf(REFERENCE_STYLE).slice(7), 'hex').toString('base64')

/** Nothing but its own style sheet. */
export const REFERENCE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_DIGEST}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

/** HTML: every operation by what it is about, then every shape. */
export function renderReference({ info, paths, components }: ApiDocument): string {
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ method, path, operation })),
  )
  const groups = [...Map.groupBy(entries, ({ path }) => subjectOf(path))]
  const schemas = Object.entries(components.schemas)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Greenroom: the REST API</title>
<style>${REFERENCE_STYLE}</style>
</head>
<body>
<nav aria-label="Contents">
${groups.map(([subject, some]) => contents(subject, some)).join('\n')}
<p><a href="#shapes">Shapes</a></p>
</nav>
<main>
<h1>Greenroom: the REST API</h1>
<p class="faint">Version ${text(info.version)} ·
<a href="/openapi.json">OpenAPI document</a> · <a href="/">registry</a></p>
<p>${prose(info.description)}</p>
<p>Show who you are by <code>Authorization: Bearer &lt;key&gt;</code>, or by Basic with the key as
password. Any operation may be refused with
${EVERYWHERE.map((code) => `<code>${code}</code>`).join(', ')}; the rest stands by each.</p>
${groups.map(([subject, some]) => section(subject, some)).join('\n')}
<h2 id="shapes">Shapes</h2>
${schemas.map(([name, schema]) => shape(name, schema)).join('\n')}
</main>
</body>
</html>
`
}

/** The last collection of things that a path names, below the owner where it has one. */
function subjectOf(path: string): string {
  const parts = path.split('/').slice(3)
  const below = parts[0] === '{kind}' ? parts.slice(3) : parts
  if (below.length === 0) return 'projects and registries'
  const subject = below[0] === 'collections' && below.length > 2 ? below[2] : below[0]
  return (subject ?? '').replace('-', ' ')
}

function contents(subject: string, entries: readonly Entry[]): string {
  const links = entries.map(
    ({ operation: { operationId: id } }) => `<li><a href="#${text(id)}">${text(id)}</a></li>`,
  )
  return `<strong>${text(subject)}</strong>\n<ul>\n${links.join('\n')}\n</ul>`
}

function section(subject: string, entries: readonly Entry[]): string {
  const heading = subject.charAt(0).toUpperCase() + subject.slice(1)
  return `<h2>${text(heading)}</h2>\n${entries.map(article).join('\n')}`
}

function article({ method, path, operation }: Entry): string {
  const { operationId, summary, parameters, requestBody, responses } = operation
  const rows = [
    ...parameters
      .filter((each) => each.in !== 'path' || each.description !== undefined)
      .map((each) => {
        const must = each.required ? '' : ', optional'
        const told = `${typeText(each.schema)}<span class="faint"> in the ${each.in}${must}</span>`
        return row(each.name, told, each.description)
      }),
    ...(requestBody === undefined ? [] : [row('body', bodyText(requestBody))]),
    ...Object.entries(responses).flatMap(([status, answer]) =>
      Number(status) < 400
        ? [row(status, bodyText(answer), saidOf(answer))]
        : refused(status, answer),
    ),
  ]
  return `<article>
<h3 id="${text(operationId)}"><span class="method">${method.toUpperCase()}</span>
<code>${text(path)}</code></h3>
<p>${prose(summary)}</p>
<div class="scroll"><table>${rows.join('')}</table></div>
</article>`
}

function saidOf({ description }: Content): string | undefined {
  return description === 'OK' ? undefined : description
}

/** Its codes, but for those that every operation has: they stand at the top. */
function refused(status: string, { description = '' }: Content): string[] {
  const own = description.split(', ').filter((code) => !EVERYWHERE.some((each) => each === code))
  return own.length === 0 ? [] : [row(status, `<span class="faint">${text(own.join(', '))}</span>`)]
}

function shape(name: string, schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const must = schema.required?.includes(key) ? '' : '<span class="faint">, optional</span>'
    return row(key, typeText(property) + must, property.description)
  })
  return `<h3 id="shape-${text(name)}"><code>${text(name)}</code></h3>
<p>${prose(schema.description ?? '')}</p>
<div class="scroll"><table>${rows.join('')}</table></div>`
}

function row(name: string, told: string, description?: string): string {
  const why = description === undefined ? '' : `<br>${prose(description)}`
  return `<tr><th scope="row"><code>${text(name)}</code></th><td>${told}${why}</td></tr>\n`
}

function bodyText({ content = {} }: Content): string {
  const types = Object.entries(content).map(([type, { schema }]) =>
    type === 'application/json' && schema !== undefined
      ? typeText(schema)
      : `<code>${text(type)}</code>`,
  )
  return types.length === 0 ? '<span class="faint">no body</span>' : types.join(' or ')
}

/** `text, or null`: what a value may be, in words, with links to shapes. */
function typeText(schema: Schema): string {
  const { $ref, anyOf, items, properties, type } = schema
  if ($ref !== undefined) {
    const name = text($ref.split('/').at(-1) ?? '')
    return `<a href="#shape-${name}"><code>${name}</code></a>`
  }
  if (anyOf !== undefined) return anyOf.map(typeText).join(' or ')
  if (schema.const !== undefined) return `<code>${text(JSON.stringify(schema.const))}</code>`
  if (schema.enum !== undefined)
    return schema.enum.map((each) => `<code>${text(JSON.stringify(each))}</code>`).join(', ')
  if (type === 'array') return `list of ${items === undefined ? 'anything' : typeText(items)}`
  if (properties !== undefined) {
    const fields = Object.entries(properties).map(
      ([name, property]) => `<code>${text(name)}</code>: ${typeText(property)}`,
    )
    return `{ ${fields.join(', ')} }`
  }
  return text(type ?? 'anything')
}

/** Words in backquotes as code. */
function prose(words: string): string {
  return text(words).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

function text(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
