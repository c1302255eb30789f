import type { PlacedGroup } from './areas.ts'
import { quote, type Duck } from './duck.ts'
import { villagePeople } from './people.ts'
import { GIVEN, HOMOPHONES, VARIANTS, surnameSlots } from './names.ts'

/** Slots a given-name list is cut to, the number `sql/02-persons.sql` draws from. */
export const GIVEN_SLOTS = 34

const list = (rows: string[]): string => rows.join(', ')

/** Tables of names: surname slots, given-name characters by decade and sex, what sounds or looks alike. */
export async function loadNames(duck: Duck): Promise<void> {
  const { connection } = duck
  await connection.run('create or replace table surname_slot (slot integer, surname varchar)')
  await connection.run(
    `insert into surname_slot values ${list(surnameSlots().map((name, i) => `(${i}, ${quote(name)})`))}`,
  )
  await connection.run('create or replace table given_slot (decade integer, sex varchar, slot integer, ch varchar)')
  const given = GIVEN.flatMap(({ decade, sex, characters }) =>
    [...characters].slice(0, GIVEN_SLOTS).map((ch, i) => `(${decade}, ${quote(sex)}, ${i}, ${quote(ch)})`),
  )
  await connection.run(`insert into given_slot values ${list(given)}`)
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
    await connection.run(`create or replace table ${table} (ch varchar, others varchar[])`)
    await connection.run(
      `insert into ${table} values ${list([...others].map(([ch, o]) => `(${quote(ch)}, [${list(o.map(quote))}])`))}`,
    )
  }
}

/** The placed groups as table `area`, in pieces so that no statement grows without bound. */
export async function loadAreas(duck: Duck, placed: PlacedGroup[]): Promise<void> {
  await duck.connection.run(`create or replace table area (group_index integer, part integer, area_code varchar,
    village_code varchar, county_code varchar, households bigint, first_household bigint, village_effect double,
    village_is_poor boolean, village_is_rich boolean, hilly double, clan_1 varchar, clan_2 varchar, region varchar,
    longitude double, latitude double)`)
  for (let from = 0; from < placed.length; from += 5000) {
    const rows = placed
      .slice(from, from + 5000)
      .map(
        (g) =>
          `(${[
            g.group_index,
            g.part,
            quote(g.area_code),
            quote(g.village_code),
            quote(g.county_code),
            g.households,
            g.first_household,
            g.village_effect,
            g.village_is_poor,
            g.village_is_rich,
            g.hilly,
            quote(g.clan_1),
            quote(g.clan_2),
            quote(g.region),
            g.longitude ?? 'null',
            g.latitude ?? 'null',
          ].join(', ')})`,
      )
    await duck.connection.run(`insert into area values ${list(rows)}`)
  }
}

/** Two surveyors of each village as table `surveyor`: the named people of the demo, in the order of village codes. */
export async function loadSurveyors(duck: Duck, village_codes: string[]): Promise<void> {
  await duck.connection.run(
    'create or replace table surveyor (village_code varchar, k integer, surveyor_login varchar, surveyor_name varchar)',
  )
  const people = villagePeople(village_codes).filter((person) => person.role === 'surveyor')
  for (let from = 0; from < people.length; from += 5000) {
    const rows = people
      .slice(from, from + 5000)
      .map((p, i) => `(${quote(p.area_code)}, ${1 + ((from + i) % 2)}, ${quote(p.login)}, ${quote(p.name.zh)})`)
    await duck.connection.run(`insert into surveyor values ${list(rows)}`)
  }
}
