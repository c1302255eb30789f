// Who is who was decided anew: assessments follow at once, for the few households it touched.
import { evidenceOf, loadRecords } from '#cycle/record.ts'
import type { Acting, HouseholdsChanged } from '#door/follow.ts'
import { holdArea } from '#door/hold.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import type { Tx } from '#registry/transaction.ts'
import { assessRecord, followUpOf } from './assess.ts'
import { rulesOf } from '../rulebook/kept.ts'
import { keepRules } from './store-evidence.ts'
import { carryDecisions, dropAssessments, referenceDates } from './store-follow.ts'
import { currentOf, saveAssessments } from './store.ts'

/**
 * Households that are no longer there lose their assessment in force; the others are assessed again where their
 * evidence is another, at the day they were assessed for. Where the same evidence was before a person once, what he
 * said of it still holds. Nothing happens to households that no run has assessed yet.
 */
export async function assessAgain(tx: Tx, by: Acting, changed: HouseholdsChanged): Promise<Record<string, number>> {
  const { county_code, household_ids, because } = changed
  const dates = await referenceDates(tx, county_code, household_ids)
  const last = [...dates.values()].toSorted().at(-1)
  if (last === undefined) return { assessed_again: 0, assessments_dropped: 0 }
  await holdArea(tx, county_code)
  const { pack, now } = by
  const book = rulebookOf(pack)
  const place = { area_code: county_code, level: 'county', county_code, prefix: county_code }
  const records = await loadRecords(tx, place, { household_ids })
  const standing = new Set(records.map((record) => record.household_id))
  const dropped = await dropAssessments(
    tx,
    county_code,
    household_ids.filter((household_id) => !standing.has(household_id)),
    now,
  )
  const current = await currentOf(tx, county_code, [...standing])
  const due = records.filter((record) => {
    const old = current.get(record.household_id)
    return old?.evidence_sha256 !== record.evidence_sha256 || old.area_code !== record.area_code
  })
  const assessed = due.map((record) => {
    const fresh = assessRecord(book, record, dates.get(record.household_id) ?? last)
    const evidence = evidenceOf(record)
    return { ...fresh, follow_up: followUpOf(book, fresh), evidence }
  })
  if (assessed.length > 0) await keepRules(tx, pack.pack_hash, rulesOf(pack), now)
  const stamp = { county_code, pack_hash: pack.pack_hash, now, account_id: by.actor.account_id }
  for (const [reference_date, some] of Map.groupBy(assessed, (each) => dates.get(each.household_id) ?? last)) {
    await saveAssessments(tx, { ...stamp, reference_date }, some)
  }
  await carryDecisions(
    tx,
    county_code,
    assessed.map((each) => each.household_id),
  )
  if (assessed.length + dropped > 0) {
    await audit(tx, {
      county_code,
      action: 'assess.follow',
      subject_kind: 'match',
      subject_id: because,
      detail: {
        households: assessed.length,
        dropped,
        pack_hash: pack.pack_hash,
        digest: auditDigest(assessed.map((each) => [each.household_id, each.verdict, each.evidence_sha256])),
      },
    })
  }
  return { assessed_again: assessed.length, assessments_dropped: dropped }
}
