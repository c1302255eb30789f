// How often the computed main cause is the true one: on the answers as they are and as they were told. No journey is
// lived for it: the rules of the pack are asked of a generated township.
import { joinCauses, type StatedCauses } from '#packs/fit/join-causes.ts'
import { rankCauses, type Ranking } from '#packs/fit/rank-causes.ts'
import { rulebookOf, standAt } from '#packs/rulebook.ts'
import type { Pack } from '#packs/schema/schema.ts'
import { openDuck, quote, rowsOf } from '../duck.ts'
import { tableGlob } from './generate.ts'
import { answersIn } from './submissions.ts'
import { trueSubmissions } from '../truth/truth.ts'

export interface CauseScore {
  /** Truly poor households that were surveyed. */
  households: number
  /** Share of them whose computed main cause is the true one. */
  main_cause_right: number
  /** Share whose true main cause is at least among the computed ones. */
  among_causes: number
  /** Share without any computed main cause. */
  none: number
  /** `true code -> computed code ('none' without one) -> households`. */
  confusion: Record<string, Record<string, number>>
}

export interface CauseTruth {
  /** On the true answers: what the rules themselves get wrong. */
  true_answers: CauseScore
  /** On what was told at the door: the rules' error and the survey's together. */
  survey: CauseScore
  /** The surveyors' own word, where they gave one. */
  stated: CauseScore
  /** Both joined, as the pack declares it: what a diagnosis says. */
  joined: CauseScore & {
    /** Share of them of which it says that it is sure. */
    sure: number
    /** Of these, how many are right. */
    sure_right: number
  }
}

interface Case {
  truth: string
  found: string | null
  causes: string[]
  sure?: boolean
}

export interface JudgedCause {
  truth: string
  /** On what was told at the door. */
  ranking: Ranking
  word: StatedCauses
}

/** Each truly poor household of a generated world that was surveyed: the truth, the computed causes, the surveyor's word. */
export async function* judgedCauses(out_dir: string, pack: Pack): AsyncGenerator<JudgedCause> {
  const book = rulebookOf(pack)
  const known = await truePoor(out_dir)
  const about = await trueSubmissions(out_dir)
  for await (const { row, answers } of answersIn(out_dir)) {
    const told = about.get(row.instance_id)
    const household = told?.kind === 'main' ? known.get(told.true_household_id) : undefined
    if (!household) continue
    const at = standAt(book, pack.reference_date, household.area_code)
    const ranking = rankCauses(book, { registers: [], ...answers }, at)
    yield { truth: household.cause, ranking, word: wordIn(answers) }
  }
}

const wordIn = ({ stated_cause, stated_other_causes }: Record<string, unknown>): StatedCauses => ({
  stated_cause: typeof stated_cause === 'string' ? stated_cause : null,
  stated_other_causes: Array.isArray(stated_other_causes) ? stated_other_causes.map(String) : [],
})

/** Score the pack's causes on a generated world (`generate`); about ten seconds for 17,000 households. */
export async function scoreCauses(out_dir: string, pack: Pack): Promise<CauseTruth> {
  const book = rulebookOf(pack)
  const known = await truePoor(out_dir)
  const about = await trueSubmissions(out_dir)
  const cases: Record<keyof CauseTruth, Case[]> = { true_answers: [], survey: [], stated: [], joined: [] }
  const may_be_main = new Set(pack.causes.filter((each) => each.main).map((each) => each.code))
  for await (const { row, answers } of answersIn(out_dir)) {
    const told = about.get(row.instance_id)
    const household = told?.kind === 'main' ? known.get(told.true_household_id) : undefined
    if (!household) continue
    const at = standAt(book, pack.reference_date, household.area_code)
    const joinedCase = (record: Record<string, unknown>, truth: string): Case => {
      const ranking = rankCauses(book, { registers: [], ...record }, at)
      const { main_cause, sure } = pack.joined_causes
        ? joinCauses(pack.joined_causes, ranking, wordIn(record), may_be_main)
        : { main_cause: ranking.main_cause, sure: false }
      return { truth, found: main_cause, causes: [main_cause ?? '', ...ranking.other_causes], sure: sure === true }
    }
    const judged = (record: Record<string, unknown>): Case => {
      const { main_cause, other_causes } = rankCauses(book, { registers: [], ...record }, at)
      return { truth: household.cause, found: main_cause, causes: [main_cause ?? '', ...other_causes] }
    }
    cases.survey.push(judged(answers))
    cases.joined.push(joinedCase(answers, household.cause))
    // A wish is as the family tells it, and so are the reasons it names.
    const { capital_needed, stated_cause, stated_other_causes } = answers
    cases.true_answers.push(judged({ ...household.answers, capital_needed, stated_cause, stated_other_causes }))
    if (typeof stated_cause === 'string') {
      const others = Array.isArray(stated_other_causes) ? stated_other_causes.map(String) : []
      cases.stated.push({ truth: household.cause, found: stated_cause, causes: [stated_cause, ...others] })
    }
  }
  return {
    true_answers: scored(cases.true_answers),
    survey: scored(cases.survey),
    stated: scored(cases.stated),
    joined: { ...scored(cases.joined), ...sureness(cases.joined) },
  }
}

