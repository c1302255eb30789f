// Who lives in the three villages: the same families in each, with names and numbers of their own.
import { numberOf } from '../steps/families.ts'
import { submissionXml, type Given } from '../steps/households.ts'
import type { Stage, Village } from './stage.ts'

export const committee = (village: Village): string => `committee.${village.code.slice(9)}`
export const surveyor = (village: Village): string => `surveyor.${village.code.slice(9)}.1`
export const second_surveyor = (village: Village): string => `surveyor.${village.code.slice(9)}.2`

const surnames = ['钟', '曾', '肖']
const poor: Given = {
  wage_income: 100_000,
  business_income: 50_000,
  production_cost: 0,
  food_shortage: 'often',
  protein_weekly: false,
  seasonal_clothing: false,
  house_grade: 'C',
}

/** The heads of the single households: the name, and whether they are poor at the first visit. */
const heads: Record<string, { given: string; born: string; answers: Given }> = {
  leaves: { given: '春生', born: '-03', answers: poor },
  struck: { given: '发明', born: '-04', answers: poor },
  doubted: { given: '长林', born: '-05', answers: { ...poor, owns_town_house: true } },
  stays: { given: '福生', born: '-06', answers: poor },
  falls: { given: '国平', born: '-07', answers: {} },
  lives_well: { given: '志华', born: '-08', answers: {} },
}
export const names = Object.keys(heads)

/** One single household's card; `more` is what a later visit found. */
export function cardOf(stage: Stage, village: Village, name: string, more: Given = {}, instance = name): string {
  const head = heads[name]
  if (!head) throw new Error(`nobody is called ${name}`)
  // The same age in each village: what the rules make of it is the same.
  const birth_date = `1958${head.born}-${11 + village.index * 7}`
  const members = [
    {
      name: `${surnames[village.index]}${head.given}`,
      sex: 'male',
      birth_date,
      national_id: numberOf(birth_date, `${village.index + 1}${names.indexOf(name)}1`),
    },
  ]
  const answers = { ...head.answers, area_code: `${village.code}001`, ...more, members } as Given
  const place = { pack: stage.pack, village_codes: [village.code] }
  return submissionXml(place, answers, instanceOf(village, instance))
}

export const instanceOf = (village: Village, instance: string): string => `uuid:${village.code}-${instance}`

/** A family of three; `part` is the son's, counted again on its own; `blurred` is the family without its numbers. */
export function familyOf(
  stage: Stage,
  village: Village,
  which: 'first' | 'second',
  how: 'whole' | 'part' | 'blurred',
): string {
  const year = which === 'first' ? 1955 : 1957
  const day = 11 + village.index * 7
  const surname = surnames[(village.index + (which === 'first' ? 1 : 2)) % 3]
  const member = (given: string, relation: string, born: string, sequence: string) => ({
    name: `${surname}${given}`,
    relation,
    birth_date: born,
    sex: Number(sequence) % 2 === 1 ? 'male' : 'female',
    national_id: how === 'blurred' ? '' : numberOf(born, sequence),
  })
  const whole = [
    member('福生', 'head', `${year}-03-${day}`, '715'),
    member('秀兰', 'spouse', `${year + 2}-07-${day}`, '728'),
    member('志华', 'child', `${year + 26}-11-${day}`, '737'),
    member('玉珍', 'child_in_law', `${year + 28}-01-${day}`, '746'),
    member('国平', 'grandchild', `${year + 50}-05-${day}`, '753'),
  ]
  const members =
    how === 'part' ? whole.slice(2).map((each, index) => (index === 0 ? { ...each, relation: 'head' } : each)) : whole
  const answers = {
    area_code: `${village.code}001`,
    surveyed_on: how === 'whole' ? '2014-04-20' : '2014-04-26',
    members,
  } as Given
  const place = { pack: stage.pack, village_codes: [village.code] }
  return submissionXml(place, answers, instanceOf(village, `${which}-${how}`))
}
