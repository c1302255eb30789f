import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Answers } from '#engines/xforms/answers/submission.ts'
import { openDuck, quote, rowsOf, runSql, type Duck } from './duck.ts'
import { readManifest, tableGlob } from './country/generate.ts'
import { effectOf, INCOME_FIELDS, type HelpedHousehold, type LedgerFact } from './country/help.ts'
import { loadNames, loadSurveyors } from './prepare.ts'
import { answersIn } from './country/submissions.ts'

export type { HelpedHousehold, HelpMeasure, IncomeField, LedgerFact } from './country/help.ts'

/** Poverty lines in yuan by year (confidence of each as in the pack's parameters). */
const LINES: Record<number, number> = { 2015: 2855, 2016: 2952, 2017: 2952, 2018: 2995, 2019: 3218, 2020: 4000 }

export type FollowUpOptions = {
  out_dir: string
  /** The year lived through; the truth of the year before must be there. */
  year: number
  helped: HelpedHousehold[]
  seed: number
  /** Households to be visited in autumn; without it the helped ones. The code is written on the form. */
  visit?: { true_household_id: string; household_code?: string | null }[]
  /** Round of the visits: 2 for 2015, 3 for 2016, ... */
  round?: number
}

export type FollowUpResult = {
  year: number
  round: number
  submissions: number
  ledger: LedgerFact[]
  poor_before: number
  poor_now: number
  /** Poor now and not before: new or fallen back. */
  fell: number
  /** Poor before and not now. */
  rose: number
}

async function load(duck: Duck, out_dir: string, year: number): Promise<void> {
  const suffix = year === 2014 ? '' : `-${year}`
  const households = quote(await tableGlob(out_dir, 'truth', `households${suffix}`))
  const persons = quote(await tableGlob(out_dir, 'truth', `persons${suffix}`))
  // Marks of the year before, empty for the first.
  const marks =
    year === 2014
      ? ', null as was_poor, null as falls_ill, null as new_disaster, null as new_job_loss, null as ill'
      : ''
  await duck.connection.run(`create or replace table before as select *${marks} from read_parquet(${households})`)
  const age = year === 2014 ? '' : 'exclude (age_years)'
  await duck.connection.run(`create or replace table before_person as select * ${age} from read_parquet(${persons})`)
}

/**
 * Lives one year: writes `truth/households-<year>.parquet` and `truth/persons-<year>.parquet` (growth, what help brought,
 * new illness and disaster), and `world/submissions-<round>.parquet` and `world/members-<round>.parquet` for the visited
 * households, with the errors of a survey. Read them with `submissionsOf(out_dir, form, { round })`; which household a
 * submission is about stands in `truth/submission_truth-<round>.parquet`.
 */
export async function followUp(options: FollowUpOptions): Promise<FollowUpResult> {
  const { out_dir, year, helped, seed } = options
  const line = LINES[year]
  if (line === undefined) throw new RangeError(`No poverty line is known for ${year}`)
  const round = options.round ?? year - 2013
  const manifest = await readManifest(out_dir)
  const duck = await openDuck()
  try {
    await loadNames(duck)
    await load(duck, out_dir, year - 1)
    const effects = helped.map((household) => ({ household, effect: effectOf(household, seed, year) }))
    await loadHelp(duck, effects)
    const visit = options.visit ?? helped.map(({ true_household_id }) => ({ true_household_id }))
    await loadWanted(duck, visit)
    const villages = await rowsOf<{ village_code: string }>(duck, 'select distinct village_code from before order by 1')
    await loadSurveyors(
      duck,
      villages.map((row) => row.village_code),
    )
    const values = { seed: manifest.seed, life_seed: seed, year, round, line_fen: line * 100 }
    await runSql(duck, '00-macros', values)
    await runSql(duck, '30-year', values)
    await runSql(duck, '31-visit', values)
    await runSql(duck, '09-members', values)
    await runSql(duck, '10-answers', values)
    await runSql(duck, '20-told', values)
    await writeYear(duck, out_dir, year, round)
    const [sums] = await rowsOf<Omit<FollowUpResult, 'year' | 'round' | 'ledger'>>(
      duck,
      `select (select count(*)::integer from visit) as submissions, count(*) filter (where was_poor)::integer as poor_before,
         count(*) filter (where true_poor)::integer as poor_now,
         count(*) filter (where true_poor and not was_poor)::integer as fell,
         count(*) filter (where was_poor and not true_poor)::integer as rose
       from year_household`,
    )
    return { year, round, ...sums!, ledger: effects.flatMap(({ effect }) => effect.ledger) }
  } finally {
    duck.close()
  }
}

