import { loadRecords } from '#cycle/record.ts'
import { placeInCounty, type Place } from '#door/permit/area.ts'
import type { Entered } from '#door/context.ts'
import { addMonths } from '#door/day.ts'
import { holdArea, holdHouseholds } from '#door/hold.ts'
import { mapInTurn } from '#door/jobs/in-turn.ts'
import type { Progress } from '#door/jobs/jobs.ts'
import { rulebookOf, standAt, type Rulebook, type Standpoint } from '#packs/rulebook.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import { transact, type ReadTx } from '#registry/transaction.ts'
import { fund } from './fund.ts'
import { prescribe, type Planned, type Standing } from './prescribe.ts'
import {
  budgetsOf,
  countRegistered,
  diagnosedAfter,
  dropOrphanDrafts,
  fundables,
  markFunded,
  savePlans,
  standingOf,
  type Due,
  type StandingRow,
} from './store.ts'

const chunk = 500
type C = Entered

export interface RunResult {
  planned: number
  /** Agreed or approved plans, and drafts whose diagnosis is the same. */
  unchanged: number
  items: number
  /** First-year cost of the new plans, minor units. */
  cost: number
  /** New plans that leave a need open. */
  uncovered: number
  /** Of all current plans of the year in the county. */
  funded: number
  unfunded: number
}

/** Plan every registered household with a diagnosis for a year, then share out the budgets. Running twice changes nothing. */
export async function prescribeArea(c: C, area_code: string, year: number, progress: Progress): Promise<RunResult> {
  const { registry, actor, pack, now } = c.var
  const book = rulebookOf(pack)
  const stands = standpoints(book)
  const result: RunResult = { planned: 0, unchanged: 0, items: 0, cost: 0, uncovered: 0, funded: 0, unfunded: 0 }
  let after = ''
  let total = 0
  const { county_code } = await transact(registry, actor, (tx) => placeInCounty(tx, area_code))
  // Over the county, for those who live in the area: a plan may have been made where one lived before.
  const over = { ...actor, scope: [county_code] }
  for (let done = 0; ;) {
    const count = await transact(registry, over, async (tx) => {
      const place = await placeInCounty(tx, area_code)
      // Two runs in one county take turns.
      await holdArea(tx, county_code)
      if (done === 0) {
        total = (await countRegistered(tx, place)).count
        await dropOrphanDrafts(tx, place, year, now)
      }
      const page = { year, after, limit: chunk }
      const found = await diagnosedAfter(tx, place, page)
      const last = found.at(-1)
      if (!last) return 0
      const ids = found.map((each) => each.household_id)
      const held = await holdHouseholds(tx, county_code, ids)
      // Read again: a plan may have been agreed to while this waited for its household.
      const due = (await diagnosedAfter(tx, place, page)).filter((each) => held.has(each.household_id))
      after = last.household_id
      const changed = due.filter(isDue)
      const planned = await planDue(tx, place, changed, { book, stands, year })
      await savePlans(
        tx,
        { county_code, year, pack_hash: pack.pack_hash, now, account_id: actor.account_id },
        planned,
        plansOf(changed, planned),
      )
      countIn(result, planned, due.length)
      if (planned.length > 0) {
        await audit(tx, {
          county_code,
          action: 'prescribe.plan',
          subject_kind: 'area',
          subject_id: area_code,
          detail: {
            year,
            plans: planned.length,
            pack_hash: pack.pack_hash,
            digest: auditDigest(
              planned.map((each) => [each.household_id, each.cost, each.items.map((item) => item.measure_code)]),
            ),
          },
        })
      }
      return found.length
    })
    if (count === 0) break
    done += count
    await progress(done, total, { en: `Planned ${done} households`, zh: `已为 ${done} 户制定帮扶计划` })
  }
  return { ...result, ...(await shareOut(c, county_code, year)) }
}

