import { randomUUID } from 'node:crypto'
import { checkDigit } from '#engines/linkage/model/national-id.ts'
import { formOf } from '#packs/forms.ts'
import { toSubmissionXml, type Answers, type Entry } from '#engines/xforms/answers/submission.ts'
import { unwrap } from '#server/client.ts'
import type { World } from '../world.ts'

/** Where households are made: a world, or a listening product. */
type Placed = Pick<World, 'pack' | 'village_codes'>

/** Answers of a household as a test gives them: a few fields; `plainAnswers` fills in the rest. Money is in fen. */
export type Given = Answers & { instance_id?: string }

/** Where the households are and which form asks them. */
export type Place = Pick<World, 'pack' | 'village_codes'>

// Every person made here is somebody else: matching must never take two of them for one.
let made = 0

const surnames = [...'朱杨谢赖罗温宋许廖邱']
const given_names = ['春生', '桂英', '发明', '秀兰', '志华', '玉珍', '长林', '水秀', '福生', '金莲', '国平']

/** The next person: name, sex, date of birth and an identity number that agree with one another. */
function nextPerson(relation: string): Entry {
  made += 1
  const sex = made % 2 === 1 ? 'male' : 'female'
  const name = `${surnames[made % 10]}${given_names[made % 11]}`
  const year = (relation === 'head' ? 1950 : 1980) + (made % 19)
  const birth_date = `${year}-${String((made % 12) + 1).padStart(2, '0')}-${String((made % 28) + 1).padStart(2, '0')}`
  // The sequence is odd for men (GB 11643).
  const first17 = `360781${birth_date.replaceAll('-', '')}${String(100 + (made % 899)).replace(/.$/, (digit) => String((Number(digit) & 8) + (sex === 'male' ? 1 : 0)))}`
  return {
    name,
    relation,
    sex,
    birth_date,
    national_id: first17 + checkDigit(first17),
    ethnicity: '汉族',
    education: 'primary',
    schooling: 'not_applicable',
    health: 'healthy',
    disability: 'none',
    labour_capacity: 'ordinary',
    medical_insurance: true,
    pension_insurance: true,
    works_away: false,
    work_months: 0,
  }
}

/** A household that lacks nothing and is poor in nothing, in the first group of the world's first village. */
export function plainAnswers(world: Placed, given: Given = {}): Answers {
  const { instance_id: _instance_id, members, ...rest } = given
  const people = (Array.isArray(members) && members.length > 0 ? members : [{}]) as Entry[]
  return {
    area_code: `${world.village_codes[0]}001`,
    surveyed_on: '2014-04-20',
    surveyor_name: 'Zhu Chunsheng',
    consent: true,
    household_attribute: 'general',
    wage_income: 1_200_000,
    business_income: 600_000,
    property_income: 0,
    minimum_allowance_income: 0,
    five_guarantee_income: 0,
    pension_income: 0,
    elderly_allowance_income: 0,
    disability_allowance_income: 0,
    ecological_compensation_income: 0,
    family_support_income: 0,
    other_transfer_income: 0,
    production_cost: 100_000,
    medical_expense: 0,
    education_expense: 0,
    debt: 0,
    food_shortage: 'never',
    protein_weekly: true,
    seasonal_clothing: true,
    house_grade: 'A',
    house_area: 80,
    house_structure: 'brick_concrete',
    disaster_prone: false,
    relocation_willing: false,
    water_source: 'piped',
    water_minutes: 0,
    water_short_months: 0,
    water_safe: true,
    electricity: true,
    road_type: 'paved',
    road_distance: 50,
    clinic_minutes: 10,
    fuel: 'gas_or_electric',
    toilet: 'flush',
    broadband: true,
    arable_land: 3,
    irrigated_land: 2,
    forest_land: 0,
    orchard_land: 0,
    pigs: 0,
    cattle: 0,
    sheep: 0,
    poultry: 10,
    cooperative_member: false,
    assets: ['none'],
    owns_town_house: false,
    owns_business: false,
    public_payroll: false,
    hardships: ['none'],
    skill_training_wanted: false,
    capital_needed: false,
    own_drive: 'strong',
    ...rest,
    members: people.map((person, index) => ({ ...nextPerson(index === 0 ? 'head' : 'child'), ...person })),
    household_size: people.length,
  }
}

/** The submissions of these households as a device would send them. */
export function submissionXml(world: Placed, given: Given = {}, instance_id = given.instance_id): string {
  const form = formOf(world.pack, world.pack.card_form)
  return toSubmissionXml(form, plainAnswers(world, given), { instance_id: instance_id ?? `uuid:${randomUUID()}` })
}

/**
 * Households with these answers, surveyed by the surveyors of their villages and matched. Returns their household_ids
 * in the order given. Money is in fen.
 */
export async function someHouseholds(world: World, given: readonly Given[]): Promise<string[]> {
  const instance_ids: string[] = []
  for (const each of given) {
    const instance_id = each.instance_id ?? `uuid:${randomUUID()}`
    const village = String(each['area_code'] ?? world.village_codes[0]).slice(9, 12)
    const surveyor = await world.as(`surveyor.${village}.1`)
    const submissions = [submissionXml(world, each, instance_id)]
    const sent = await unwrap(surveyor.api.survey.submissions.$post({ json: { submissions } }))
    if (sent.accepted !== 1) throw new Error(`the household was not accepted: ${JSON.stringify(sent)}`)
    instance_ids.push(instance_id)
  }
  await match(world)
  const rows = await world.registry.app
    .selectFrom('household')
    .select(['household_id', 'current_instance_id'])
    .where('county_code', '=', world.county_code)
    .where('current_instance_id', 'in', instance_ids)
    .execute()
  const found = new Map(rows.map((row) => [row.current_instance_id, row.household_id]))
  return instance_ids.map((instance_id) => {
    const household_id = found.get(instance_id)
    if (household_id === undefined) throw new Error(`submission ${instance_id} became no household`)
    return household_id
  })
}

async function match(world: World): Promise<void> {
  const response = await world.request('/api/match/run', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await world.token('zhong.wei')}`,
      'content-type': 'application/json',
      prefer: 'wait',
    },
    body: JSON.stringify({ area_code: world.county_code }),
  })
  if (!response.ok) throw new Error(`matching failed: ${response.status} ${await response.text()}`)
}