async function loadHelp(
  duck: Duck,
  effects: { household: HelpedHousehold; effect: ReturnType<typeof effectOf> }[],
): Promise<void> {
  const gains = INCOME_FIELDS.map((field) => `gain_${field} bigint`).join(', ')
  await duck.connection.run(`create or replace table help (true_household_id varchar, indicators varchar[], ${gains})`)
  for (let from = 0; from < effects.length; from += 2000) {
    const rows = effects.slice(from, from + 2000).map(({ household, effect }) => {
      const sums = INCOME_FIELDS.map((field) => effect.gains[field])
      return `(${quote(household.true_household_id)}, [${effect.indicators.map(quote).join(', ')}]::varchar[], ${sums.join(', ')})`
    })
    await duck.connection.run(`insert into help values ${rows.join(', ')}`)
  }
}

async function loadWanted(duck: Duck, visit: NonNullable<FollowUpOptions['visit']>): Promise<void> {
  await duck.connection.run('create or replace table wanted (true_household_id varchar, household_code varchar)')
  for (let from = 0; from < visit.length; from += 2000) {
    const rows = visit
      .slice(from, from + 2000)
      .map(
        ({ true_household_id, household_code: code }) =>
          `(${quote(true_household_id)}, ${code ? quote(code) : 'null'})`,
      )
    await duck.connection.run(`insert into wanted values ${rows.join(', ')}`)
  }
}

async function writeYear(duck: Duck, out_dir: string, year: number, round: number): Promise<void> {
  const files: [string, string][] = [
    [`truth/households-${year}`, 'select * from year_household order by true_household_id'],
    [`truth/persons-${year}`, 'select * from year_person order by true_household_id, position'],
    [`world/submissions-${round}`, 'select * from out_submissions'],
    [`world/members-${round}`, 'select * from out_members'],
    [`truth/submission_truth-${round}`, 'select * from out_submission_truth'],
  ]
  for (const [file, sql] of files) {
    const path = join(out_dir, `${file}.parquet`)
    await rm(path, { force: true })
    await duck.connection.run(`copy (${sql}) to ${quote(path)} (format parquet, compression zstd)`)
  }
}

/** What an independent inspector finds at one door: answers of the form `household_inspection`, money in fen. */
export type Inspection = { true_household_id: string; answers: Answers }

/**
 * Visits households as an independent inspector would: longer, with papers, so that incomes are within about 5 % and
 * little is overlooked. `area_code` and `surveyed_on` are filled in; the caller writes its own inspector's name and the
 * household's number on the list. Knows nothing of anyone's status.
 */
export async function inspect(options: {
  out_dir: string
  year: number
  true_household_ids: string[]
  seed?: number
}): Promise<Inspection[]> {
  const { out_dir, year } = options
  const manifest = await readManifest(out_dir)
  const duck = await openDuck()
  try {
    await load(duck, out_dir, year)
    await loadWanted(
      duck,
      options.true_household_ids.map((true_household_id) => ({ true_household_id })),
    )
    const values = { seed: manifest.seed, life_seed: options.seed ?? manifest.seed, year }
    await runSql(duck, '00-macros', values)
    await runSql(duck, '40-inspection', values)
    const rows = await rowsOf<{ id: string; answers: string }>(
      duck,
      'select true_household_id as id, answers::varchar as answers from inspection order by true_household_id',
    )
    return rows.map(({ id, answers }) => ({ true_household_id: id, answers: JSON.parse(answers) as Answers }))
  } finally {
    duck.close()
  }
}

/** Follow-up submissions of a round with their answers, for callers that need no XML. */
export const followUpAnswers = (out_dir: string, round: number): ReturnType<typeof answersIn> =>
  answersIn(out_dir, { round })
