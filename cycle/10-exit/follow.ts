// Who is who was decided anew: an open exit case goes on under the household it counts for now.
import { tellFollowing, type Acting, type HouseholdsChanged } from '#door/follow.ts'
import type { Tx } from '#registry/transaction.ts'
import { openCasesOf } from './store-follow.ts'

/**
 * Nothing is moved (0017-follow.sql). Of two open cases the one of the household that stays goes on, the other is held.
 * Before anybody exits, every criterion is checked again on the household as it is then.
 */
export async function carryExits(tx: Tx, _by: Acting, changed: HouseholdsChanged): Promise<Record<string, number>> {
  const cases = await openCasesOf(tx, changed.county_code, changed.household_ids)
  const told = await tellFollowing(
    tx,
    'exit.follow',
    changed,
    cases.map(({ exit_id, ...rest }) => ({ subject_kind: 'exit_case', subject_id: exit_id, ...rest })),
  )
  return { exits_elsewhere: told.elsewhere, exits_held: told.held }
}
