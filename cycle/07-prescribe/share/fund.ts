// What the budgets and the places pay: planned items against the money of their batch and the places of their measure, the
// nearest area first. Pure.
import { createHash } from 'node:crypto'
import type { StateOf } from '#registry/tables/states.ts'
import { shareOut } from '#engines/allocation/share/share.ts'
import type { Bundle, Draw } from '#engines/allocation/share/types.ts'

export interface Budget {
  budget_id: string
  area_code: string
  batch: string
  /** Minor units for the year. */
  amount: number
}

/** How many can have a measure in an area in a year: posts, flats, seats of a course. */
export interface MeasurePlaces {
  place_id: string
  area_code: string
  measure_code: string
  places: number
}

export interface Fundable {
  item_id: string
  household_id: string
  area_code: string
  measure_code: string
  batch: string
  cost: number
  value: number
  funded: boolean
  unfunded_reason: UnfundedReason | null
  /** Agreed or approved: what it was promised stays promised. */
  settled: boolean
  /** A measure the household has a right to. */
  right: boolean
  /** Measures of the same plan that come before it. */
  requires: readonly string[]
  /** Urgency of the household, 0 to 100. */
  score: number | null
  /** The area that is held against others of its level. */
  compared_in: string
}

export type UnfundedReason = StateOf<'plan_item.unfunded_reason'>

/** The pack's rule for sharing out; what is not said is not done. */
export interface SharingRule {
  /** Each compared area has at least this part of what the worst served could have. */
  floor_percent?: number
  /** So much more, in percent, a plan counts whose household is most urgent. */
  depth_percent?: number
}

export interface Funding {
  /** What each item becomes, of those that change. */
  changed: Map<string, { funded: boolean; unfunded_reason: UnfundedReason | null }>
  funded: number
  unfunded: number
  /** Minor units committed of each budget, and places of each. */
  spent: Record<string, number>
  /** Households with an item that is not promised yet, and how many of them are paid whole. */
  plans: number
  whole: number
  /** No sharing out pays a greater weight of whole plans under the rule: how far from the proven bound, from 0 to 1. */
  gap: number
}

export interface Means {
  budgets: readonly Budget[]
  places?: readonly MeasurePlaces[]
  rule?: SharingRule
  /** Decides between equals; drawn once for an area and a year, and kept. */
  seed?: string
}

interface Chains {
  money: string[]
  places: string[]
}

/** Whose area holds this one, the nearest first. */
const above = <T extends { area_code: string }>(of: readonly T[], area_code: string): T[] =>
  of.filter((each) => area_code.startsWith(each.area_code)).toSorted((a, b) => b.area_code.length - a.area_code.length)

/**
 * What may pay an item: the budgets of its batch in its area and above, the nearest first; places of its measure likewise.
 * Without any, no limit is known. Worked out once for each area, batch and measure.
 */
function drawing(means: Means): (item: Paid) => Draw[] {
  const known = new Map<string, Chains>()
  const chainsOf = (item: Paid): Chains => {
    const key = `${item.area_code} ${item.batch} ${item.measure_code}`
    const found = known.get(key) ?? {
      money: above(
        means.budgets.filter((each) => each.batch === item.batch),
        item.area_code,
      ).map((each) => each.budget_id),
      places: above(
        (means.places ?? []).filter((each) => each.measure_code === item.measure_code),
        item.area_code,
      ).map((each) => each.place_id),
    }
    known.set(key, found)
    return found
  }
  return (item) => {
    const { money, places } = chainsOf(item)
    return [
      ...(money.length > 0 ? [{ pools: money, amount: item.cost }] : []),
      ...(places.length > 0 ? [{ pools: places, amount: 1 }] : []),
    ]
  }
}

type Paid = Pick<Fundable, 'area_code' | 'batch' | 'measure_code' | 'cost'>

const poolsOf = ({ budgets, places }: Means): Record<string, number> => ({
  ...Object.fromEntries(budgets.map((each) => [each.budget_id, each.amount])),
  ...Object.fromEntries((places ?? []).map((each) => [each.place_id, each.places])),
})

/**
 * Decide which items are paid. What was promised to a household is paid first; then what households have a right to; then
 * as many whole plans as there can be, by the pack's rule; what is left pays parts of the others. Between equals a lot decides.
 */