/** A household without a plan for the year, or with a draft that rests on an older diagnosis. */
const isDue = (each: Due): boolean =>
  each.plan_id === null || (each.plan_state === 'draft' && each.plan_diagnosis_id !== each.diagnosis_id)

/** The drafts that the new plans take the place of. */
function plansOf(due: readonly Due[], planned: readonly Planned[]): string[] {
  const fresh = new Set(planned.map((each) => each.household_id))
  return due.flatMap((each) => (each.plan_id !== null && fresh.has(each.household_id) ? [each.plan_id] : []))
}

function countIn(result: RunResult, planned: readonly Planned[], looked_at: number): void {
  result.planned += planned.length
  result.unchanged += looked_at - planned.length
  for (const each of planned) {
    result.items += each.items.length
    result.cost += each.cost
    if (each.uncovered.length > 0) result.uncovered += 1
  }
}

async function planDue(
  tx: ReadTx,
  place: Place & { county_code: string },
  due: readonly Due[],
  by: { book: Rulebook; stands: Standpoints; year: number },
): Promise<Planned[]> {
  const household_ids = due.map((each) => each.household_id)
  const bases = new Map(due.map((each) => [each.household_id, each]))
  const standing = await standingOf(tx, place.county_code, household_ids, by.year)
  const records = await loadRecords(tx, place, { household_ids })
  const planned = await mapInTurn(records, (record) => {
    const basis = bases.get(record.household_id)
    if (!basis) return null
    const at = by.stands(basis.reference_date, record.area_code)
    const before = (standing.get(record.household_id) ?? []).map((row) => standingAt(row, basis.reference_date))
    return prescribe(by.book, record, basis, at, before)
  })
  return planned.filter((each) => each !== null)
}

/** A measure works `starts_after_months` after the family agreed to it; until then its effect is on its way. */
function standingAt(row: StandingRow, on: string): Standing {
  const from = addMonths(row.agreed_on ?? on, row.starts_after_months)
  return { ...row, on_its_way: row.cost_period === 'once' && from > on }
}

type Standpoints = (date: string, area_code: string) => Standpoint

/** Parameters read once for each day and area: a run asks for the same few thousand times. */
function standpoints(book: Rulebook): Standpoints {
  const known = new Map<string, Standpoint>()
  return (date, area_code) => {
    const key = `${date} ${area_code}`
    const found = known.get(key) ?? standAt(book, date, area_code)
    known.set(key, found)
    return found
  }
}

/**
 * Share out the county's budgets of a year over all its current plans. A budget may cover more than the acting
 * officer's area, so the whole county is read here, in the officer's name; only `funded` is written.
 */
export async function shareOut(c: C, county_code: string, year: number): Promise<{ funded: number; unfunded: number }> {
  const { registry, actor, pack } = c.var
  const rights = new Set(pack.measures.filter((each) => each.right).map((each) => each.code))
  if (county_code === '') return { funded: 0, unfunded: 0 }
  return await transact(registry, { ...actor, scope: [county_code] }, async (tx) => {
    await holdArea(tx, county_code)
    const found = await fundables(tx, county_code, year)
    const items = found.map((item) => ({ ...item, right: rights.has(item.measure_code) }))
    const funding = await fund(items, await budgetsOf(tx, county_code, year))
    const of = (funded: boolean) =>
      [...funding.changed].filter(([, now_funded]) => now_funded === funded).map(([item_id]) => item_id)
    await markFunded(tx, county_code, of(true), true)
    await markFunded(tx, county_code, of(false), false)
    if (funding.changed.size > 0) {
      await audit(tx, {
        county_code,
        action: 'prescribe.fund',
        subject_kind: 'area',
        subject_id: county_code,
        detail: {
          year,
          funded: funding.funded,
          unfunded: funding.unfunded,
          spent: funding.spent,
          digest: auditDigest([...funding.changed].map(([item_id, funded]) => [item_id, funded])),
        },
      })
    }
    return { funded: funding.funded, unfunded: funding.unfunded }
  })
}
