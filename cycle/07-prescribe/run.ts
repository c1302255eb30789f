import { loadRecords } from '#cycle/record.ts'
import { placeInCounty, type Place } from '#door/permit/area.ts'
import type { Entered, EnteredToWrite } from '#door/context.ts'
import { addMonths } from '#door/day.ts'
import { heavy } from '#door/heavy/pool.ts'
import { holdArea, holdHouseholds } from '#door/hold.ts'
import { mapInTurn } from '#door/jobs/in-turn.ts'
import type { Progress } from '#door/jobs/jobs.ts'
import type { Pack } from '#packs/schema/schema.ts'
import { rulebookOf, standAt, type Rulebook, type Standpoint } from '#packs/rulebook.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import { transact, type ReadTx } from '#registry/transaction.ts'
import { fund, type Fundable, type Funding, type Means } from './share/fund.ts'
import { prescribe, type Planned, type Standing } from './prescribe.ts'
import {
  budgetsOf,
  countRegistered,
  diagnosedAfter,
  dropOrphanDrafts,
  savePlans,
  standingOf,
  type Due,
  type StandingRow,
} from './store.ts'
import { comparedIn } from './share/served.ts'
import { areasOfLevel, drawSeed, fundables, markFunded, placesOf, type StoredItem } from './share/store.ts'
import { wishesOf } from './wishes/store.ts'

const chunk = 500
type C = Entered

type Planning = Pick<RunResult, 'planned' | 'unchanged' | 'items' | 'cost' | 'uncovered'>

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
  /** Plans with something still to be decided, and how many of them are paid whole. */
  plans_weighed: number
  plans_whole: number
}

/** Plan every registered household with a diagnosis for a year, then share out the budgets. Running twice changes nothing. */
export async function prescribeArea(c: C, area_code: string, year: number, progress: Progress): Promise<RunResult> {
  const { registry, actor, pack, now } = c.var
  const book = rulebookOf(pack)
  const stands = standpoints(book)
  const result = { planned: 0, unchanged: 0, items: 0, cost: 0, uncovered: 0 }
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
  return { ...result, ...(await shareOutYear(c, county_code, year)) }
}

/**
 * Makes the draft of one household anew, around what was said of single measures. Nothing happens where it has no draft: what
 * was agreed is not rewritten. Its measures are paid at the next sharing out. Within a transaction that holds the household.
 */
export async function planAgain(c: EnteredToWrite, household: PlacedHousehold, year: number): Promise<boolean> {
  const { tx, actor, pack, now } = c.var
  const place = await placeInCounty(tx, household.area_code)
  const page = { year, after: '', limit: 1, household_id: household.household_id }
  const [due] = await diagnosedAfter(tx, place, page)
  if (!due || due.plan_id === null || due.plan_state !== 'draft') return false
  const book = rulebookOf(pack)
  const planned = await planDue(tx, place, [due], { book, stands: standpoints(book), year })
  const stamp = { county_code: place.county_code, year, pack_hash: pack.pack_hash, now, account_id: actor.account_id }
  await savePlans(tx, stamp, planned, plansOf([due], planned))
  return planned.length > 0
}

interface PlacedHousehold {
  household_id: string
  area_code: string
}

/** A household without a plan for the year, or with a draft that rests on an older diagnosis. */
const isDue = (each: Due): boolean =>
  each.plan_id === null || (each.plan_state === 'draft' && each.plan_diagnosis_id !== each.diagnosis_id)

/** The drafts that the new plans take the place of. */
function plansOf(due: readonly Due[], planned: readonly Planned[]): string[] {
  const fresh = new Set(planned.map((each) => each.household_id))
  return due.flatMap((each) => (each.plan_id !== null && fresh.has(each.household_id) ? [each.plan_id] : []))
}

function countIn(result: Planning, planned: readonly Planned[], looked_at: number): void {
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
  const wishes = await wishesOf(tx, place.county_code, household_ids, by.year)
  const records = await loadRecords(tx, place, { household_ids })
  const planned = await mapInTurn(records, (record) => {
    const basis = bases.get(record.household_id)
    if (!basis) return null
    const at = by.stands(basis.reference_date, record.area_code)
    const before = (standing.get(record.household_id) ?? []).map((row) => standingAt(row, basis.reference_date))
    return prescribe(by.book, record, basis, at, before, wishes.get(record.household_id))
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
 * Share out the county's budgets and places of a year over all its current plans. A budget may cover more than the acting
 * officer's area, so the whole county is read here, in the officer's name; only what an item is given is written.
 */
async function shareOutYear(
  c: C,
  county_code: string,
  year: number,
): Promise<Pick<RunResult, 'funded' | 'unfunded' | 'plans_weighed' | 'plans_whole'>> {
  const { registry, actor, pack, now } = c.var
  if (county_code === '') return { funded: 0, unfunded: 0, plans_weighed: 0, plans_whole: 0 }
  return await transact(registry, { ...actor, scope: [county_code] }, async (tx) => {
    await holdArea(tx, county_code)
    const { seed, drawn } = await drawSeed(tx, { county_code, year, now, account_id: actor.account_id, lot: c.var.lot })
    const subject = { county_code, subject_kind: 'area', subject_id: county_code }
    if (drawn) await audit(tx, { ...subject, action: 'prescribe.lot', detail: { year, seed } })
    const compared = pack.sharing
      ? await areasOfLevel(tx, county_code, pack.sharing.compare)
      : new Map<string, Record<string, string>>()
    const items = (await fundables(tx, county_code, year)).map((item) => asFundable(item, pack, compared))
    const budgets = await budgetsOf(tx, county_code, year)
    const places = await placesOf(tx, county_code, year)
    const funding = await fundAside(items, { budgets, places, seed, ...(pack.sharing ? { rule: pack.sharing } : {}) })
    await markFunded(tx, county_code, funding.changed)
    if (funding.changed.size > 0) {
      const { funded, unfunded, spent, plans, whole, gap } = funding
      const digest = auditDigest([...funding.changed].map(([item_id, became]) => [item_id, became.funded]))
      const detail = { year, funded, unfunded, spent, plans_weighed: plans, plans_whole: whole, gap, digest }
      await audit(tx, { ...subject, action: 'prescribe.fund', detail })
    }
    return {
      funded: funding.funded,
      unfunded: funding.unfunded,
      plans_weighed: funding.plans,
      plans_whole: funding.whole,
    }
  })
}

/** Above so many items the solver takes longer than the product may be silent: a thread of its own works it out. */
const most_here = 2_000

const fundAside = (items: Fundable[], means: Means): Promise<Funding> =>
  items.length <= most_here
    ? fund(items, means)
    : heavy<typeof fund>(new URL('./share/fund.ts', import.meta.url), 'fund', [items, means], { seconds: 600 })

/** With what the pack says of its measure, and the area that is held against others. */
function asFundable(item: StoredItem, pack: Pack, compared: ReadonlyMap<string, unknown>): Fundable {
  const measure = pack.measures.find((each) => each.code === item.measure_code)
  return {
    ...item,
    right: measure?.right ?? false,
    requires: measure?.requires ?? [],
    compared_in: comparedIn(item.area_code, compared),
  }
}
