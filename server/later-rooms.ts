import { setMembers } from '#cycle/02-match/run/members.ts'
import { assessAgain } from '#cycle/03-assess/judge/follow.ts'
import { carryAppraisals } from '#cycle/04-appraise/follow.ts'
import { foldAgain } from '#cycle/05-register/follow.ts'
import { registeredAmong } from '#cycle/05-register/store-follow.ts'
import { diagnoseAgain } from '#cycle/06-diagnose/follow.ts'
import { carryPlans } from '#cycle/07-prescribe/follow.ts'
import { carryDeliveries } from '#cycle/08-deliver/follow.ts'
import { carryAlerts } from '#cycle/09-monitor/follow.ts'
import { carryExits } from '#cycle/10-exit/follow.ts'
import type { Follower, LaterRooms } from '#door/follow.ts'

// 11-evaluate does not follow: what was drawn and found stays said of the household that was drawn (docs/cycle.md).
// 12-see keeps nothing of its own.
const followers: readonly Follower[] = [
  assessAgain,
  carryAppraisals,
  foldAgain,
  diagnoseAgain,
  carryPlans,
  carryDeliveries,
  carryAlerts,
  carryExits,
]

/** The rooms whose work rests on who is who, in the order of the campaign: each finds what those before it have done. */
export const laterRooms: LaterRooms = {
  registered: registeredAmong,
  async members(tx, by, changed) {
    const household_ids = await setMembers(tx, by, changed)
    return await laterRooms.follow(tx, by, { ...changed, household_ids })
  },
  async follow(tx, by, changed) {
    if (changed.household_ids.length === 0) return {}
    const counts: Record<string, number> = {}
    for (const follow of followers) Object.assign(counts, await follow(tx, by, changed))
    return counts
  },
}
