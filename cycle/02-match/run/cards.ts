// What is compared: cards. A card is one visit (a submission) or one household as it stands, with the people on it.
import { checkNationalId, normalizeNationalId, toEighteen } from '#engines/linkage/model/national-id.ts'

/** Checksum rules of national identity numbers (pack.national_id); null where the country has none. */
export type Scheme = string | null

export interface Someone {
  /** A member's `instance_id#position` (positions from 1), or a person_id. */
  key: string
  card_id: string
  name: string
  relation: string | null
  sex: string | null
  birth_date: string | null
  /** The number as matching may use it; '' where none was given, or where it is another member's. */
  national_id: string
  id_valid: boolean
  /** The number as it was written down. */
  written_id: string
}

export interface Card {
  card_id: string
  kind: 'visit' | 'household'
  area_code: string
  surveyed_on: string | null
  phone: string | null
  people: Someone[]
}

export interface Visit extends Card {
  kind: 'visit'
  instance_id: string
  deprecated_id: string | null
  household_code: string | null
  account_id: string | null
  received_at: string
}

export const memberKey = (instance_id: string, position: number): string => `${instance_id}#${position}`

/** The submission a member's key belongs to. */
export const instanceOf = (key: string): string => key.slice(0, key.lastIndexOf('#'))

/** A number as it is compared and hashed: written one way, 15 digits as 18 where the scheme knows them. */
export function plainNumber(text: string, scheme: Scheme): string {
  return scheme === 'gb11643' ? toEighteen(text) : normalizeNationalId(text)
}

/** Without a scheme nothing can be checked; a number of five characters or more is then taken as one. */
export function isValidNumber(number: string, scheme: Scheme): boolean {
  return scheme === 'gb11643' ? checkNationalId(number, '9999-12-31').valid : number.length >= 5
}

/**
 * Fill in `national_id` and `id_valid` from the written numbers of one card. A number written down for several members
 * is one person's at most (surveyors enter the head's for everyone): it stays with the member whose birth date and sex
 * it tells, else with none of them.
 */
export function ownNumbers(people: Someone[], scheme: Scheme): Someone[] {
  const numbers = people.map((each) => plainNumber(each.written_id, scheme))
  return people.map((each, index) => {
    const number = numbers[index] ?? ''
    const repeated = numbers.filter((other) => other !== '' && other === number).length > 1
    if (number === '' || (repeated && !tells(number, each, scheme)))
      return { ...each, national_id: '', id_valid: false }
    return { ...each, national_id: number, id_valid: isValidNumber(number, scheme) }
  })
}

function tells(number: string, someone: Someone, scheme: Scheme): boolean {
  if (scheme !== 'gb11643') return someone.relation === 'head'
  const check = checkNationalId(number, '9999-12-31')
  return check.birth_date === someone.birth_date && (someone.sex === null || check.sex === someone.sex)
}
