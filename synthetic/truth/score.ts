// What came out, held against the truth that the rooms never see.
import { SYSTEM, transactRead } from '#registry/transaction.ts'
import type { Registry } from '#registry/open.ts'
import type { Pack } from '#packs/schema/schema.ts'
import { scoreCauses } from '../country/causes.ts'
import type { JourneyResult } from '../journey.ts'
import { trueHouseholds, trueSubmissions } from './truth.ts'

export interface Report {
  people: number
  households: number
  groups: number
  villages: number
  submissions: number
  duplicates_true: number
  duplicates_found: number
  households_assessed: number
  poor_true: number
  poor_found: number
  precision: number
  recall: number
  inclusion_error: number
  exclusion_error: number
  exclusion_error_poor_in_rich_villages: number
  inclusion_error_rich_in_poor_villages: number
  /** Of the truly poor that were registered: the first diagnosis of the journey against the truth. */
  main_cause_accuracy: number
  /** Of all the truly poor that were surveyed: the rules asked of the true answers, and of those told at the door. */
  main_cause_right_true_answers: number
  main_cause_right_survey: number
  plans: number
  exits: number
  missed_rate_true: number
  missed_rate_low: number
  missed_rate_high: number
  seconds: number
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1e5) / 1e5
}

/** Score a finished journey. Rates are shares of households unless named otherwise; missed_rate is of people. */
export async function score(
  registry: Registry,
  world_dir: string,
  county_code: string,
  lived: JourneyResult,
  seconds: number,
  pack: Pack,
): Promise<Report> {
  const truth = await trueHouseholds(world_dir)
  const by_rules = await scoreCauses(world_dir, pack)
  const truth_2016 = new Map((await trueHouseholds(world_dir, 2016)).map((each) => [each.true_household_id, each]))
  const submissions = await trueSubmissions(world_dir)
  const { households, causes, rate } = await transactRead(registry, SYSTEM, async (tx) => ({
    households: await tx
      .selectFrom('household')
      .select(['household_id', 'first_instance_id', 'state', 'merged_into'])
      .where('county_code', '=', county_code)
      .execute(),
    causes: await tx
      .selectFrom('diagnosis')
      .select(['household_id', 'main_cause', 'diagnosed_at'])
      .where('county_code', '=', county_code)
      .orderBy('diagnosed_at')
      .execute(),
    rate: await tx
      .selectFrom('evaluation_estimate')
      .select(['estimate', 'low', 'high'])
      .where('county_code', '=', county_code)
      .where('evaluation_id', '=', lived.evaluation_id)
      .where('measure', '=', 'missed')
      .executeTakeFirst(),
  }))
  // A rate that was never estimated must not read as zero.
  if (typeof rate?.low !== 'number' || typeof rate.high !== 'number') {
    throw new Error(`evaluation ${lived.evaluation_id} has no interval for the missed rate`)
  }
  const truth_of = new Map(
    households.map((household) => [
      household.household_id,
      submissions.get(household.first_instance_id)?.true_household_id,
    ]),
  )
  const registered = new Set<string>()
  for (const household_id of lived.registered_2014) {
    const true_household_id = truth_of.get(household_id)
    if (true_household_id !== undefined) registered.add(true_household_id)
  }
  // The first diagnosis, of autumn 2014, against the truth of 2014.
  const first_cause = new Map<string, string | null>()
  for (const row of causes) {
    const true_household_id = truth_of.get(row.household_id)
    if (true_household_id !== undefined && !first_cause.has(true_household_id)) {
      first_cause.set(true_household_id, row.main_cause)
    }
  }
  const poor = truth.filter((household) => household.true_poor)
  const found = poor.filter((household) => registered.has(household.true_household_id))
  const diagnosed = found.filter((household) => first_cause.has(household.true_household_id))
  const hard_poor = poor.filter((household) => household.hard_poor_in_rich_village)
  const hard_rich = truth.filter((household) => household.hard_rich_in_poor_village)
  const surveyed = new Set([...submissions.values()].map((each) => each.true_household_id))
  const never = [...surveyed].flatMap((id) => {
    const household = registered.has(id) ? undefined : truth_2016.get(id)
    return household ? [household] : []
  })
  const people = (list: { household_size: number }[]) => list.reduce((sum, each) => sum + each.household_size, 0)
  return {
    people: lived.manifest.people,
    households: lived.manifest.households,
    groups: lived.manifest.groups,
    villages: lived.manifest.villages,
    submissions: lived.submissions,
    duplicates_true: lived.submissions - surveyed.size,
    duplicates_found: lived.submissions - households.filter((household) => household.state !== 'merged').length,
    households_assessed: lived.assessed.assessed,
    poor_true: poor.length,
    poor_found: registered.size,
    precision: share(found.length, registered.size),
    recall: share(found.length, poor.length),
    inclusion_error: share(registered.size - found.length, registered.size),
    exclusion_error: share(poor.length - found.length, poor.length),
    exclusion_error_poor_in_rich_villages: share(
      hard_poor.filter((household) => !registered.has(household.true_household_id)).length,
      hard_poor.length,
    ),
    inclusion_error_rich_in_poor_villages: share(
      hard_rich.filter((household) => registered.has(household.true_household_id)).length,
      hard_rich.length,
    ),
    main_cause_accuracy: share(
      diagnosed.filter((household) => first_cause.get(household.true_household_id) === household.true_main_cause)
        .length,
      diagnosed.length,
    ),
    main_cause_right_true_answers: by_rules.true_answers.main_cause_right,
    main_cause_right_survey: by_rules.survey.main_cause_right,
    plans: lived.plans,
    exits: lived.exits,
    missed_rate_true: share(people(never.filter((household) => household.true_poor)), people(never)),
    missed_rate_low: rate.low,
    missed_rate_high: rate.high,
    seconds: Math.round(seconds * 10) / 10,
  }
}
