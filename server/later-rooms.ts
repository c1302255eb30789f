import { assessAgain } from '#cycle/03-assess/follow.ts'
import { foldAgain } from '#cycle/05-register/follow.ts'
import { registeredAmong } from '#cycle/05-register/store-follow.ts'
import type { LaterRooms } from '#door/follow.ts'

/** The rooms whose work rests on who is who, in the order of the campaign. */
export const laterRooms: LaterRooms = {
  registered: registeredAmong,
  async follow(tx, by, changed) {
    if (changed.household_ids.length === 0) return {}
    return { ...(await assessAgain(tx, by, changed)), ...(await foldAgain(tx, by, changed)) }
  },
}
