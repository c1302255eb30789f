// Recording what was given and earned: households loaded, permitted one by one, appended together. Nothing is changed
// afterwards: a mistake is undone by an entry that says so.
import { randomUUID } from 'node:crypto'
import { countyOfHousehold, placeInCounty } from '#door/permit/area.ts'
import type { EnteredToWrite } from '#door/context.ts'
import { today } from '#door/day.ts'
import { notMerged } from '#door/follow.ts'
import { holdHouseholds } from '#door/hold.ts'
import { mustDiffer, permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { checkClaims } from '#door/steps.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { audit, auditDigest, type AuditEntry } from '#registry/audit/audit.ts'
import { askAboutDeliveries, stopAt } from './ask.ts'
import { goingOn, itemFor } from './deliver.ts'
import { doubtsOfIncome } from './plausible.ts'
import {
  appendDeliveries,
  appendIncome,
  deliveryById,
  incomeById,
  nameHelpers,
  plannedItems,
  type NewDelivery,
} from './store.ts'

type C = EnteredToWrite

/** The households named, all of one county and all within the actor's area. */
async function reach(c: C, household_ids: readonly string[]) {
  const { tx, actor } = c.var
  const ids = [...new Set(household_ids)]
  const county_code = countyOfHousehold(ids[0] ?? '')
  const households = await holdHouseholds(tx, county_code, ids)
  const unknown = ids.filter((household_id) => !households.has(household_id))
  if (unknown.length > 0) {
    throw problem('deliver_unknown_household', {
      detail: `${unknown.length} of ${ids.length} households are not in county ${county_code}, or not in your area.`,
      errors: unknown.slice(0, 50).map((household_id) => ({ path: household_id, message: 'not found' })),
    })
  }
  for (const area_code of new Set([...households.values()].map((each) => each.area_code)))
    permit(actor, 'deliver.record', area_code)
  notMerged(households.values())
  const at = (household_id: string) => {
    const found = households.get(household_id)
    if (!found) throw problem('deliver_unknown_household', { detail: household_id })
    return found
  }
  return { county_code, at, ids }
}

/** One event for a list, with who it concerns when it is one household. */
function listed(
  county_code: string,
  action: string,
  kind: string,
  rows: readonly { id: string; household_id: string; told: (string | number | boolean | null)[] }[],
): AuditEntry {
  const [first] = rows
  return {
    county_code,
    action,
    subject_kind: kind,
    subject_id: first?.id ?? '',
    household_id: rows.length === 1 ? (first?.household_id ?? null) : null,
    detail: { entries: rows.length, digest: auditDigest(rows.map((row) => [row.id, row.household_id, ...row.told])) },
  }
}

/** Of entries alike in all but their id, the first: the same line twice in one list is one line. */
function once<T extends object>(rows: readonly T[], id: keyof T): T[] {
  const key = (row: T) => JSON.stringify({ ...row, [id]: null, confirmed: null })
  return [...new Map(rows.toReversed().map((row) => [key(row), row])).values()].reverse()
}

export interface DeliveryInput {
  household_id: string
  plan_id?: string | undefined
  item_id?: string | undefined
  measure_code: string
  delivered_on: string
  quantity: number
  unit: string
  cost: number
  provider: string
  head_signed: boolean
  note?: string | undefined
  /** Why it is right although it is unusual. */
  confirm?: string | undefined
}

export interface Warning {
  index: number
  household_id: string
  code: 'not_in_plan' | 'not_funded'
}

/** Record deliveries. What stands in no agreed plan is recorded all the same and told as a warning. */
export async function deliver(c: C, input: readonly DeliveryInput[]) {
  const { tx, actor, now, pack } = c.var
  const { county_code, at, ids } = await reach(
    c,
    input.map((each) => each.household_id),
  )
  const measures = new Map(pack.measures.map((measure) => [measure.code, measure]))
  refuse(c, input, (code) => measures.has(code))
  const planned = await overCounty(c, county_code, () => plannedItems(tx, county_code, ids))
  const warnings: Warning[] = []
  const items = input.map((each) => itemFor(goingOn(planned.get(each.household_id) ?? []), each))
  const rows = input.map(({ confirm, ...each }, index): NewDelivery => {
    const item = items[index] ?? null
    if (item === null) warnings.push({ index, household_id: each.household_id, code: 'not_in_plan' })
    else if (!item.funded) warnings.push({ index, household_id: each.household_id, code: 'not_funded' })
    return {
      ...each,
      delivery_id: randomUUID(),
      area_code: at(each.household_id).area_code,
      plan_id: item?.plan_id ?? null,
      item_id: item?.item_id ?? null,
      batch: measures.get(each.measure_code)?.batch ?? '',
      note: each.note ?? null,
      reverses: null,
      confirmed: confirm ?? null,
    }
  })
  await askAboutDeliveries(c, county_code, rows, items)
  const fresh = once(rows, 'delivery_id')
  const by = { county_code, now, account_id: actor.account_id }
  const written = await overCounty(c, county_code, () => appendDeliveries(tx, by, fresh))
  const kept = fresh.filter((row) => written.has(row.delivery_id))
  if (kept.length > 0) {
    const told = kept.map((row) => ({
      id: row.delivery_id,
      household_id: row.household_id,
      told: [row.measure_code, row.delivered_on, row.quantity, row.cost, row.head_signed, row.confirmed],
    }))
    await audit(tx, listed(county_code, 'deliver.record', 'delivery', told))
  }
  return {
    recorded: kept.length,
    duplicates: input.length - kept.length,
    delivery_ids: kept.map((row) => row.delivery_id),
    warnings,
  }
}

function refuse(c: C, input: readonly DeliveryInput[], known: (measure_code: string) => boolean): void {
  const unknown = input.flatMap((each, row) =>
    known(each.measure_code) ? [] : [{ path: each.household_id, message: each.measure_code, row }],
  )
  if (unknown.length > 0) {
    throw problem('deliver_unknown_measure', {
      detail: `The pack ${c.var.pack.id} has no measure ${unknown[0]?.message}.`,
      errors: unknown.slice(0, 50),
    })
  }
  checkClaims(
    c,
    input.map((each) => ({ path: each.household_id, day: each.delivered_on })),
  )
}

/** Undo a delivery by an entry of the opposite quantity and cost; both stay. */
export async function reverseDelivery(c: C, delivery_id: string, reason: string) {
  const { tx, actor, now } = c.var
  const found = await held(c, (county) => deliveryById(tx, county, delivery_id))
  if (!found) throw problem('not_found', { detail: `There is no delivery ${delivery_id}.` })
  permit(actor, 'deliver.record', found.area_code)
  if (found.reversed) throw problem('already_done', { detail: 'The delivery was reversed before.' })
  if (found.reverses !== null) throw problem('wrong_state', { detail: 'This entry is itself a reversal.' })
  mustDiffer(actor, [found.account_id], 'undoing the entry')
  const { county_code, recorded_at: _, account_id: __, reversed: ___, ...rest } = found
  const reversal_id = randomUUID()
  const row = { ...rest, delivery_id: reversal_id, quantity: -found.quantity, cost: -found.cost, note: reason }
  await appendDeliveries(tx, { county_code, now, account_id: actor.account_id }, [{ ...row, reverses: delivery_id }])
  await audit(tx, {
    county_code,
    action: 'deliver.reverse',
    subject_kind: 'delivery',
    subject_id: delivery_id,
    household_id: found.household_id,
    detail: { reversal_id, reason },
  })
  return { delivery_id: reversal_id }
}

export interface IncomeInput {
  household_id: string
  year: number
  source: string
  amount: number
  paid_on?: string | undefined
  payer?: string | undefined
  evidence?: string | undefined
  /** Why it is right although it is unusual. */
  confirm?: string | undefined
}

/** Record income of households. Money in minor units. */
export async function recordIncome(c: C, input: readonly IncomeInput[]) {
  const { tx, actor, now } = c.var
  const { county_code, at } = await reach(
    c,
    input.map((each) => each.household_id),
  )
  checkClaims(
    c,
    input.flatMap((each) => (each.paid_on === undefined ? [] : [{ path: each.household_id, day: each.paid_on }])),
  )
  stopAt(doubtsOfIncome(c.var.pack.plausible, input, today(c)), (index) => input[index]?.confirm ?? null)
  const rows = input.map(({ confirm, ...each }) => ({
    ...each,
    confirmed: confirm ?? null,
    ledger_id: randomUUID(),
    area_code: at(each.household_id).area_code,
    paid_on: each.paid_on ?? null,
    payer: each.payer ?? null,
    evidence: each.evidence ?? null,
    reverses: null,
  }))
  const fresh = once(rows, 'ledger_id')
  const by = { county_code, now, account_id: actor.account_id }
  const written = await overCounty(c, county_code, () => appendIncome(tx, by, fresh))
  const kept = fresh.filter((row) => written.has(row.ledger_id))
  if (kept.length > 0) {
    const told = kept.map((row) => ({
      id: row.ledger_id,
      household_id: row.household_id,
      told: [row.year, row.source, row.amount, row.confirmed],
    }))
    await audit(tx, listed(county_code, 'deliver.income', 'income_ledger', told))
  }
  return {
    recorded: kept.length,
    duplicates: input.length - kept.length,
    ledger_ids: kept.map((row) => row.ledger_id),
  }
}

/** Undo an income entry by one of the opposite amount; both stay. */
export async function reverseIncome(c: C, ledger_id: string, reason: string) {
  const { tx, actor, now } = c.var
  const found = await held(c, (county) => incomeById(tx, county, ledger_id))
  if (!found) throw problem('not_found', { detail: `There is no income entry ${ledger_id}.` })
  permit(actor, 'deliver.record', found.area_code)
  if (found.reversed) throw problem('already_done', { detail: 'The entry was reversed before.' })
  if (found.reverses !== null) throw problem('wrong_state', { detail: 'This entry is itself a reversal.' })
  mustDiffer(actor, [found.account_id], 'undoing the entry')
  const { county_code, recorded_at: _, account_id: __, reversed: ___, ...rest } = found
  const reversal_id = randomUUID()
  const row = { ...rest, ledger_id: reversal_id, amount: -found.amount, evidence: reason, reverses: ledger_id }
  await appendIncome(tx, { county_code, now, account_id: actor.account_id }, [row])
  await audit(tx, {
    county_code,
    action: 'deliver.reverse_income',
    subject_kind: 'income_ledger',
    subject_id: ledger_id,
    household_id: found.household_id,
    detail: { reversal_id, reason },
  })
  return { ledger_id: reversal_id }
}

/** Name the person responsible for each household. */
export async function setHelpers(
  c: C,
  input: readonly { household_id: string; name: string; unit: string; valid_from: string }[],
) {
  const { tx, actor, now } = c.var
  const { county_code, at } = await reach(
    c,
    input.map((each) => each.household_id),
  )
  checkClaims(
    c,
    input.map((each) => ({ path: each.household_id, day: each.valid_from })),
  )
  const rows = input.map((each) => ({
    ...each,
    helper_id: randomUUID(),
    area_code: at(each.household_id).area_code,
  }))
  const by = { county_code, now, account_id: actor.account_id }
  const named = await overCounty(c, county_code, () => nameHelpers(tx, by, rows))
  if (named > 0) {
    const told = rows.map((row) => ({
      id: row.helper_id,
      household_id: row.household_id,
      told: [row.name, row.unit, row.valid_from],
    }))
    await audit(tx, listed(county_code, 'deliver.helpers', 'helper', told))
  }
  return { named }
}

/** An entry as it stands while its household is held: nobody reverses it between this look and the writing. */
async function held<E extends { household_id: string }>(c: C, find: (county_code: string) => Promise<E | undefined>) {
  const county_code = await countyOf(c)
  const found = await find(county_code)
  if (!found) return undefined
  await overCounty(c, county_code, () => holdHouseholds(c.var.tx, county_code, [found.household_id]))
  return await find(county_code)
}

/** Whoever records sits in one county. */
async function countyOf(c: C): Promise<string> {
  return (await placeInCounty(c.var.tx, c.var.actor.area_code ?? '')).county_code
}
