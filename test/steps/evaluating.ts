// An evaluation walked by the people whose task each step is.
import { hashOf } from '#cycle/11-evaluate/draw.ts'
import { plainAnswers, someHouseholds, type Given } from './households.ts'
import { unwrap, type World } from '../world.ts'

export const seed = 'dice thrown in public on 1 December 2015: 4 2 6 6 1'
export const all = { exited: 1000, registered: 1000, never_registered: 1000 }
type Sizes = typeof all

/** The steps of an evaluation in this world. */
export function evaluating(world: World) {
  const evaluator = () => world.as('sun.yifan')

  const design = async (sizes: Partial<Sizes> = all, more: object = {}, year = 2016) =>
    (
      await unwrap(
        (await evaluator()).api.evaluate.evaluations.$post({
          json: { area_code: world.county_code, year, design: { sizes, ...more }, seed_sha256: hashOf(seed) },
        }),
      )
    ).evaluation_id

  const draw = async (evaluation_id: string, given = seed) =>
    await unwrap(
      (await evaluator()).api.evaluate.evaluations[':evaluation_id'].draw.$post({
        param: { evaluation_id },
        json: { seed: given },
      }),
    )

  const unitsFor = async (login: string, evaluation_id: string) =>
    await unwrap(
      (await world.as(login)).api.evaluate.evaluations[':evaluation_id'].units.$get({ param: { evaluation_id } }),
    )

  /** The inspection form's part of a plain household's answers. */
  const answersOf = (given: Given = {}) => {
    const card = plainAnswers(world, given)
    const names = [
      'wage_income',
      'business_income',
      'property_income',
      'minimum_allowance_income',
      'five_guarantee_income',
      'pension_income',
      'elderly_allowance_income',
      'disability_allowance_income',
      'ecological_compensation_income',
      'family_support_income',
      'other_transfer_income',
      'production_cost',
      'food_shortage',
      'protein_weekly',
      'seasonal_clothing',
      'house_grade',
      'water_source',
      'water_minutes',
      'water_short_months',
      'water_safe',
    ]
    const members = (card['members'] as Record<string, unknown>[]).map(
      ({
        name,
        relation,
        sex,
        birth_date,
        education,
        schooling,
        health,
        disability,
        labour_capacity,
        medical_insurance,
      }) => ({
        name,
        relation,
        sex,
        birth_date,
        education,
        schooling,
        health,
        disability,
        labour_capacity,
        medical_insurance,
      }),
    )
    return {
      ...Object.fromEntries(names.map((name) => [name, card[name]])),
      recognises_help: true,
      ...given,
      members,
    }
  }

  const inspect = async (login: string, evaluation_id: string, inspections: object[]) =>
    await unwrap(
      (await world.as(login)).api.evaluate.evaluations[':evaluation_id'].inspections.$post({
        param: { evaluation_id },
        json: { inspections: inspections as never },
      }),
    )

  /** Each inspector goes to his own households; `found` says what he sees where it is not a plain household. */
  const inspectAll = async (evaluation_id: string, found: Record<string, Given> = {}) => {
    const { today } = await unwrap((await evaluator()).api.session.$get())
    for (const login of ['zhao.ruixue', 'ma.tianyu']) {
      const { items } = await unitsFor(login, evaluation_id)
      if (items.length === 0) continue
      const done = await inspect(
        login,
        evaluation_id,
        items.map(({ household_id }) => ({
          household_id,
          inspected_on: today,
          answers: answersOf(found[household_id] ?? {}),
        })),
      )
      if (done.accepted !== items.length) throw new Error(`inspections refused: ${JSON.stringify(done.refused)}`)
    }
  }

  const estimate = async (evaluation_id: string, json: { without_the_rest?: boolean } = {}) =>
    await unwrap(
      (await evaluator()).api.evaluate.evaluations[':evaluation_id'].estimate.$post({ param: { evaluation_id }, json }),
    )
  const publish = async (evaluation_id: string) =>
    await unwrap(
      (await evaluator()).api.evaluate.evaluations[':evaluation_id'].publish.$post({ param: { evaluation_id } }),
    )
  const show = async (login: string, evaluation_id: string) =>
    await unwrap((await world.as(login)).api.evaluate.evaluations[':evaluation_id'].$get({ param: { evaluation_id } }))

  /** Some families of the first village, none of them on the list. */
  const families = async (count: number) => {
    const ids = await someHouseholds(
      world,
      Array.from({ length: count }, () => ({})),
    )
    world.at('2015-12-20T08:00:00.000Z')
    return ids
  }

  return { evaluator, design, draw, unitsFor, answersOf, inspect, inspectAll, estimate, publish, show, families }
}

/** Through every step of the exit, to the county's mark. */
export async function exitHousehold(world: World, household_id: string): Promise<void> {
  const village = world.village_codes[0] ?? ''
  const committee = await world.as(`committee.${village.slice(9)}`)
  const county = await world.as('chen.lihua')
  const { cases } = await unwrap(county.api.exit.households[':household_id'].$get({ param: { household_id } }))
  const exit_id = cases[0]?.exit_id ?? ''
  const steps = [
    [committee, 'appraised', { present: 30, entitled: 40, for: 25, against: 0 }],
    [await world.as('li.guoqiang'), 'verified', { visited_on: '2016-01-05', note: '入户' }],
    [committee, 'consented', { by: '户主', signed: true }],
    [committee, 'noticed', {}],
    [county, 'exited', {}],
  ] as const
  for (const [client, kind, detail] of steps) {
    // The notice hangs from the 5th to the 12th.
    const happened_on = kind === 'exited' ? '2016-01-15' : '2016-01-05'
    world.at(`${happened_on}T08:00:00.000Z`)
    const taken = await unwrap(
      client.api.exit.steps.$post({ json: { kind, happened_on, cases: [{ exit_id, detail }] } }),
    )
    if (taken.done !== 1) throw new Error(`${kind}: ${JSON.stringify(taken.refused)}`)
  }
  world.at('2016-01-20T08:00:00.000Z')
}
