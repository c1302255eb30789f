import { openDuck, quote, rowsOf } from '../duck.ts'
import { tableGlob } from '../country/generate.ts'

/** What the journey's report may hold against the register's findings. Money in fen. */
export type TrueHousehold = {
  true_household_id: string
  area_code: string
  household_size: number
  true_net_income_per_capita: number
  true_poor: boolean
  true_main_cause: string | null
  hard_poor_in_rich_village: boolean
  hard_rich_in_poor_village: boolean
}

/** The truth of a year: 2014 is the survey's, later ones are written by `followUp`. */
export async function trueHouseholds(out_dir: string, year = 2014): Promise<TrueHousehold[]> {
  const duck = await openDuck()
  try {
    const path = quote(await tableGlob(out_dir, 'truth', year === 2014 ? 'households' : `households-${year}`))
    return await rowsOf<TrueHousehold>(
      duck,
      `select true_household_id, area_code, household_size::integer as household_size,
         true_net_income_per_capita::double as true_net_income_per_capita, true_poor, true_main_cause,
         hard_poor_in_rich_village, hard_rich_in_poor_village
       from read_parquet(${path}) order by true_household_id`,
    )
  } finally {
    duck.close()
  }
}

/** How a submission came about: first visit, second visit, after a move, or a son's family on its own. */
export type SubmissionKind = 'main' | 'second' | 'moved' | 'moved_second' | 'split'

/** Which true household each submission of round 1 is about. */
export async function trueSubmissions(
  out_dir: string,
): Promise<Map<string, { true_household_id: string; kind: SubmissionKind }>> {
  const duck = await openDuck()
  try {
    const path = quote(await tableGlob(out_dir, 'truth', 'submission_truth'))
    const rows = await rowsOf<{ instance_id: string; true_household_id: string; kind: SubmissionKind }>(
      duck,
      `select instance_id, true_household_id, kind from read_parquet(${path})`,
    )
    return new Map(rows.map(({ instance_id, ...rest }) => [instance_id, rest]))
  } finally {
    duck.close()
  }
}
