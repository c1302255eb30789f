// Who is who was decided anew: what was given is found under the household it counts for now.
import { tellFollowing, type Acting, type HouseholdsChanged } from '#door/follow.ts'
import type { Tx } from '#registry/transaction.ts'
import { givenTo } from './store-follow.ts'

/** Nothing is moved (0017-follow.sql): what was signed at a door stays signed for the household of that day. */
export async function carryDeliveries(tx: Tx, _by: Acting, changed: HouseholdsChanged) {
  const given = await givenTo(tx, changed.county_code, changed.household_ids)
  const told = await tellFollowing(
    tx,
    'deliver.follow',
    changed,
    given.map((each) => ({ subject_kind: 'household', subject_id: each.household_id, ...each })),
  )
  return { deliveries_elsewhere: told.elsewhere }
}
