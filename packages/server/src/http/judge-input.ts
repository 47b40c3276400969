import AjvCompiler, { type BuildCompilerFromPool } from '@fastify/ajv-compiler'

type Compiler = ReturnType<BuildCompilerFromPool>
/** What the framework really hands to a compiler; the package's own types say only the schema. */
type CompileRoute = (route: { readonly schema: unknown; readonly httpPart?: string }) => never

/**
 * Bodies are judged as they are; query strings and path parameters, which are all text, may become
 * numbers and booleans. An unknown key is refused where the schema says so, never dropped.
 */
export const buildValidator: BuildCompilerFromPool = (schemas) => {
  const build = AjvCompiler()
  const compiler = (coerceTypes: false | 'array') => {
    const customOptions = { removeAdditional: false as const, coerceTypes }
    return build(schemas, { customOptions }) as unknown as CompileRoute
  }
  const strict = compiler(false)
  const coercing = compiler('array')
  const choose: CompileRoute = (route) => (route.httpPart === 'body' ? strict : coercing)(route)
  return choose as unknown as Compiler
}
