// The family refuses a measure; an officer adds one or takes one out. Each with a reason; the draft is made again around it.
import { z } from '@hono/zod-openapi'
import type { EnteredToWrite } from '#door/context.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { holdHouseholds } from '#door/hold.ts'
import { area } from '#door/permit/area-rule.ts'
import { householdOf } from '#door/permit/household.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { createRoute } from '#door/route.ts'
import { audit } from '#registry/audit/audit.ts'
import { states, type StateOf } from '#registry/tables/states.ts'
import type { ReadTx } from '#registry/transaction.ts'
import { planAgain } from '../run.ts'
import { plansOfHousehold, namesOf } from '../store-plans.ts'
import type { Weighed } from '../prescribe.ts'
import { saveWish, wishesOf, withdrawWish } from './store.ts'

const text = z.record(z.string(), z.string())
const params = z.object({ household_id: z.string() })

const list = createRoute({
  method: 'get',
  path: '/api/prescribe/households/{household_id}/wishes',
  ...guarded('prescribe.read', 'read', area.entity('household', 'param.household_id')),
  request: {
    params,
    query: z.object({ year: z.coerce.number().int().optional().describe('That of the plan in force where not given') }),
  },
  responses: {
    200: answers(
      z.object({
        items: z.array(
          z.object({
            wish_id: z.string(),
            measure_code: z.string(),
            label: text,
            kind: z.enum(states['plan_wish.kind']),
            reason: z.string(),
            made_at: z.string(),
            made_by: text.nullable(),
          }),
        ),
      }),
      'What was said of single measures of the year and stands',
    ),
  },
})

const enter = createRoute({
  method: 'post',
  path: '/api/prescribe/households/{household_id}/wishes',
  ...guarded('prescribe.agree', 'write', area.entity('household', 'param.household_id')),
  request: {
    params,
    body: takes(
      z.object({
        year: z.int().min(2000).max(2100),
        measure_code: z.string().min(1),
        kind: z.enum(states['plan_wish.kind']),
        reason: z.string().trim().min(1).max(1000).describe('The family’s or the officer’s own words'),
      }),
    ),
  },
  responses: {
    200: answers(
      z.object({ wish_id: z.string(), planned: z.boolean().describe('Whether the draft was made again') }),
      'The wish stands, and the draft is made again around it',
    ),
  },
})

const withdraw = createRoute({
  method: 'post',
  path: '/api/prescribe/households/{household_id}/wishes/withdraw',
  ...guarded('prescribe.agree', 'write', area.entity('household', 'param.household_id')),
  request: { params, body: takes(z.object({ year: z.int().min(2000).max(2100), wish_id: z.string().min(1) })) },
  responses: { 200: answers(z.object({ planned: z.boolean() }), 'The wish is taken back, and the draft made again') },
})

async function heldHousehold(c: EnteredToWrite, household_id: string) {
  const household = await householdOf(c.var.tx, household_id)
  if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
  permit(c.var.actor, 'prescribe.agree', household.area_code)
  await holdHouseholds(c.var.tx, household.county_code, [household_id])
  return household
}

/** The plan in force, of a year or the latest. */
async function planInForce(tx: ReadTx, household_id: string, year?: number) {
  const plans = await plansOfHousehold(tx, household_id)
  return plans.find((plan) => plan.superseded_at === null && !plan.held && (year === undefined || plan.year === year))
}

