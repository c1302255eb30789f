// What a household and a person are, worked out from the live links alone: the same links always give the same rows, so
// that a withdrawn link leaves no trace.
import { plainNumber, type Scheme, type Someone, type Visit } from './cards.ts'
import { byDay } from './plan.ts'

/** A submission as far as it tells what a household is; `superseded` ones tell nothing while another does. */
export type Told = Pick<Visit, 'instance_id' | 'area_code' | 'surveyed_on' | 'received_at' | 'phone' | 'people'> & {
  superseded: boolean
}

export interface HouseholdFold {
  household_id: string
  area_code: string
  head_name: string
  household_size: number
  first_instance_id: string
  current_instance_id: string
  surveyed_on: string | null
}

export interface Listed {
  household_id: string
  visit: Told
  someone: Someone
}

export interface PersonFold {
  person_id: string
  household_id: string
  area_code: string
  name: string
  relation: string | null
  sex: string | null
  birth_date: string | null
  /** In clear, for sealing and hashing: '' where none. `number` is how it is compared, `written` how it is kept. */
  number: string
  written: string
  id_valid: boolean | null
  state: 'active' | 'left' | 'dead'
}

/** The last submission speaks for the household. Null without any submission. */
export function foldHousehold(household_id: string, visits: readonly Told[]): HouseholdFold | null {
  const current = speaking(visits)
  const first = visits.toSorted(byDay)[0]
  if (!current || !first) return null
  const head = current.people.find((each) => each.relation === 'head') ?? current.people[0]
  return {
    household_id,
    area_code: current.area_code,
    head_name: head?.name ?? '',
    household_size: current.people.length,
    first_instance_id: first.instance_id,
    current_instance_id: current.instance_id,
    surveyed_on: current.surveyed_on,
  }
}

/** The latest submission that was not corrected by another. */
function speaking<T extends Told>(visits: readonly T[]): T | undefined {
  const standing = visits.filter((visit) => !visit.superseded)
  return (standing.length > 0 ? standing : visits).toSorted(byDay).at(-1)
}

/** The card that speaks for a person. */
export const lastNaming = (listed: readonly Listed[]): Told | undefined => speaking(listed.map((each) => each.visit))

/**
 * The last submission that names a person speaks for him, and says to which household he belongs; of his numbers the
 * last valid one. He has left when a later survey of that household no longer names him.
 */
export function foldPerson(
  person_id: string,
  listed: readonly Listed[],
  current_of: (household_id: string) => Pick<HouseholdFold, 'current_instance_id' | 'surveyed_on'> | undefined,
  scheme: Scheme,
): PersonFold | null {
  const last_visit = lastNaming(listed)
  const last = listed.find((each) => each.visit === last_visit)
  if (!last) return null
  const by_day = listed.toSorted((a, b) => byDay(b.visit, a.visit))
  const numbered =
    by_day.find((each) => each.someone.id_valid) ?? by_day.find((each) => each.someone.national_id !== '')
  const written = numbered?.someone.written_id ?? last.someone.written_id
  const household = current_of(last.household_id)
  const gone =
    household !== undefined &&
    household.current_instance_id !== last.visit.instance_id &&
    (last.visit.superseded || (household.surveyed_on ?? '') > (last.visit.surveyed_on ?? ''))
  const { name, relation, sex, birth_date } = last.someone
  return {
    person_id,
    household_id: last.household_id,
    area_code: last.visit.area_code,
    name,
    relation,
    sex,
    birth_date,
    number: numbered ? plainNumber(numbered.someone.written_id, scheme) : '',
    written,
    id_valid: written === '' ? null : (numbered?.someone.id_valid ?? false),
    state: gone ? 'left' : 'active',
  }
}
