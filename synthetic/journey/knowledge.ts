// What the demo's people know from living there: each submission's household and its truth. Only synthetic/ may read it.
import { SYSTEM, transactRead } from '#registry/transaction.ts'
import { trueHouseholds, trueSubmissions, type TrueHousehold } from '../truth/truth.ts'
import type { Stage } from './stage.ts'

export interface Knowledge {
  /** Truth by true_household_id in a year. */
  households: Map<string, TrueHousehold>
  /** true_household_id by registry household_id. */
  truth_of: Map<string, string>
  /** registry household_id by true_household_id: the first made, where matching left several. */
  registry_of: Map<string, string>
}

/** Join the registry's households with the truth, through the submissions that made them. */
export async function know(stage: Stage, year: number): Promise<Knowledge> {
  const households = new Map(
    (await trueHouseholds(stage.world_dir, year)).map((household) => [household.true_household_id, household]),
  )
  const submissions = await trueSubmissions(stage.world_dir)
  const rows = await transactRead(stage.registry, SYSTEM, (tx) =>
    tx
      .selectFrom('household')
      .select(['household_id', 'first_instance_id'])
      .where('county_code', '=', stage.county_code)
      .where('state', '=', 'active')
      .orderBy('household_id')
      .execute(),
  )
  const truth_of = new Map<string, string>()
  const registry_of = new Map<string, string>()
  for (const row of rows) {
    const truth = submissions.get(row.first_instance_id)?.true_household_id
    if (truth === undefined) continue
    truth_of.set(row.household_id, truth)
    if (!registry_of.has(truth)) registry_of.set(truth, row.household_id)
  }
  return { households, truth_of, registry_of }
}

/** Is the household truly poor? Undefined where the registry's household has no true one. */
export function trulyPoor(knowledge: Knowledge, household_id: string): boolean | undefined {
  const truth = knowledge.truth_of.get(household_id)
  return truth === undefined ? undefined : knowledge.households.get(truth)?.true_poor
}