/** The draft of the year and how it weighed the measure; a problem where the wish is not possible. */
async function checkWish(
  c: EnteredToWrite,
  household_id: string,
  wish: { year: number; measure_code: string; kind: StateOf<'plan_wish.kind'> },
): Promise<void> {
  const draft = await planInForce(c.var.tx, household_id, wish.year)
  if (draft?.state !== 'draft')
    throw problem('wrong_state', {
      detail: `The plan of ${wish.year} is ${draft?.state ?? 'not made'}; only a draft changes.`,
    })
  const measure = c.var.pack.measures.find((each) => each.code === wish.measure_code)
  if (!measure) throw problem('prescribe_unknown_measure', { detail: wish.measure_code })
  // A right is the family's to give up, nobody else's.
  if (measure.right && wish.kind === 'taken_out')
    throw problem('prescribe_right_stays', { detail: `${wish.measure_code} is a right of the household.` })
  const weighed = (draft.weighed as unknown as Weighed[]).find((each) => each.measure_code === wish.measure_code)
  const open = ['chosen', 'not_needed', 'excluded', 'declined', 'taken_out']
  if (wish.kind === 'added' && !open.includes(weighed?.state ?? ''))
    throw problem('prescribe_not_possible', {
      detail: `${wish.measure_code} is ${weighed?.state ?? 'not in force'} for this household.`,
    })
}

export const wishRoutes = room()
  .openapi(list, async (c) => {
    const { household_id } = c.req.valid('param')
    const { tx, actor, pack } = c.var
    const household = await householdOf(tx, household_id)
    if (!household) throw problem('not_found', { detail: `There is no household ${household_id}.` })
    permit(actor, 'prescribe.read', household.area_code)
    const asked = c.req.valid('query').year
    const own = await overCounty(c, household.county_code, async () => {
      const year = asked ?? (await planInForce(c.var.tx, household_id))?.year
      if (year === undefined) return []
      return (await wishesOf(tx, household.county_code, [household_id], year)).get(household_id) ?? []
    })
    const names = await namesOf(
      tx,
      own.map((each) => each.made_by),
    )
    const items = own.map(({ wish_id, measure_code, kind, reason, made_at, made_by }) => ({
      wish_id,
      measure_code,
      label: pack.measures.find((each) => each.code === measure_code)?.label ?? {},
      kind,
      reason,
      made_at,
      made_by: made_by === null ? null : (names.get(made_by) ?? null),
    }))
    return c.json({ items }, 200)
  })
  .openapi(enter, async (c) => {
    const { household_id } = c.req.valid('param')
    const wish = c.req.valid('json')
    const household = await heldHousehold(c, household_id)
    const { tx, actor, now } = c.var
    const { county_code } = household
    const done = await overCounty(c, county_code, async () => {
      await checkWish(c, household_id, wish)
      const standing = (await wishesOf(tx, county_code, [household_id], wish.year)).get(household_id) ?? []
      const same = standing.find((each) => each.measure_code === wish.measure_code && each.kind === wish.kind)
      if (same) throw problem('already_done', { detail: `It was put down at ${same.made_at}.` })
      const by = { county_code, now, account_id: actor.account_id }
      const wish_id = await saveWish(tx, by, { ...wish, household_id, area_code: household.area_code })
      return { wish_id, planned: await planAgain(c, household, wish.year) }
    })
    const detail = { year: wish.year, measure_code: wish.measure_code, kind: wish.kind, reason: wish.reason }
    const subject = { subject_kind: 'plan_wish', subject_id: done.wish_id, household_id }
    await audit(tx, { county_code, action: 'prescribe.wish', ...subject, detail })
    return c.json(done, 200)
  })
  .openapi(withdraw, async (c) => {
    const { household_id } = c.req.valid('param')
    const { year, wish_id } = c.req.valid('json')
    const household = await heldHousehold(c, household_id)
    const { tx, actor, now } = c.var
    const { county_code } = household
    const planned = await overCounty(c, county_code, async () => {
      const own = (await wishesOf(tx, county_code, [household_id], year)).get(household_id) ?? []
      if (!own.some((each) => each.wish_id === wish_id))
        throw problem('already_done', { detail: 'No such wish of this household stands.' })
      await withdrawWish(tx, { county_code, now, account_id: actor.account_id }, wish_id)
      return await planAgain(c, household, year)
    })
    const subject = { subject_kind: 'plan_wish', subject_id: wish_id, household_id }
    await audit(tx, { county_code, action: 'prescribe.wish_withdrawn', ...subject, detail: { year } })
    return c.json({ planned }, 200)
  })
