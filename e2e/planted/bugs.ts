/** A bug planted by one exact replacement, and the test that must go red. */
export interface PlantedBug {
  readonly name: string
  /** Under `packages/server/src`. */
  readonly file: string
  /** Must stand in the file exactly once: a bug that no longer fits is a failure of its own. */
  readonly find: string
  readonly replace: string
  /** From the root. */
  readonly test: string
  /** Which of its tests; all of them when left out. */
  readonly only?: string
}

const PLAN = 'core/operations/steps/pointer-plan.ts'
const MODEL = { test: 'packages/server/test/model/histories.test.ts', only: 'on SQLite' }
const CROWDS = { test: 'packages/server/test/model/crowds.test.ts', only: 'on SQLite' }
const RACES = {
  test: 'packages/server/test/model/pointer-races.test.ts',
  only: 'on PostgreSQL (a delete|afterwards)',
}
const SYSCALLS = { test: 'e2e/faults/blob-syscalls.test.ts' }
const MEMORY_BLOBS = { test: 'packages/server/src/blobs/memory.test.ts' }

/** Those of `reliability.md` §3 that concern bytes, database and pointers, and more. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'folder fsync left out',
    file: 'blobs/disk.ts',
    find: 'path)\n      try {\n        await this.#folders.sync(dirname(path))',
    replace: 'path)\n      try {',
    ...SYSCALLS,
    only: 'come as write',
  },
  {
    name: 'file fsync left out',
    file: 'blobs/disk-stage-file.ts',
    find: 'await this.#handle.sync()',
    replace: '',
    ...SYSCALLS,
    only: 'come as write',
  },
  {
    name: 'folder fsync of a batch left out',
    file: 'blobs/small-blobs-worker.ts',
    find: '    for (const path of [...unsynced, root]) syncFolder(path)\n',
    replace: '',
    ...SYSCALLS,
    only: 'fsync of each folder',
  },
  {
    name: 'file fsync of a batch left out',
    file: 'blobs/small-blobs-worker.ts',
    find: '    fsyncSync(file)\n',
    replace: '',
    ...SYSCALLS,
    only: 'fsync of each folder',
  },
  {
    name: 'retry of a failed fsync',
    file: 'blobs/disk-stage-file.ts',
    find: 'await this.#handle.sync()',
    replace: 'await this.#handle.sync().catch(() => this.#handle.sync())',
    ...SYSCALLS,
    only: 'leave nothing',
  },
  {
    name: 'check value not compared when sending',
    file: 'blobs/send-checked.ts',
    find: ' || crc32(chunk) !== checkAt(blob.checks, index)',
    replace: '',
    ...MEMORY_BLOBS,
  },
  {
    name: 'digest taken from the client',
    file: 'blobs/stage.ts',
    find: 'const blob = await this.#tally.finish()\n      compareBlob(blob, expected)',
    replace: 'const blob = { ...(await this.#tally.finish()), ...expected }',
    ...MEMORY_BLOBS,
  },
  {
    name: 'synchronous=NORMAL',
    file: 'metadata/sqlite/connection.ts',
    find: "['synchronous', 2]",
    replace: "['synchronous', 1]",
    test: 'e2e/faults/commit-syscalls.test.ts',
  },
  {
    name: 'answer before COMMIT',
    file: 'metadata/sqlite/group-writer.ts',
    find: '    this.#ended.push({ answer,',
    replace: '    answer()\n    this.#ended.push({ answer,',
    test: 'packages/server/src/metadata/sqlite/group-writer.test.ts',
    only: 'nobody is answered before the COMMIT',
  },
  {
    name: 'a failed fsync of the log answered before it is overwritten',
    file: 'metadata/sqlite/group-writer.ts',
    find: '      if (isFailedSync(error)) this.#overwriteLog()\n',
    replace: '',
    test: 'packages/server/src/metadata/sqlite/group-writer.test.ts',
    only: 'a commit whose fsync failed is written over',
  },
  {
    name: 'compare-and-set without the compare',
    file: PLAN,
    find: 'if (meetsExpectation(alias, expect)) return',
    replace: 'return',
    ...MODEL,
  },
  {
    name: 'log row left out',
    file: PLAN,
    find: '  await plan.tx.pointerLog.append(event)\n',
    replace: '',
    ...MODEL,
  },
  {
    name: 'log row outside the transaction',
    file: PLAN,
    find: '  await plan.tx.pointerLog.append(event)\n',
    replace:
      '  const { metadata } = plan.registry\n' +
      '  setImmediate(() => metadata.transaction((own) => own.pointerLog.append(event)))\n',
    ...CROWDS,
  },
  {
    name: 'event row outside the transaction',
    file: 'core/operations/steps/facts.ts',
    find: '  await tx.events.record({',
    replace:
      '  const later = (row: Parameters<typeof tx.events.record>[0]) =>\n' +
      '    setImmediate(() => registry.metadata.transaction((own) => own.events.record(row)))\n' +
      '  later({',
    ...CROWDS,
  },
  {
    name: 'history with a gap, as a sequence leaves it',
    file: PLAN,
    find: 'seq: collection.logSeq + 1',
    replace: 'seq: collection.logSeq === 3 ? 5 : collection.logSeq + 1',
    ...MODEL,
  },
  {
    name: 'link made without the lock of the source, which a delete holds',
    file: 'core/operations/link-version.ts',
    find: '[source.id, target.id].sort()',
    replace: '[target.id]',
    ...RACES,
  },
  {
    name: 'hash chain not linked',
    file: PLAN,
    find: 'prevHash: collection.logHash',
    replace: "prevHash: '0'.repeat(64)",
    ...MODEL,
  },
  {
    name: 'displaced version not archived',
    file: PLAN,
    find: 'if (heir !== null && !path.includes(heir))',
    replace: 'if (heir === path[0])',
    ...MODEL,
  },
  {
    name: 'rollback pushes instead of popping',
    file: PLAN,
    find: 'if (pending.restores !== undefined) return pending.restores',
    replace: '',
    ...MODEL,
  },
  {
    name: 'stage requirement not judged',
    file: PLAN,
    find: 'if (bore.every(Boolean)) borne.add(required)',
    replace: 'borne.add(required)',
    ...MODEL,
  },
  {
    name: 'clock taken as it is, though it jumps back',
    file: PLAN,
    find: 'time: Math.max(plan.registry.now(), collection.logTime + 1)',
    replace: 'time: plan.registry.now() - (collection.logSeq % 2) * 1_000_000_000',
    ...MODEL,
  },
  {
    name: 'version numbers counted, not kept',
    file: 'core/operations/steps/insert-member.ts',
    find: 'const index = collection.nextIndex',
    replace: 'const index = await tx.memberships.count(collection.id)',
    ...MODEL,
  },
  {
    name: 'a deleted collection forgets its numbers',
    file: 'core/operations/steps/end-collection.ts',
    find: '  await tx.collections.keepCounter(last)\n',
    replace: '',
    ...MODEL,
  },
  {
    name: 'quarantined version served',
    file: 'core/operations/steps/tombstones.ts',
    find: "version.state === 'quarantined' && !evenQuarantined",
    replace: "version.state === 'quarantined' && evenQuarantined",
    ...MODEL,
  },
  {
    name: 'event row left out',
    file: 'core/operations/steps/facts.ts',
    find: '  await tx.events.record({',
    replace: "  if (fact.kind !== 'alias.moved') await tx.events.record({",
    ...MODEL,
  },
  {
    name: 'protected stage moved by anybody',
    file: 'core/rules/promotion.ts',
    find: 'passed: promotion.mayMoveProtected',
    replace: 'passed: true',
    test: 'packages/server/src/core/operations/refusals.test.ts',
  },
  {
    name: 'protected stage compared by its raw spelling',
    file: PLAN,
    find: 'if (lookOf(stage) === look)',
    replace: 'if (stage === name)',
    test: 'packages/server/src/protocols/rest/refusals.test.ts',
    only: 'alias_confusable',
  },
  {
    name: 'bytes held for who may not read them',
    file: 'core/operations/steps/stage-entries.ts',
    find: 'findHeld(readableEntities(actor), ',
    replace: 'findHeld(readableEntities({ ...actor, admin: true }), ',
    test: 'packages/server/src/protocols/rest/versions.test.ts',
  },
  {
    name: 'missing blob not noticed at commit',
    file: 'core/operations/commit-version.ts',
    find: '  checkNothingMissing(content)\n',
    replace: '',
    test: 'packages/server/src/protocols/rest/story.test.ts',
  },
  {
    name: 'garbage taken without looking again',
    file: 'core/operations/steps/sweep.ts',
    find: 'const unneeded = ripe.filter(({ needed }) => !needed)',
    replace: 'const unneeded = ripe',
    test: 'packages/server/test/model/garbage-races.test.ts',
    only: 'SQLite',
  },
  {
    name: 'backup takes blobs before rows',
    file: 'commands/backup.ts',
    find: '  await removeSideFiles(aside)\n  // From here on',
    replace:
      '  await rm(aside)\n  await removeSideFiles(aside)\n' +
      '  await takeSnapshot(databasePath(dataFolder), aside)\n  // From here on',
    test: 'packages/server/src/commands/backup.test.ts',
    only: 'comes in while blobs are copied',
  },
  {
    name: 'idempotency key that stands for anything',
    file: 'core/operations/once.ts',
    find: 'done !== undefined && done.digest !== digest',
    replace: 'done !== undefined && done.digest === key',
    test: 'packages/server/src/core/operations/once.test.ts',
    only: 'SQLite',
  },
  {
    name: 'changed bytes not put in quarantine',
    file: 'core/operations/send-blob.ts',
    find: 'if (error instanceof BlobCorrupt) await quarantine(registry, blob)',
    replace: '',
    test: 'packages/server/src/core/operations/send-blob.test.ts',
  },
  {
    name: 'a draft given up while it is committed',
    file: 'core/operations/abandon-draft.ts',
    find: 'await tx.drafts.lock(input.draftId)',
    replace: 'await tx.drafts.findById(input.draftId)',
    test: 'packages/server/test/model/draft-races.test.ts',
  },
  {
    name: 'a project changed without its lock',
    file: 'core/operations/change-owner.ts',
    find: 'await tx.owners.lock(id)',
    replace: 'await tx.owners.findById(id)',
    test: 'packages/server/src/core/operations/changes.test.ts',
    only: 'one project at once',
  },
  {
    name: 'administrators who end each other, both of them',
    file: 'core/operations/steps/accounts.ts',
    find: 'if (actor.admin && self?.admin === false) throw administratorsOnly()',
    replace: '',
    test: 'packages/server/src/core/operations/changes.test.ts',
    only: 'end each other at once',
  },
  {
    name: 'a watcher left behind who went away at once',
    file: 'http/event-stream.ts',
    find: 'if (socket.destroyed) leave()',
    replace: '',
    test: 'packages/server/src/protocols/rest/events.test.ts',
    only: 'goes away while',
  },
  {
    name: 'a lost answer to COMMIT told as a change that was not made',
    file: 'metadata/postgres/store.ts',
    find: 'isConnectionLost(error) ? outcomeUnknown(error) : translatePostgresError(error)',
    replace: 'translatePostgresError(error)',
    test: 'packages/server/src/metadata/postgres/store.test.ts',
    only: 'answer to a COMMIT',
  },
  {
    name: 'key in a log line',
    file: 'http/log.ts',
    find: '      hooks: { streamWrite: redact },\n',
    replace: '',
    test: 'packages/server/src/http/log.test.ts',
  },
  {
    name: 'SVG served inline',
    file: 'http/byte-response.ts',
    find: "'content-disposition': attachment(fileName),",
    replace: "'content-disposition': 'inline',",
    test: 'packages/server/src/http/byte-response.test.ts',
  },
]
