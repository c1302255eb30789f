import { z } from '@hono/zod-openapi'
import { householdOf } from '#door/permit/household.ts'
import { createRoute } from '#door/route.ts'
import { states } from '#registry/tables/states.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { answers, guarded } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { answerLabel } from '#packs/explain/field-label.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import type { Pack } from '#packs/schema/schema.ts'
import type { Need, Uncovered, Weighed } from './prescribe.ts'
import { causeIn } from './choose.ts'
import {
  countPlans,
  itemsOfHousehold,
  listPlans,
  namesOf,
  plan_sorts,
  plansOfHousehold,
  yearsOf,
} from './store-plans.ts'

const text = z.record(z.string(), z.string())

const list = createRoute({
  method: 'get',
  path: '/api/prescribe/plans',
  ...guarded('prescribe.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      year: z.coerce.number().int().optional(),
      state: z.enum(states['plan.state']).optional(),
      sort: z.enum(plan_sorts).default('place').describe('`-` before a name: highest first'),
      limit: z.coerce.number().int().min(1).max(2000).default(100),
      after: z.string().optional(),
    }),
  },
  responses: {
    200: answers(
      z.object({
        total: z.number(),
        by_state: z.array(z.object({ state: z.string(), count: z.number(), cost: z.number() })),
        years: z.array(z.number()).describe('Years with plans, the latest first'),
        next: z.string().nullable(),
        items: z.array(
          z.object({
            plan_id: z.string(),
            household_id: z.string(),
            head_name: z.string(),
            area_code: z.string(),
            year: z.number(),
            state: z.string(),
            responsible_person: z.string().nullable(),
            main_cause: z.string().nullable(),
            cost: z.number(),
            unfunded_cost: z.number(),
            income_gain: z.number(),
            items: z.number(),
            unfunded: z.number(),
            uncovered: z.number(),
            agreed_on: z.string().nullable(),
            approved_at: z.string().nullable(),
          }),
        ),
      }),
      'Plans in force',
    ),
  },
})

const itemSchema = z.object({
  item_id: z.string(),
  measure_code: z.string(),
  label: text,
  plain: text,
  unit: text,
  batch: z.string(),
  cause: z.string().nullable(),
  cost: z.number(),
  cost_period: z.string(),
  starts_after_months: z.number(),
  income_gain: z.number(),
  indicators: z.array(z.string()),
  funded: z.boolean(),
  unfunded_reason: z.enum(states['plan_item.unfunded_reason']).nullable(),
  reason: text,
})

const planSchema = z.object({
  plan_id: z.string(),
  household_id: z.string().describe('The household it was made for, which may have been merged into this one since'),
  year: z.number(),
  state: z.string(),
  diagnosis_id: z.string(),
  pack_hash: z.string(),
  responsible_person: z.string().nullable(),
  cost: z.number(),
  cost_once: z.number(),
  cost_yearly: z.number(),
  income_gain: z.number(),
  needs: z.array(z.object({ need: z.string(), label: text, amount: z.number() })),
  items: z.array(itemSchema),
  weighed: z.array(
    z.object({
      measure_code: z.string(),
      label: text,
      plain: text,
      state: z.string(),
      cost: z.number().nullable(),
      income_gain: z.number().nullable(),
      indicators: z.array(z.string()),
      causes: z.array(z.string()),
      missing: z.array(z.string()),
      missing_labels: z.array(text),
      instead: z.array(text).describe('Labels of the chosen measures that close it, or that it cannot stand beside'),
      note: z.string().nullable().describe('Why it was declined or taken out'),
    }),
  ),
  uncovered: z.array(
    z.object({
      need: z.string(),
      label: text,
      amount: z.number().nullable(),
      covered: z.number().nullable(),
      reason: z.string(),
      text,
    }),
  ),
  made_at: z.string(),
  made_by: text.nullable(),
  agreed_on: z.string().nullable(),
  agreed_by: text.nullable(),
  approved_at: z.string().nullable(),
  approved_by: text.nullable(),
  superseded_at: z.string().nullable(),
  held: z.boolean().describe('It waits: its household was found to be one with another that has one of its own'),
})

const show = createRoute({
  method: 'get',
  path: '/api/prescribe/households/{household_id}',
  ...guarded('prescribe.read', 'read', area.entity('household', 'param.household_id')),
  request: {
    params: z.object({ household_id: z.string() }),
    query: z.object({ year: z.coerce.number().int().optional() }),
  },
  responses: {
    200: answers(
      z.object({
        household_id: z.string(),
        area_code: z.string(),
        head_name: z.string(),
        /** The plan in force, of the year asked for or of the latest. */
        current: planSchema.nullable(),
        history: z.array(planSchema),
      }),
      'The household’s plan, why each measure was chosen, what stays open; and the plans before',
    ),
  },
})

