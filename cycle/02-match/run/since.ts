// What became of people since the card that named them last: they died, left, or came, as it was confirmed.
import type { Answers } from '#door/personal.ts'
import { plainNumber, type Scheme } from './cards.ts'
import type { HouseholdFold, PersonFold } from './fold.ts'

/** A confirmed change that stands (`member_changes_of`), with the number of `member` opened. */
export interface Since {
  person_id: string
  household_id: string
  effect: string
  happened_on: string
  confirmed_at: string
  member: Answers | null
}

type Home = Pick<HouseholdFold, 'area_code' | 'surveyed_on'>

/**
 * A person as the cards tell (`fold`; null where no card names him), and as he is since. Who died is dead whatever a
 * card says; of coming and leaving the later counts, a card's day or a change's. Null where nothing tells of him.
 */
export function foldSince(
  fold: PersonFold | null,
  /** The day of the last card that names him. */
  named_on: string | null,
  changes: readonly Since[],
  home_of: (household_id: string) => Home | undefined,
  check: { scheme: Scheme; isValid: (number: string) => boolean },
): PersonFold | null {
  let person = fold
  const moves = changes
    .filter((change) => change.effect !== 'died' && (fold === null || change.happened_on >= (named_on ?? '')))
    .toSorted((a, b) => order(a.happened_on, b.happened_on) || order(a.confirmed_at, b.confirmed_at))
  for (const change of moves) {
    if (change.effect === 'joined') {
      const home = home_of(change.household_id)
      if (!home) continue
      // A later card of that household, which does not name him: he has left again.
      const state = (home.surveyed_on ?? '') > change.happened_on ? 'left' : 'active'
      const { household_id } = change
      const at = { household_id, area_code: home.area_code, state } as const
      const relation = textOf(change.member?.['relation']) ?? person?.relation ?? null
      person = person ? { ...person, ...at, relation } : { ...personOf(change, check), ...at }
    } else if (person?.household_id === change.household_id) {
      person = { ...person, state: 'left' }
    }
  }
  return person && changes.some((change) => change.effect === 'died') ? { ...person, state: 'dead' } : person
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** Somebody whom no card names yet: from what was said when his coming was confirmed. */
export function personOf(
  change: Since,
  check: { scheme: Scheme; isValid: (number: string) => boolean },
): Omit<PersonFold, 'household_id' | 'area_code' | 'state'> {
  const member = change.member ?? {}
  const written = textOf(member['national_id']) ?? ''
  const number = plainNumber(written, check.scheme)
  return {
    person_id: change.person_id,
    name: textOf(member['name']) ?? '',
    relation: textOf(member['relation']),
    sex: textOf(member['sex']),
    birth_date: textOf(member['birth_date']),
    number,
    written,
    id_valid: written === '' ? null : check.isValid(number),
  }
}
