import type { PlacedGroup } from './country/areas.ts'
import { makeTable, type Duck } from './duck.ts'
import { villagePeople } from './country/people.ts'
import { GIVEN, HOMOPHONES, VARIANTS, surnameSlots } from './country/names.ts'

/** Slots a given-name list is cut to, the number `sql/02-persons.sql` draws from. */
export const GIVEN_SLOTS = 34

/** Tables of names: surname slots, given-name characters by decade and sex, what sounds or looks alike. */
export async function loadNames(duck: Duck): Promise<void> {
  await makeTable(
    duck,
    'surname_slot',
    { slot: 'integer', surname: 'varchar' },
    surnameSlots().map((surname, slot) => ({ slot, surname })),
  )
  await makeTable(
    duck,
    'given_slot',
    { decade: 'integer', sex: 'varchar', slot: 'integer', ch: 'varchar' },
    GIVEN.flatMap(({ decade, sex, characters }) =>
      [...characters].slice(0, GIVEN_SLOTS).map((ch, slot) => ({ decade, sex, slot, ch })),
    ),
  )
  for (const [table, groups] of [
    ['homophone', HOMOPHONES],
    ['variant', VARIANTS],
  ] as const) {
    // Each character once, with all that it may be taken for.
    const others = new Map<string, string[]>()
    for (const group of groups) {
      const characters = [...group]
      for (const ch of characters) {
        if (!others.has(ch))
          others.set(
            ch,
            characters.filter((other) => other !== ch),
          )
      }
    }
    const rows = [...others].map(([ch, taken_for]) => ({ ch, others: taken_for }))
    await makeTable(duck, table, { ch: 'varchar', others: 'varchar[]' }, rows)
  }
}

const area_columns = {
  group_index: 'integer',
  part: 'integer',
  area_code: 'varchar',
  village_code: 'varchar',
  county_code: 'varchar',
  households: 'bigint',
  first_household: 'bigint',
  village_effect: 'double',
  village_is_poor: 'boolean',
  village_is_rich: 'boolean',
  hilly: 'double',
  clan_1: 'varchar',
  clan_2: 'varchar',
  region: 'varchar',
  longitude: 'double',
  latitude: 'double',
} satisfies Partial<Record<keyof PlacedGroup, string>>

/** The placed groups as table `area`. */
export async function loadAreas(duck: Duck, placed: readonly PlacedGroup[]): Promise<void> {
  await makeTable(
    duck,
    'area',
    area_columns,
    placed.map((group) => ({ ...group })),
  )
}

/** Two surveyors of each village as table `surveyor`: the named people of the demo, in the order of village codes. */
export async function loadSurveyors(duck: Duck, village_codes: string[]): Promise<void> {
  const people = villagePeople(village_codes).filter((person) => person.role === 'surveyor')
  await makeTable(
    duck,
    'surveyor',
    { village_code: 'varchar', k: 'integer', surveyor_login: 'varchar', surveyor_name: 'varchar' },
    people.map((person, index) => ({
      village_code: person.area_code,
      k: 1 + (index % 2),
      surveyor_login: person.login,
      surveyor_name: person.name.zh,
    })),
  )
}
