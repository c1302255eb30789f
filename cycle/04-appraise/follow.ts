// Who is who was decided anew: an open case goes on under the household it counts for now. Votes, notices, objections
// and reviews were said of a household by its name at the time, and stay under that name.
import { tellFollowing, type Acting, type HouseholdsChanged } from '#door/follow.ts'
import type { Tx } from '#registry/transaction.ts'
import { openCasesOf } from './store-follow.ts'

/**
 * Nothing is moved (0017-follow.sql). Of two open cases of what is one household now, the one of the household that
 * stays goes on; the other is held, and goes on where it stopped when the two are parted.
 */
export async function carryAppraisals(tx: Tx, _by: Acting, changed: HouseholdsChanged) {
  const cases = await openCasesOf(tx, changed.county_code, changed.household_ids)
  const told = await tellFollowing(
    tx,
    'appraise.follow',
    changed,
    cases.map(({ appraisal_id, ...rest }) => ({ subject_kind: 'appraisal', subject_id: appraisal_id, ...rest })),
  )
  return { appraisals_elsewhere: told.elsewhere, appraisals_held: told.held }
}
