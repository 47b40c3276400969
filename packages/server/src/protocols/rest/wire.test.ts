import { test } from 'node:test'
import type * as wire from '@greenroom/sdk/wire'
import type { Static, TSchema } from 'typebox'
import type * as schemas from './schemas.ts'
import type * as accounts from './schemas-accounts.ts'
import type * as events from './schemas-events.ts'
import type * as owners from './schemas-owners.ts'
import type * as pointers from './schemas-pointers.ts'
import type * as rights from './schemas-rights.ts'
import type * as runs from './schemas-runs.ts'
import type * as versions from './schemas-versions.ts'

// The compiler is the test: a schema and its wire type must be the same in both directions.

type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T
type IsSame<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Same<Schema extends TSchema, Wire> = IsSame<Frozen<Static<Schema>>, Frozen<Wire>>

const SAME: true[] = [
  holds<Same<typeof schemas.OwnerName, wire.OwnerName>>(),
  holds<Same<typeof schemas.Problem, wire.Problem>>(),
  holds<Same<typeof accounts.Storage, wire.Storage>>(),
  holds<Same<typeof rights.ExplainedAccess, wire.ExplainedAccess>>(),
  holds<Same<typeof versions.Collection, wire.Collection>>(),
  holds<Same<typeof versions.CollectionPage, wire.Page<wire.ListedCollection>>>(),
  holds<Same<typeof versions.NewCollection, wire.NewCollection>>(),
  holds<Same<typeof versions.Version, wire.Version>>(),
  holds<Same<typeof versions.VersionPage, wire.Page<wire.Version>>>(),
  holds<Same<typeof versions.CommittedVersion, wire.CommittedVersion>>(),
  holds<Same<typeof versions.VersionChange, wire.VersionChange>>(),
  holds<Same<typeof versions.NewEntry, wire.NewEntry>>(),
  holds<Same<typeof versions.Entry, wire.Entry>>(),
  holds<Same<typeof versions.EntryPage, wire.EntryPage>>(),
  holds<Same<typeof versions.NewVersion, wire.NewVersion>>(),
  holds<Same<typeof versions.MoreEntries, wire.MoreEntries>>(),
  holds<Same<typeof versions.VersionState, wire.VersionState>>(),
  holds<Same<typeof versions.Quarantine, wire.Quarantine>>(),
  holds<Same<typeof versions.NewLink, wire.NewLink>>(),
  holds<Same<typeof versions.EntryDifference, wire.EntryDifference>>(),
  holds<Same<typeof versions.ValueDifference, wire.ValueDifference>>(),
  holds<Same<typeof versions.Comparison, wire.Comparison>>(),
  holds<Same<typeof versions.Upload, wire.Upload>>(),
  holds<Same<typeof versions.Draft, wire.Draft>>(),
  holds<Same<typeof pointers.Slot, wire.Slot>>(),
  holds<Same<typeof pointers.Move, wire.Move>>(),
  holds<Same<typeof pointers.Alias, wire.Alias>>(),
  holds<Same<typeof pointers.AliasSummary, wire.AliasSummary>>(),
  holds<Same<typeof pointers.Stage, wire.Stage>>(),
  holds<Same<typeof pointers.AliasList, wire.AliasList>>(),
  holds<Same<typeof pointers.WantedSlot, wire.WantedSlot>>(),
  holds<Same<typeof pointers.AliasPut, wire.AliasPut>>(),
  holds<Same<typeof pointers.Rollback, wire.Rollback>>(),
  holds<Same<typeof pointers.SideEffect, wire.SideEffect>>(),
  holds<Same<typeof pointers.AliasChange, wire.AliasChange>>(),
  holds<Same<typeof pointers.AliasesChange, wire.AliasesChange>>(),
  holds<Same<typeof pointers.ChangedAliases, wire.ChangedAliases>>(),
  holds<Same<typeof pointers.LoggedSlot, wire.LoggedSlot>>(),
  holds<Same<typeof pointers.PointerEvent, wire.PointerEvent>>(),
  holds<Same<typeof pointers.PointerEventPage, wire.Page<wire.PointerEvent>>>(),
  holds<Same<typeof pointers.Holding, wire.Holding>>(),
  holds<Same<typeof pointers.DryRunRequest, wire.DryRunRequest>>(),
  holds<Same<typeof pointers.RuleVerdict, wire.RuleVerdict>>(),
  holds<Same<typeof pointers.DryRun, wire.DryRun>>(),
  holds<Same<typeof owners.Owner, wire.Owner>>(),
  holds<Same<typeof owners.OwnerPage, wire.Page<wire.Owner>>>(),
  holds<Same<typeof owners.NewRegistry, wire.NewRegistry>>(),
  holds<Same<typeof owners.NewProject, wire.NewProject>>(),
  holds<Same<typeof owners.CollectionChange, wire.CollectionChange>>(),
  holds<Same<typeof owners.OwnerChange, wire.OwnerChange>>(),
  holds<Same<typeof rights.Organization, wire.Organization>>(),
  holds<Same<typeof rights.NewOrganization, wire.NewOrganization>>(),
  holds<Same<typeof rights.OrganizationChange, wire.OrganizationChange>>(),
  holds<Same<typeof rights.Team, wire.Team>>(),
  holds<Same<typeof rights.NewTeam, wire.NewTeam>>(),
  holds<Same<typeof rights.Member, wire.Member>>(),
  holds<Same<typeof rights.MemberPut, wire.MemberPut>>(),
  holds<Same<typeof rights.Grant, wire.Grant>>(),
  holds<Same<typeof rights.NewGrant, wire.NewGrant>>(),
  holds<Same<typeof rights.ServiceAccount, wire.ServiceAccount>>(),
  holds<Same<typeof rights.NewServiceAccount, wire.NewServiceAccount>>(),
  holds<Same<typeof rights.TokenScope, wire.TokenScope>>(),
  holds<Same<typeof rights.NewTokenScope, wire.NewTokenScope>>(),
  holds<Same<typeof rights.Access, wire.Access>>(),
  holds<Same<typeof accounts.UserChange, wire.UserChange>>(),
  holds<Same<typeof owners.StageList, wire.StageList>>(),
  holds<Same<typeof owners.NewStage, wire.NewStage>>(),
  holds<Same<typeof owners.StagesPut, wire.StagesPut>>(),
  holds<Same<typeof owners.StageChange, wire.StageChange>>(),
  holds<Same<typeof runs.LoggedVersion, wire.LoggedVersion>>(),
  holds<Same<typeof runs.Run, wire.Run>>(),
  holds<Same<typeof runs.RunPage, wire.Page<wire.Run>>>(),
  holds<Same<typeof runs.NewRun, wire.NewRun>>(),
  holds<Same<typeof runs.StartedRun, wire.StartedRun>>(),
  holds<Same<typeof runs.RunChange, wire.RunChange>>(),
  holds<Same<typeof runs.RunFinish, wire.RunFinish>>(),
  holds<Same<typeof runs.MetricRow, wire.MetricRow>>(),
  holds<Same<typeof runs.MetricsPost, wire.MetricsPost>>(),
  holds<Same<typeof runs.RecordedMetrics, wire.RecordedMetrics>>(),
  holds<Same<typeof runs.OutputPost, wire.OutputPost>>(),
  holds<Same<typeof runs.OutputPage, wire.RunOutput>>(),
  holds<Same<typeof runs.UseVersion, wire.UseVersion>>(),
  holds<Same<typeof runs.RunReport, wire.RunReport>>(),
  holds<Same<typeof runs.MetricPage, wire.Page<wire.Metric>>>(),
  holds<Same<typeof runs.RunStep, wire.RunStep>>(),
  holds<Same<typeof runs.RunHistory, wire.RunHistory>>(),
  holds<Same<typeof runs.LineageVersion, wire.LineageVersion>>(),
  holds<Same<typeof runs.LineageRun, wire.LineageRun>>(),
  holds<Same<typeof runs.Lineage, wire.Lineage>>(),
  holds<Same<typeof pointers.Resolution, wire.Resolution>>(),
  holds<Same<typeof events.StreamEvent, wire.StreamEvent>>(),
  holds<Same<typeof events.EventPage, wire.EventPage>>(),
  holds<Same<typeof accounts.User, wire.User>>(),
  holds<Same<typeof accounts.UserPage, wire.Page<wire.User>>>(),
  holds<Same<typeof accounts.NewUser, wire.NewUser>>(),
  holds<Same<typeof accounts.Token, wire.Token>>(),
  holds<Same<typeof accounts.TokenList, wire.TokenList>>(),
  holds<Same<typeof accounts.NewToken, wire.NewToken>>(),
  holds<Same<typeof accounts.CreatedToken, wire.CreatedToken>>(),
  holds<Same<typeof accounts.Me, wire.Me>>(),
  holds<Same<typeof accounts.NewSession, wire.NewSession>>(),
  holds<Same<typeof accounts.NewPassword, wire.NewPassword>>(),
]

function holds<Claim extends true>(): Claim {
  return true as Claim
}

test('schemas and wire types are the same (the compiler says so)', () => {
  if (SAME.length < 30) throw new Error('too few types are compared')
})
