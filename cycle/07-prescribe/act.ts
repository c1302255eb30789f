// Agreeing and approving: plans loaded, permitted one by one, moved together.
import { placeInCounty } from '#door/permit/area.ts'
import type { EnteredToWrite } from '#door/context.ts'
import { holdHouseholds } from '#door/hold.ts'
import { covers, mustDiffer, permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { checkClaims, latestDay } from '#door/steps.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { auditMany } from '#registry/audit/audit.ts'
import { agreePlans, approvePlans, plansById, type PlanHead } from './store-plans.ts'

type C = EnteredToWrite

/** Plans over the actor's county: each is then permitted by where its household lives. */
async function inCounty<T>(c: C, work: (county_code: string) => Promise<T>): Promise<T> {
  const { county_code } = await placeInCounty(c.var.tx, c.var.actor.area_code ?? '')
  return await overCounty(c, county_code, () => work(county_code))
}

async function plansIn(c: C, county_code: string, plan_ids: readonly string[], state: string) {
  const named = await plansById(c.var.tx, county_code, plan_ids)
  await holdHouseholds(
    c.var.tx,
    county_code,
    named.map((plan) => plan.counts_for),
  )
  // Read again: whoever was quicker has agreed, approved or planned anew.
  const over = await plansById(c.var.tx, county_code, plan_ids)
  // One outside the actor's area is not there for him.
  const plans = over.filter((plan) => covers(c.var.actor, plan.area_code))
  const known = new Map(plans.map((plan) => [plan.plan_id, plan]))
  const wrong = plan_ids.filter((plan_id) => known.get(plan_id)?.state !== state)
  if (wrong.length > 0) {
    throw problem('wrong_state', {
      detail: `${wrong.length} of ${plan_ids.length} plans are not ${state}.`,
      errors: wrong.slice(0, 50).map((plan_id) => ({
        path: plan_id,
        message: known.get(plan_id)?.state ?? 'there is no such plan in force',
      })),
    })
  }
  return plans
}

export interface Agreement {
  plan_ids: string[]
  agreed_on: string
  responsible_person?: string | undefined
}

/** The family agreed on a day; from then on a run leaves the plan alone. Returns how many. */
export async function agree(c: C, agreement: Agreement): Promise<number> {
  const { tx, actor } = c.var
  return await inCounty(c, async (county_code) => {
    const plans = await plansIn(c, county_code, agreement.plan_ids, 'draft')
    for (const plan of plans) permit(actor, 'prescribe.agree', plan.area_code)
    // Nobody agrees to a plan that is not made yet.
    checkClaims(
      c,
      plans.map((plan) => ({
        path: plan.plan_id,
        day: agreement.agreed_on,
        after: latestDay(c, null, plan.made_at),
      })),
    )
    await agreePlans(tx, county_code, {
      ...agreement,
      responsible_person: agreement.responsible_person ?? null,
      by: actor.account_id,
    })
    await record(c, county_code, plans, 'prescribe.agree', { agreed_on: agreement.agreed_on })
    return plans.length
  })
}

/** The county approves what others planned and agreed. Returns how many. */
export async function approve(c: C, plan_ids: readonly string[]): Promise<number> {
  const { tx, actor, now } = c.var
  return await inCounty(c, async (county_code) => {
    const plans = await plansIn(c, county_code, plan_ids, 'agreed')
    for (const plan of plans) {
      permit(actor, 'prescribe.approve', plan.area_code)
      mustDiffer(actor, [plan.made_by, plan.agreed_by], 'approval of the plan')
    }
    await approvePlans(tx, county_code, { plan_ids, now, by: actor.account_id })
    await record(c, county_code, plans, 'prescribe.approve', {})
    return plans.length
  })
}

function record(
  c: C,
  county_code: string,
  plans: readonly PlanHead[],
  action: string,
  detail: Record<string, unknown>,
): Promise<void> {
  return auditMany(
    c.var.tx,
    plans.map((plan) => ({
      county_code,
      action,
      subject_kind: 'plan',
      subject_id: plan.plan_id,
      household_id: plan.household_id,
      detail: { year: plan.year, ...detail },
    })),
  )
}
