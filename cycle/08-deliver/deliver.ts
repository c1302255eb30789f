// Planned against given: pure sums over a household's plan items, deliveries and income.
import { yearOf } from '#door/day.ts'

export interface PlannedItem {
  plan_id: string
  item_id: string
  measure_code: string
  batch: string
  year: number
  state: string
  cost: number
  funded: boolean
  /** Of a plan that waits, since its household is another one's that has a plan of its own. */
  held: boolean
}

/** Items of plans that are not held. */
export const goingOn = <I extends Pick<PlannedItem, 'held'>>(planned: readonly I[]): I[] =>
  planned.filter((item) => !item.held)

/**
 * Deliveries with the item they count for: what was given by a plan that is held counts for the same measure of the
 * plan that stands in its year, and for no item where that has none.
 */
export function countedFor<D extends Pick<Delivered, 'item_id'>>(planned: readonly PlannedItem[], given: readonly D[]) {
  const standing = goingOn(planned)
  const held = planned.filter((item) => item.held)
  return given.map((each): D => {
    const own = held.find((item) => item.item_id === each.item_id)
    if (!own) return each
    const same = standing.find((item) => item.year === own.year && item.measure_code === own.measure_code)
    return { ...each, item_id: same?.item_id ?? null }
  })
}

export interface Delivered {
  delivery_id: string
  item_id: string | null
  measure_code: string
  delivered_on: string
  quantity: number
  cost: number
  head_signed: boolean
  reverses: string | null
}

export interface ItemProgress extends PlannedItem {
  deliveries: number
  quantity: number
  given: number
  first_on: string | null
  last_on: string | null
  /** Every delivery that stands was signed by the head. */
  signed: boolean
  state_of_delivery: 'nothing_yet' | 'begun' | 'given'
}

/** Deliveries that stand: neither reversed nor themselves a reversal. */
export function standing<D extends Pick<Delivered, 'delivery_id' | 'reverses'>>(deliveries: readonly D[]): D[] {
  const reversed = new Set(deliveries.flatMap((each) => each.reverses ?? []))
  return deliveries.filter((each) => each.reverses === null && !reversed.has(each.delivery_id))
}

// Prices move between the plan and the purchase: nine tenths of the money planned is the whole thing.
const enough = 0.9

/** Each planned item with what was given of it: `begun` while much of the money planned is not given yet. */
export function progressOf(planned: readonly PlannedItem[], deliveries: readonly Delivered[]): ItemProgress[] {
  const by_item = Map.groupBy(standing(deliveries), (each) => each.item_id)
  return planned.map((item) => {
    const own = by_item.get(item.item_id) ?? []
    const days = own.map((each) => each.delivered_on).sort()
    const given = own.reduce((sum, each) => sum + each.cost, 0)
    return {
      ...item,
      deliveries: own.length,
      quantity: own.reduce((sum, each) => sum + each.quantity, 0),
      given,
      first_on: days[0] ?? null,
      last_on: days.at(-1) ?? null,
      signed: own.length > 0 && own.every((each) => each.head_signed),
      state_of_delivery: own.length === 0 ? 'nothing_yet' : given >= item.cost * enough ? 'given' : 'begun',
    }
  })
}

/**
 * The item of the household's plans that a delivery belongs to: that named, else the one of the same measure in the
 * plan of the delivery's year, else in the latest plan before. Null: not in any plan.
 */
export function itemFor(
  planned: readonly PlannedItem[],
  given: { plan_id?: string | undefined; item_id?: string | undefined; measure_code: string; delivered_on: string },
): PlannedItem | null {
  const same = planned.filter((item) => item.measure_code === given.measure_code)
  if (given.item_id !== undefined) return same.find((item) => item.item_id === given.item_id) ?? null
  if (given.plan_id !== undefined) return same.find((item) => item.plan_id === given.plan_id) ?? null
  const year = yearOf(given.delivered_on)
  return same.filter((item) => item.year <= year).toSorted((a, b) => b.year - a.year)[0] ?? null
}

export interface LedgerRow {
  ledger_id: string
  year: number
  source: string
  amount: number
  reverses: string | null
}

/** Income by year: the sum and its sources. Reversals carry the opposite amount, so a sum needs no care. */
export function incomeByYear(rows: readonly LedgerRow[]) {
  return [...Map.groupBy(rows, (row) => row.year)]
    .sort(([a], [b]) => a - b)
    .map(([year, own]) => ({
      year,
      total: own.reduce((sum, row) => sum + row.amount, 0),
      sources: [...Map.groupBy(own, (row) => row.source)]
        .map(([source, of]) => ({ source, amount: of.reduce((sum, row) => sum + row.amount, 0) }))
        .sort((a, b) => b.amount - a.amount || a.source.localeCompare(b.source)),
    }))
}
