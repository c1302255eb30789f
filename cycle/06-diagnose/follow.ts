// Who is who was decided anew: causes are worked out again at once, for the few households it touched.
import { loadRecords } from '#cycle/record.ts'
import type { Acting, HouseholdsChanged } from '#door/follow.ts'
import { holdArea } from '#door/hold.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import type { Tx } from '#registry/transaction.ts'
import { diagnose } from './diagnose.ts'
import { assessedAmong, diagnosedAmong, dropDiagnoses } from './store-follow.ts'
import { saveDiagnoses } from './store.ts'

/**
 * Where one of these households was diagnosed before, those on the register are diagnosed again from the assessment in
 * force; so is one struck off that was diagnosed while it stood there. A diagnosis whose household is there no longer is
 * superseded. Nothing happens where no run has diagnosed yet.
 */
export async function diagnoseAgain(tx: Tx, by: Acting, changed: HouseholdsChanged): Promise<Record<string, number>> {
  const { county_code, household_ids, because } = changed
  const before = await diagnosedAmong(tx, county_code, household_ids)
  if (before.size === 0) return { diagnosed_again: 0, diagnoses_dropped: 0 }
  await holdArea(tx, county_code)
  const { pack, now } = by
  const assessed = await assessedAmong(tx, county_code, household_ids)
  const place = { area_code: county_code, level: 'county', county_code, prefix: county_code }
  const due = [...assessed.values()].filter(
    (each) =>
      (each.status === 'registered' || before.has(each.household_id)) &&
      before.get(each.household_id) !== each.assessment_id,
  )
  const records = await loadRecords(tx, place, { household_ids: due.map((each) => each.household_id) })
  const book = rulebookOf(pack)
  const diagnosed = records.flatMap((record) => {
    const basis = assessed.get(record.household_id)
    if (!basis) return []
    // Other evidence than a person may have decided on.
    const { assessment_id } = basis
    return [{ ...diagnose(book, record, basis.reference_date), assessment_id, decided_by: null, decided_reason: null }]
  })
  const dropped = await dropDiagnoses(
    tx,
    county_code,
    household_ids.filter((household_id) => !assessed.has(household_id)),
    now,
  )
  const stamp = { county_code, pack_hash: pack.pack_hash, now, account_id: by.actor.account_id }
  await saveDiagnoses(tx, stamp, diagnosed)
  if (diagnosed.length + dropped > 0) {
    await audit(tx, {
      county_code,
      action: 'diagnose.follow',
      subject_kind: 'match',
      subject_id: because,
      detail: {
        households: diagnosed.length,
        dropped,
        pack_hash: pack.pack_hash,
        digest: auditDigest(diagnosed.map((each) => [each.household_id, each.main_cause, each.other_causes])),
      },
    })
  }
  return { diagnosed_again: diagnosed.length, diagnoses_dropped: dropped }
}
