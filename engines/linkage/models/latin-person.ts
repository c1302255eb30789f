import { DEFAULT_HOUSEHOLDS } from '../model/model.ts'
import type { Comparison, LinkageModel } from '../model/model.ts'

/** Column names of what the records have; leave out what they have not. */
export type LatinPersonColumns = {
  given_name: string
  surname: string
  birth_date?: string
  number?: string
  street?: string
  place?: string
  postcode?: string
  phone?: string
  email?: string
}

const text = (name: string, column: string, shared = false): Comparison => ({
  name,
  columns: [column],
  kind: 'text',
  term_frequency: true,
  ...(shared ? { shared_in_household: true } : {}),
  levels: [
    { name: 'exact', m: 0.75, u: 0.005 },
    // 0.92 and 0.8 of Jaro-Winkler: one slip in a name of ordinary length, and two
    { name: 'close', at_least: 0.92, m: 0.12, u: 0.003 },
    { name: 'similar', at_least: 0.8, m: 0.05, u: 0.01 },
    { name: 'different', m: 0.08, u: 0.982 },
  ],
})

const digits = (name: string, column: string, shared: boolean): Comparison => ({
  name,
  columns: [column],
  kind: 'digits',
  ...(shared ? { shared_in_household: true } : {}),
  levels: [
    { name: 'exact', m: 0.85, u: 0.001 },
    { name: 'one_edit', m: 0.05, u: 0.0005 },
    { name: 'different', m: 0.1, u: 0.9985 },
  ],
})

/** A model of persons in Latin letters: names, and of birth date, number, address, telephone and mail what there is. */
export function latinPersonModel(columns: LatinPersonColumns): LinkageModel {
  return {
    format: 'linkage-model/1',
    name: 'latin_person',
    comparisons: comparisonsOf(columns),
    blocking_rules: rulesOf(columns),
    prior: 1e-4,
    thresholds: { accept: 10, review: 0, margin: 3 },
    households: DEFAULT_HOUSEHOLDS,
  }
}

const birthDate = (column: string): Comparison => ({
  name: 'birth_date',
  columns: [column],
  kind: 'date',
  levels: [
    { name: 'exact', m: 0.9, u: 0.00005 },
    { name: 'near', m: 0.05, u: 0.004 },
    { name: 'year', m: 0.01, u: 0.03 },
    { name: 'different', m: 0.04, u: 0.966 },
  ],
})

function comparisonsOf(columns: LatinPersonColumns): Comparison[] {
  const { given_name, surname, birth_date, number, street, place, postcode, phone, email } = columns
  const comparisons: Comparison[] = [text('given_name', given_name), text('surname', surname)]
  if (birth_date) comparisons.push(birthDate(birth_date))
  if (number) comparisons.push(digits('number', number, false))
  if (street) comparisons.push(text('street', street, true))
  if (place) comparisons.push(text('place', place, true))
  if (postcode) comparisons.push(digits('postcode', postcode, true))
  if (phone) comparisons.push(digits('phone', phone, true))
  if (email) comparisons.push(text('email', email))
  return comparisons
}

/** The rules whose columns are all there. */
function rulesOf(columns: LatinPersonColumns): string[][] {
  const { given_name, surname, birth_date, number, street, place, postcode, phone, email } = columns
  // however they are spaced
  const area_key = postcode && `${postcode}:code`
  const rules = [
    [number && `${number}:code`],
    [email],
    [given_name, surname],
    [given_name, birth_date],
    [surname, birth_date],
    [surname, given_name && `${given_name}:prefix3`, place ?? area_key],
    [given_name, area_key ?? place],
    [surname, area_key ?? place],
    [birth_date, area_key ?? place],
    [birth_date, place],
    [birth_date && `${birth_date}:month_day`, street],
    [phone && `${phone}:digits`],
    [street, `${given_name}:prefix1`],
    [street, `${surname}:prefix1`],
    [street, birth_date && `${birth_date}:year`],
  ]
  return rules.filter((rule): rule is string[] => rule.every((key) => key !== undefined))
}