function sureness(cases: readonly Case[]): { sure: number; sure_right: number } {
  const sure = cases.filter((each) => each.sure)
  const right = sure.filter((each) => each.found === each.truth)
  const share = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((part / whole) * 1e5) / 1e5)
  return { sure: share(sure.length, cases.length), sure_right: share(right.length, sure.length) }
}

function scored(cases: readonly Case[]): CauseScore {
  const confusion: CauseScore['confusion'] = {}
  for (const { truth, found } of cases) {
    const row = (confusion[truth] ??= {})
    row[found ?? 'none'] = (row[found ?? 'none'] ?? 0) + 1
  }
  const share = (holds: (each: Case) => boolean) =>
    cases.length === 0 ? 0 : Math.round((cases.filter(holds).length / cases.length) * 1e5) / 1e5
  return {
    households: cases.length,
    main_cause_right: share((each) => each.found === each.truth),
    among_causes: share((each) => each.causes.includes(each.truth)),
    none: share((each) => each.found === null),
    confusion,
  }
}

interface Poor {
  area_code: string
  cause: string
  answers: Record<string, unknown>
}

const HARDSHIPS = ['disaster', 'accident', 'death', 'crop_failure', 'livestock_loss', 'job_loss'] as const

/** The truly poor with the answers of the card as they truly are. */
async function truePoor(out_dir: string): Promise<Map<string, Poor>> {
  const households = quote(await tableGlob(out_dir, 'truth', 'households'))
  const persons = quote(await tableGlob(out_dir, 'truth', 'persons'))
  const duck = await openDuck()
  try {
    const rows = await rowsOf<{ household: string; members: string }>(
      duck,
      `with h as (select * exclude (true_causes) from read_parquet(${households}) where true_poor),
        m as (select true_household_id, to_json(list(p order by position))::varchar as members
          from read_parquet(${persons}) p where true_household_id in (select true_household_id from h) group by 1)
      select to_json(h)::varchar as household, m.members from h join m using (true_household_id)`,
    )
    return new Map(
      rows.map((row) => {
        const answers = JSON.parse(row.household) as Record<string, unknown>
        const members = JSON.parse(row.members) as Record<string, unknown>[]
        const befell = HARDSHIPS.filter((name) => answers[name] === true) as string[]
        if (members.some((member) => member['health'] === 'serious_illness')) befell.push('serious_illness')
        const hardships = befell.length > 0 ? befell : ['none']
        const poor: Poor = {
          area_code: String(answers['area_code']),
          cause: String(answers['true_main_cause']),
          answers: { ...answers, hardships, members },
        }
        return [String(answers['true_household_id']), poor]
      }),
    )
  } finally {
    duck.close()
  }
}

/** The confusion as a table: a row for each true cause, a column for each computed one. */
export function confusionTable({ confusion }: CauseScore): string {
  const columns = [...new Set(Object.values(confusion).flatMap((row) => Object.keys(row)))].sort()
  const cell = (value: number | string) => String(value).padStart(5)
  const lines = Object.entries(confusion)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([truth, row]) => {
      const all = Object.values(row).reduce((sum, count) => sum + count, 0)
      const right = `${Math.round(((row[truth] ?? 0) / all) * 100)} %`
      return [truth.padEnd(5), ...columns.map((code) => cell(row[code] ?? '')), cell(all), cell(right)].join('')
    })
  return [['true '.padEnd(5), ...columns.map(cell), cell('all'), cell('right')].join(''), ...lines].join('\n')
}
