import { OpenStage, type StageFile } from './stage.ts'
import type { Tally } from './tally.ts'
import { Turns } from './turns.ts'

/** The stages in use, by name: at most one a name. */
export class OpenStages {
  readonly #open = new Map<string, OpenStage>()
  readonly #turns = new Turns()

  /** Takes over from an open stage of that name, then opens its file. */
  begin(
    name: string,
    openFile: () => Promise<{ readonly file: StageFile; readonly tally: Tally }>,
  ): Promise<OpenStage> {
    return this.#turns.run(name, async () => {
      await this.#open.get(name)?.giveWay()
      const { file, tally } = await openFile()
      const stage = new OpenStage(file, tally, (over) => {
        if (this.#open.get(name) === over) this.#open.delete(name)
      })
      this.#open.set(name, stage)
      return stage
    })
  }

  /** Runs `work` while no stage of that name is open or can be opened; undefined when one is. */
  unlessOpen<Result>(name: string, work: () => Promise<Result>): Promise<Result | undefined> {
    return this.#turns.run(name, async () => (this.#open.has(name) ? undefined : work()))
  }

  async giveWay(): Promise<void> {
    await Promise.all([...this.#open.values()].map((stage) => stage.giveWay()))
  }
}