export const planRoutes = room()
  .openapi(list, async (c) => {
    const { area_code, ...page } = c.req.valid('query')
    permit(c.var.actor, 'prescribe.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    const cursor = page.after === undefined ? null : readCursor(page.after)
    if (page.after !== undefined && cursor === null)
      throw problem('request_invalid', { detail: 'after: not a page of this list' })
    const { by_state, items } = await overCounty(c, place.county_code, async () => ({
      by_state: await countPlans(c.var.tx, place, page),
      items: await listPlans(c.var.tx, place, { ...page, after: cursor }),
    }))
    const total = by_state
      .filter((each) => page.state === undefined || each.state === page.state)
      .reduce((sum, each) => sum + each.count, 0)
    const last = items.length === page.limit ? items.at(-1) : undefined
    const next = last ? writeCursor(last) : null
    return c.json({ total, by_state, years: await yearsOf(c.var.tx, place), next, items }, 200)
  })
  .openapi(show, async (c) => {
    const { household_id } = c.req.valid('param')
    const { year } = c.req.valid('query')
    const { tx, actor, pack } = c.var
    const household = await householdOf(tx, household_id)
    if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(actor, 'prescribe.read', household.area_code)
    const { plans, planned } = await overCounty(c, household.county_code, async () => ({
      plans: await plansOfHousehold(tx, household_id),
      planned: await itemsOfHousehold(tx, household_id),
    }))
    const items = Map.groupBy(planned, (item) => item.plan_id)
    const names = await namesOf(
      tx,
      plans.flatMap((plan) => [plan.made_by, plan.agreed_by, plan.approved_by]),
    )
    const book = rulebookOf(pack)
    const name = (account_id: string | null) => (account_id === null ? null : (names.get(account_id) ?? null))
    const history = plans.map((plan) => {
      const own = items.get(plan.plan_id) ?? []
      const sum = (period: string) =>
        own.filter((item) => item.cost_period === period).reduce((total, item) => total + item.cost, 0)
      return {
        ...plan,
        needs: (plan.needs as unknown as Need[]).map((each) => ({ ...each, label: needLabel(pack, each.need) })),
        uncovered: (plan.uncovered as unknown as Uncovered[]).map((each) => ({
          ...each,
          label: needLabel(pack, each.need),
        })),
        weighed: (plan.weighed as unknown as Weighed[]).map((each) => ({
          ...each,
          ...wordsOf(pack, each.measure_code),
          missing_labels: each.missing.map((path) => answerLabel(book, path)),
          // Plans made by an earlier version have neither.
          instead: (each.instead ?? []).map((code) => wordsOf(pack, code).label),
          note: each.note ?? null,
        })),
        items: own.map((item) => ({
          ...item,
          ...wordsOf(pack, item.measure_code),
          unit: measureOf(pack, item.measure_code)?.unit ?? {},
          reason: item.reason as unknown as Record<string, string>,
        })),
        cost_once: sum('once'),
        cost_yearly: sum('yearly'),
        made_by: name(plan.made_by),
        agreed_by: name(plan.agreed_by),
        approved_by: name(plan.approved_by),
      }
    })
    const current =
      history.find((plan) => plan.superseded_at === null && !plan.held && (year === undefined || plan.year === year)) ??
      null
    const { area_code, head_name } = household
    return c.json({ household_id, area_code, head_name, current, history }, 200)
  })

/** Where a page ended: the value sorted by, and the plan. */
const writeCursor = (last: { sort_key: string | number; plan_id: string }): string =>
  Buffer.from(JSON.stringify([String(last.sort_key), last.plan_id])).toString('base64url')

function readCursor(text: string): { value: string; plan_id: string } | null {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (!Array.isArray(read) || typeof read[0] !== 'string' || typeof read[1] !== 'string') return null
    return /^[\d.e+-]{1,40}$/.test(read[0]) ? { value: read[0], plan_id: read[1] } : null
  } catch {
    return null
  }
}

const measureOf = (pack: Pack, code: string) => pack.measures.find((measure) => measure.code === code)

const wordsOf = (pack: Pack, code: string) => ({
  label: measureOf(pack, code)?.label ?? {},
  plain: measureOf(pack, code)?.plain ?? {},
})

function needLabel(pack: Pack, need: string) {
  const cause = causeIn(need)
  const found =
    cause === null
      ? pack.indicators.find((each) => each.code === need)
      : pack.causes.find((each) => each.code === cause)
  return found?.label ?? {}
}
