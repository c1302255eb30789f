import { api, call, ProblemError, sendKept } from '../api.ts'
import { allHeld, sendHeld } from './held.ts'
import type { Held } from './held.ts'
import { whoOf } from '../people/who.ts'

/** Sends one held decision as the person who took it; null where it was refused (it stays, with the reason). */
export async function sendOne(id: string): Promise<Held | null> {
  const owner = allHeld().find((each) => each.id === id)?.who
  return sendHeld(id, async (request) => {
    // Another tab may have signed in as somebody else: nobody's decision goes out under another's name.
    const now = await call(api.api.session.$get())
    if (whoOf(now) !== owner) throw new ProblemError(0, { code: 'held_other_person', title: 'held_other_person' })
    return sendKept(request)
  })
}

/** Sends everything a person still holds back, before somebody else signs in. */
export async function flushHeld(who: string): Promise<void> {
  for (const each of allHeld()) if (each.who === who && each.state === 'held') await sendOne(each.id)
}