export async function fund(items: readonly Fundable[], means: Means): Promise<Funding> {
  const drawsFor = drawing(means)
  const paid = new Set<string>()
  const short_of = new Map<string, string>()
  const lot = lots(means.seed ?? '')
  let left = poolsOf(means)
  const spent = Object.fromEntries(Object.keys(left).map((pool) => [pool, 0]))
  const promised = items.filter((item) => item.settled && item.funded)
  for (const item of promised) {
    paid.add(item.item_id)
    commit(drawsFor(item), left, spent)
  }
  // What nobody has set a limit for is short of nothing, whatever else its plan waits for.
  for (const item of items) if (drawsFor(item).length === 0) paid.add(item.item_id)

  const serve = async (bundles: readonly Bundle[], floor: number) => {
    const given = await shareOut({ bundles, pools: left, floor, lot: (unit_id) => lot(household_of(unit_id)) })
    for (const [pool, amount] of Object.entries(given.spent)) spent[pool] = (spent[pool] ?? 0) + amount
    left = Object.fromEntries(Object.entries(left).map(([pool, amount]) => [pool, amount - (given.spent[pool] ?? 0)]))
    for (const [unit_id, pool] of given.short_of) short_of.set(unit_id, pool)
    return given
  }
  const by_id = new Map(items.map((item) => [item.item_id, item]))
  const household_of = (unit_id: string) => by_id.get(unit_id)?.household_id ?? unit_id
  const alone = (item: Fundable, weight: number): Bundle => ({
    unit_id: item.item_id,
    place: item.compared_in,
    weight,
    draws: drawsFor(item),
  })
  const open = () => items.filter((item) => !paid.has(item.item_id))
  const pay = (ids: readonly string[]) => {
    for (const id of ids) paid.add(id)
  }

  // Every right counts, also that of a household that lacks nothing else.
  const rights = open().filter((item) => item.right)
  pay(
    (
      await serve(
        rights.map((item) => alone(item, item.value + 1)),
        0,
      )
    ).served,
  )

  const plans = Map.groupBy(open(), (item) => item.household_id)
  const depth = (means.rule?.depth_percent ?? 0) / 100
  const bundles = [...plans].map(([household_id, own]): Bundle => {
    const [first] = own
    return {
      unit_id: household_id,
      place: first?.compared_in ?? '',
      weight: 1 + (depth * (first?.score ?? 0)) / 100,
      draws: own.flatMap(drawsFor),
    }
  })
  const whole = await serve(bundles, (means.rule?.floor_percent ?? 0) / 100)
  for (const household_id of whole.served) pay((plans.get(household_id) ?? []).map((item) => item.item_id))

  await payParts(open, async (ready) => {
    // A part of a plan that is worth nothing by itself is paid with the whole or not at all.
    const given = await serve(
      ready.map((item) => alone(item, item.value)),
      0,
    )
    pay(given.served)
    return given.served.length
  })

  const reasonOf = (item: Fundable): UnfundedReason => {
    const pool = short_of.get(item.item_id) ?? short_of.get(item.household_id)
    return (means.places ?? []).some((each) => each.place_id === pool) ? 'no_place' : 'no_money'
  }
  const after = items.map((item) => {
    const funded = paid.has(item.item_id)
    return { item, funded, unfunded_reason: funded ? null : reasonOf(item) }
  })
  return {
    changed: new Map(
      after
        .filter((each) => each.item.funded !== each.funded || each.item.unfunded_reason !== each.unfunded_reason)
        .map(({ item, funded, unfunded_reason }) => [item.item_id, { funded, unfunded_reason }]),
    ),
    funded: paid.size,
    unfunded: items.length - paid.size,
    spent,
    plans: plans.size,
    whole: whole.served.length,
    gap: whole.gap,
  }
}

/** Parts whose forerunners are paid; paying one may make the next ready. */
async function payParts(open: () => Fundable[], serve: (ready: Fundable[]) => Promise<number>): Promise<void> {
  for (;;) {
    const items = open()
    const waiting = new Map(items.map((item) => [`${item.household_id} ${item.measure_code}`, item]))
    const ready = items.filter((item) => !item.requires.some((code) => waiting.has(`${item.household_id} ${code}`)))
    if (ready.length === 0 || (await serve(ready)) === 0) return
  }
}

/** A promise is kept: what the pools lack for it is taken from the last of them all the same. */
function commit(draws: readonly Draw[], left: Record<string, number>, spent: Record<string, number>): void {
  for (const { pools, amount } of draws) {
    let missing = amount
    for (const [index, pool] of pools.entries()) {
      const had = Math.max(0, left[pool] ?? 0)
      const part = index === pools.length - 1 ? missing : Math.min(missing, had)
      left[pool] = Math.max(0, had - part)
      spent[pool] = (spent[pool] ?? 0) + part
      missing -= part
    }
  }
}

/** A number from 0 to 1 for each household: everybody who has the seed can draw it again. */
function lots(seed: string): (household_id: string) => number {
  const known = new Map<string, number>()
  return (household_id) => {
    const found =
      known.get(household_id) ??
      createHash('sha256').update(`${seed} ${household_id}`).digest().readUIntBE(0, 6) / 2 ** 48
    known.set(household_id, found)
    return found
  }
}

/** The budget nearest to an item: of its batch, in its area or above. Null: nobody has set a limit. */
export const budgetOf = (budgets: readonly Budget[], item: Pick<Fundable, 'area_code' | 'batch'>): Budget | null =>
  above(
    budgets.filter((each) => each.batch === item.batch),
    item.area_code,
  )[0] ?? null

/** What each budget pays of amounts by area and batch: the nearest first, what passes all of them from the last. */
export function paidFrom(
  budgets: readonly Budget[],
  amounts: readonly { area_code: string; batch: string; amount: number }[],
): Record<string, number> {
  const left = poolsOf({ budgets })
  const spent: Record<string, number> = {}
  const drawsFor = drawing({ budgets })
  // Nearest first, the order of the amounts does not matter to the sums.
  for (const each of amounts) commit(drawsFor({ ...each, measure_code: '', cost: each.amount }), left, spent)
  return spent
}
