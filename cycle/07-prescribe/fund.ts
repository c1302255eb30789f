// What the budgets pay: planned items against the money of their area and batch. Pure.
import { allocate } from '#engines/allocation/allocate.ts'

export interface Budget {
  budget_id: string
  area_code: string
  batch: string
  /** Minor units for the year. */
  amount: number
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
  /** Agreed or approved: what it was promised stays promised. */
  settled: boolean
  /** A measure the household has a right to. */
  right: boolean
}

export interface Funding {
  /** Items whose `funded` changes, by item_id. */
  changed: Map<string, boolean>
  funded: number
  unfunded: number
  /** Minor units committed of each budget. */
  spent: Record<string, number>
}

// A few hundred candidates are solved exactly within a second or two; beyond, the relaxed answer is within 0.1 %.
const exact_limit = 400

/** The budget that pays an item: of its batch, of the nearest area above. Null: nobody has set a limit. */
export function budgetOf(budgets: readonly Budget[], item: Pick<Fundable, 'area_code' | 'batch'>): Budget | null {
  let found: Budget | null = null
  for (const each of budgets) {
    if (each.batch !== item.batch || !item.area_code.startsWith(each.area_code)) continue
    if (found === null || each.area_code.length > found.area_code.length) found = each
  }
  return found
}

/**
 * Decide which items are paid. Without a budget for its batch an item is funded: no limit is known. What was promised
 * to a household is paid first, then what households have a right to; the rest of each budget goes where it closes most
 * need, the more urgent before others.
 */
export async function fund(items: readonly Fundable[], budgets: readonly Budget[]): Promise<Funding> {
  const paid = new Set<string>()
  const left = Object.fromEntries(budgets.map((each) => [each.budget_id, each.amount]))
  const spent = Object.fromEntries(budgets.map((each) => [each.budget_id, 0]))
  const open: (Fundable & { group: string })[] = []
  for (const item of items) {
    const budget = budgetOf(budgets, item)
    if (budget === null) paid.add(item.item_id)
    else if (item.settled && item.funded) {
      paid.add(item.item_id)
      left[budget.budget_id] = Math.max(0, (left[budget.budget_id] ?? 0) - item.cost)
      spent[budget.budget_id] = (spent[budget.budget_id] ?? 0) + item.cost
    } else open.push({ ...item, group: budget.budget_id })
  }
  for (const right of [true, false]) {
    const given = await allocate({
      candidates: open
        .filter((item) => item.right === right)
        .map((item) => ({
          unit_id: item.household_id,
          option_id: item.measure_code,
          cost: item.cost,
          // Every right counts, also that of a household that lacks nothing else.
          value: item.value + (right ? 1 : 0),
          group: item.group,
        })),
      budgets: left,
      exact_limit,
    })
    const chosen = new Set(given.chosen.map((each) => `${each.unit_id}|${each.option_id}`))
    for (const item of open) if (chosen.has(`${item.household_id}|${item.measure_code}`)) paid.add(item.item_id)
    for (const [group, amount] of Object.entries(given.spent)) {
      spent[group] = (spent[group] ?? 0) + amount
      left[group] = Math.max(0, (left[group] ?? 0) - amount)
    }
  }
  return {
    changed: new Map(
      items
        .filter((item) => item.funded !== paid.has(item.item_id))
        .map((item) => [item.item_id, paid.has(item.item_id)]),
    ),
    funded: paid.size,
    unfunded: items.length - paid.size,
    spent,
  }
}
