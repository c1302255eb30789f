// Who is who was decided anew: the register is folded again for the households it touched. Entries stay as they are.
import type { Acting, HouseholdsChanged } from '#door/follow.ts'
import { audit, auditDigest, canonical } from '#registry/audit/audit.ts'
import type { Tx } from '#registry/transaction.ts'
import { fold, projectionOf } from './fold.ts'
import { dropProjections, projectionsOf, standingOf } from './store-follow.ts'
import { entriesOf, projectHouseholds, type Projection } from './store.ts'

/**
 * A household that was merged away has no line of its own: its entries count for the household it went into, which is
 * on the register from then on where either was. Parted again, each has what its own entries say. A household without
 * any card left keeps its line: only an entry of the register strikes off.
 */
export async function foldAgain(tx: Tx, by: Acting, changed: HouseholdsChanged): Promise<Record<string, number>> {
  const { county_code, because } = changed
  const households = await standingOf(tx, county_code, changed.household_ids)
  const before = await projectionsOf(
    tx,
    county_code,
    households.map((each) => each.household_id),
  )
  const entries = Map.groupBy(
    await entriesOf(
      tx,
      county_code,
      households.map((each) => each.household_id),
    ),
    (entry) => entry.household_id,
  )
  const rows: Projection[] = []
  const dropped: string[] = []
  for (const { household_id, area_code, head_name, household_size, state } of households) {
    const file = state === 'merged' ? null : fold(entries.get(household_id) ?? [])
    const old = before.get(household_id)
    if (file) {
      const line = projectionOf(file, { county_code, area_code, head_name, household_size, changed_at: by.now })
      if (!old || canonical(line) !== canonical({ ...old, changed_at: by.now })) rows.push(line)
    } else if (old) dropped.push(household_id)
  }
  await projectHouseholds(tx, rows)
  await dropProjections(tx, county_code, dropped)
  if (rows.length + dropped.length > 0) {
    await audit(tx, {
      county_code,
      action: 'register.follow',
      subject_kind: 'match',
      subject_id: because,
      detail: {
        folded: rows.length,
        dropped: dropped.length,
        digest: auditDigest([...rows.map((row) => [row.household_id, row.status]), ...dropped.map((id) => [id, null])]),
      },
    })
  }
  return { files_folded: rows.length, files_moved: dropped.length }
}
