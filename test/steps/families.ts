import { checkDigit } from '#engines/linkage/model/national-id.ts'
import { unwrap } from '#server/client.ts'
import { submissionXml, type Given } from './households.ts'
import type { World } from '../world.ts'

/** A number that agrees with birth date and sex; the sequence is odd for men (GB 11643). */
export function numberOf(birth_date: string, sequence: string): string {
  const first17 = `360781${birth_date.replaceAll('-', '')}${sequence}`
  return first17 + checkDigit(first17)
}

/** A member as the form has it. */
export const person = (name: string, relation: string, birth_date: string, sequence: string) => ({
  name,
  relation,
  birth_date,
  sex: Number(sequence) % 2 === 1 ? 'male' : 'female',
  national_id: numberOf(birth_date, sequence),
})

const father = person('赖福生', 'head', '1962-03-04', '015')
const mother = person('温秀兰', 'spouse', '1965-07-18', '028')
const son = person('赖志华', 'child', '1988-11-02', '037')
const wife = person('许玉珍', 'child_in_law', '1990-01-25', '046')
const grandson = person('赖国平', 'grandchild', '2012-05-09', '053')

/** Three generations under one roof. */
export const family = [father, mother, son, wife, grandson]

/** The son's family of its own: a person must say whether it split off or was counted twice. */
export const sons_family = [
  { ...son, relation: 'head' },
  { ...wife, relation: 'spouse' },
  { ...grandson, relation: 'child' },
]

/** The family again without numbers, names or dates that are the same everywhere: found by weight alone. */
export const family_misspelt = [
  { ...father, national_id: '' },
  { ...mother, name: '温秀蓝', national_id: '' },
  { ...son, national_id: '' },
  { ...wife, national_id: '' },
  { ...grandson, national_id: '' },
]

/** Send one card as a surveyor of its village. */
export async function sendCard(world: World, given: Given, surveyor = 1): Promise<void> {
  const village = String(given['area_code'] ?? world.village_codes[0]).slice(9, 12)
  const client = await world.as(`surveyor.${village}.${surveyor}`)
  const sent = await unwrap(
    client.api.survey.submissions.$post({ json: { submissions: [submissionXml(world, given)] } }),
  )
  if (sent.accepted !== 1) throw new Error(`the card was not accepted: ${JSON.stringify(sent)}`)
}
