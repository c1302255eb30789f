// Runs over an area: approved households enter the register; later surveys are carried into the file.
import { randomUUID } from 'node:crypto'
import { placeInCounty } from '#door/permit/area.ts'
import type { Entered } from '#door/context.ts'
import { dayIn } from '#door/day.ts'
import { holdArea, holdHouseholds } from '#door/hold.ts'
import type { Progress } from '#door/jobs/jobs.ts'
import { latestDay } from '#door/steps.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import { transact, type Tx } from '#registry/transaction.ts'
import { fold, projectionOf, type EntryKind } from './fold.ts'
import {
  appendEntries,
  approvedNotEntered,
  changedSinceEntry,
  countRegistered,
  entriesOf,
  projectHouseholds,
  type Due,
  type NewEntry,
} from './store.ts'

const chunk = 500
type C = Entered

/** Enter every household whose appraisal was approved; `valid_from` is the day of the announcement. */
export async function enterApproved(c: C, area_code: string, valid_from: string, progress: Progress) {
  let registered = 0
  for (;;) {
    const count = await transact(c.var.registry, c.var.actor, async (tx) => {
      const place = await placeInCounty(tx, area_code)
      // Two runs in one county take turns.
      await holdArea(tx, place.county_code)
      const due = await approvedNotEntered(tx, place, chunk)
      const before = await entriesOf(
        tx,
        place.county_code,
        due.map((each) => each.household_id),
      )
      const files = Map.groupBy(before, (entry) => entry.household_id)
      await write(
        c,
        tx,
        place.county_code,
        'register.enter',
        due.map((each) => {
          // By its own entries: those of a household that is one with it today may be another's again tomorrow.
          const own = (files.get(each.household_id) ?? []).filter((entry) => entry.written_for === each.household_id)
          const kind: EntryKind = fold(own) ? 'returned' : 'registered'
          // True from the day given, but of nobody before the approval it rests on.
          const from = latestDay(c, valid_from, each.approved_at) ?? valid_from
          return entryFor(c, place.county_code, each, kind, from, 'appraisal')
        }),
      )
      return due.length
    })
    registered += count
    await progress(registered, registered + count, {
      en: `Registered ${registered} households`,
      zh: `已登记 ${registered} 户`,
    })
    if (count < chunk) break
  }
  return { registered }
}

/**
 * Carry later surveys into the files of registered households: an `updated` entry each, or `moved` where it was found
 * in another place. True from the day of the survey, but never before the registration it adds to.
 */
export async function refreshArea(c: C, area_code: string, progress: Progress) {
  const today = dayIn(c.var.pack.time_zone, c.var.now)
  let after = ''
  let checked = 0
  let updated = 0
  for (;;) {
    const count = await transact(c.var.registry, c.var.actor, async (tx) => {
      const place = await placeInCounty(tx, area_code)
      await holdArea(tx, place.county_code)
      if (after === '') checked = await countRegistered(tx, place)
      const changed = await changedSinceEntry(tx, place, after, chunk)
      await write(
        c,
        tx,
        place.county_code,
        'register.refresh',
        changed.map((row) => {
          const kind: EntryKind = row.area_code === row.file_area_code ? 'updated' : 'moved'
          const surveyed_on = row.surveyed_on ?? today
          const valid_from = surveyed_on > row.status_on ? surveyed_on : row.status_on
          return entryFor(c, place.county_code, row, kind, valid_from, 'submission')
        }),
      )
      after = changed.at(-1)?.household_id ?? after
      return changed.length
    })
    updated += count
    await progress(updated, updated + count, { en: `Updated ${updated} files`, zh: `已更新 ${updated} 份档案` })
    if (count < chunk) break
  }
  return { checked, updated }
}

function entryFor(
  c: C,
  county_code: string,
  due: Due,
  kind: EntryKind,
  valid_from: string,
  source_kind: string,
): NewEntry {
  const attribute = due.answers.household_attribute
  return {
    county_code,
    entry_id: randomUUID(),
    household_id: due.household_id,
    written_for: due.household_id,
    area_code: due.area_code,
    kind,
    valid_from,
    recorded_at: c.var.now,
    data: {
      answers: due.answers,
      instance_id: due.instance_id,
      ...(due.assessment_id ? { assessment_id: due.assessment_id } : {}),
      household_attribute: typeof attribute === 'string' ? attribute : null,
    },
    source_kind,
    source_id: due.source_id,
    account_id: c.var.actor.account_id,
    role: c.var.actor.role,
    head_name: due.head_name,
    household_size: due.household_size,
  }
}

/**
 * Append, fold again, project, audit: one transaction. A household that was merged into another one while a run was
 * reading gets no entry: the next run finds it under the other's number. Returns how many were written.
 */
export async function write(
  c: C,
  tx: Tx,
  county_code: string,
  action: string,
  given: readonly NewEntry[],
): Promise<number> {
  const held = await holdHouseholds(
    tx,
    county_code,
    given.map((entry) => entry.household_id),
  )
  const entries = given.filter((entry) => held.get(entry.household_id)?.merged_into === null)
  if (entries.length === 0) return 0
  await appendEntries(
    tx,
    entries.map(({ written_for: _, ...entry }) => entry),
  )
  const all = Map.groupBy(
    await entriesOf(
      tx,
      county_code,
      entries.map((entry) => entry.household_id),
    ),
    (entry) => entry.household_id,
  )
  await projectHouseholds(
    tx,
    entries.flatMap((entry) => {
      const file = fold(all.get(entry.household_id) ?? [])
      if (!file) return []
      const { area_code, head_name, household_size } = entry
      return [projectionOf(file, { county_code, area_code, head_name, household_size, changed_at: c.var.now })]
    }),
  )
  await audit(tx, {
    county_code,
    action,
    subject_kind: 'register_entry',
    subject_id: entries[0]?.entry_id ?? '',
    household_id: entries.length === 1 ? (entries[0]?.household_id ?? null) : null,
    detail: {
      entries: entries.length,
      digest: auditDigest(entries.map((entry) => [entry.household_id, entry.kind, entry.valid_from, entry.entry_id])),
    },
  })
  return entries.length
}
