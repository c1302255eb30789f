// Who is who was decided anew: a plan counts for the household that stands now. What a family agreed to is not rewritten.
import { tellFollowing, type Acting, type HouseholdsChanged } from '#door/follow.ts'
import type { Tx } from '#registry/transaction.ts'
import { plansOf } from './store-follow.ts'

/**
 * Nothing is moved (0017-follow.sql). Of two plans for one year what was agreed goes before a draft, then the plan of
 * the household that stays; the other is held: it takes no step and asks for no money until the two are parted.
 */
export async function carryPlans(tx: Tx, _by: Acting, changed: HouseholdsChanged): Promise<Record<string, number>> {
  const plans = await plansOf(tx, changed.county_code, changed.household_ids)
  const told = await tellFollowing(
    tx,
    'prescribe.follow',
    changed,
    plans.map(({ plan_id, ...rest }) => ({ subject_kind: 'plan', subject_id: plan_id, ...rest })),
  )
  return { plans_elsewhere: told.elsewhere, plans_held: told.held }
}
