// Who belongs to a household, today or on any day: those on its card, those who came since, those who died or left.
import type { ReadTx } from '#registry/transaction.ts'
import { goneSince, membersAt, membersOf } from './store.ts'

/**
 * Members of a household on a day, by what was known at a moment; today's where neither is given. Who died or had left
 * by then is named too, with the day where one was confirmed; who came later is not.
 */
export async function membersShown(
  tx: ReadTx,
  household: { county_code: string; household_id: string },
  at: { on?: string | undefined; known_on?: string | undefined; now: string },
) {
  const then = await membersAt(tx, household, { on: at.on ?? null, known: at.known_on ?? at.now })
  const gone = await goneSince(tx, household)
  const people = await membersOf(tx, household.household_id, [...then.keys(), ...gone.map((each) => each.person_id)])
  const past = at.on !== undefined || at.known_on !== undefined
  return people.flatMap(({ household_id, ...person }) => {
    const member = then.has(person.person_id)
    const own = gone.filter((each) => each.person_id === person.person_id && each.happened_on <= (at.on ?? '9999'))
    const went = own.find((each) => each.effect === 'died') ?? own.at(-1)
    // Who is of another household now, or was not here yet, is named only where he was here or is known to have left.
    const here = household_id === household.household_id
    if (!member && !went && (past ? person.state === 'active' || !here : !here)) return []
    const state = member ? 'active' : !went ? person.state : went.effect === 'died' ? 'dead' : 'left'
    return [
      {
        ...person,
        state,
        joined_on: then.get(person.person_id) ?? null,
        gone_on: member ? null : (went?.happened_on ?? null),
      },
    ]
  })
}
