// One people on two lists, for measuring record linkage: who stands on both is known.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pinyin } from 'pinyin-pro'
import { placeGroups, type GroupArea } from './areas.ts'
import { ASSUMPTIONS } from './assumptions.ts'
import { openDuck, quote, rowsOf, runSql, type Duck } from '../duck.ts'
import { GIVEN, surnameSlots } from './names.ts'
import { loadAreas, loadNames } from '../prepare.ts'

export type ListsOptions = {
  /** About how many people the register holds. */
  people: number
  seed: number
  out_dir: string
  /** Slips of the survey against the assumed rates: 1 is the ordinary, 2 twice as many. */
  errors?: number
  /**
   * Errors of the field beyond the plain ones: twins, children told with the head's number, birth date and sex, milk names
   * and new names, characters that could not be typed (□, pinyin), names with a dot, married-in women under their parents'
   * address, fathers of one name in one village, a cadre's telephone for many, a year too young. Default false.
   */
  harder?: boolean
  threads?: number
  memory?: string
  progress?: (done: number, total: number) => void
}

export type Lists = {
  register: number
  survey: number
  pairs: number
  register_file: string
  survey_file: string
  truth_file: string
}

/** Villages of a township, townships of a county, groups of a village, households of a group. */
const SHAPE = { villages: 12, townships: 15, groups: 11, households: 42 }
/** People of a household, so that the register comes out about as large as asked. */
const SIZE = 4.23

/**
 * Writes `register.parquet` and `survey.parquet` (record_id, household_id, name, national_id, birth_date, sex, area_code
 * of 12 digits, phone; all text but the date) and `truth.parquet` (left_id, right_id: a register's and a survey's record
 * of one person). The survey meets about 93 % of the people; one in fifty of them stands in no register. Rows lie in
 * the order of their ids. The same options give the same rows, whatever the number of threads.
 */
export async function generateLists(options: ListsOptions): Promise<Lists> {
  const { people, seed, out_dir, errors = 1, harder = false } = options
  if (!Number.isInteger(people) || people < 1) throw new RangeError('people must be a whole number above 0')
  if (!Number.isSafeInteger(seed)) throw new RangeError('seed must be a whole number')
  if (!(errors >= 0 && errors <= 5)) throw new RangeError('errors must be from 0 to 5')
  await mkdir(out_dir, { recursive: true })
  const households = Math.round(people / SIZE / 0.98)
  const placed = placeGroups(countryOf(households), households, seed, ASSUMPTIONS.village_sigma.value, surnameSlots())
  const partitions = placed.at(-1)!.part + 1
  const sharers = Math.ceil(partitions / 1000)
  const id_width = Math.floor(500 / sharers)
  const duck = await openDuck({ threads: options.threads, memory: options.memory })
  const files = { register: [] as string[], survey: [] as string[], truth: [] as string[] }
  const counts = { register: 0, survey: 0, truth: 0 }
  try {
    await loadNames(duck)
    await loadSounds(duck, harder)
    for (let part = 0; part < partitions; part++) {
      await loadAreas(
        duck,
        placed.filter((group) => group.part === part),
      )
      const values = {
        seed,
        part,
        round: 1,
        errors,
        harder: Number(harder),
        id_width,
        id_start: Math.floor(part / 1000) * id_width,
      }
      for (const step of ['00-macros', '01-households', '02-persons', '50-lists']) await runSql(duck, step, values)
      const shown = 'record_id, household_id, name, national_id, birth_date, sex, area_code, phone'
      const tables = {
        register: `select ${shown} from list_register order by record_id`,
        survey: `select ${shown} from list_survey order by record_id`,
        truth:
          'select r.record_id as left_id, s.record_id as right_id from list_register r join list_survey s using (pp) order by 1',
      }
      for (const [name, sql] of Object.entries(tables) as [keyof typeof tables, string][]) {
        const file = join(out_dir, `${name}-${part}.parquet`)
        await duck.connection.run(`copy (${sql}) to ${quote(file)} (format parquet)`)
        files[name].push(file)
      }
      options.progress?.(part + 1, partitions)
    }
    for (const name of ['register', 'survey', 'truth'] as const) {
      const parts = `read_parquet([${files[name].map(quote).join(', ')}])`
      const key = name === 'truth' ? 'left_id' : 'record_id'
      await duck.connection.run(
        `copy (select * from ${parts} order by ${key}) to ${quote(join(out_dir, `${name}.parquet`))} (format parquet, row_group_size 122880)`,
      )
      const [row] = await rowsOf<{ n: number }>(duck, `select count(*)::integer as n from ${parts}`)
      counts[name] = row!.n
      await Promise.all(files[name].map((file) => rm(file)))
    }
  } finally {
    duck.close()
  }
  const lists: Lists = {
    register: counts.register,
    survey: counts.survey,
    pairs: counts.truth,
    register_file: join(out_dir, 'register.parquet'),
    survey_file: join(out_dir, 'survey.parquet'),
    truth_file: join(out_dir, 'truth.parquet'),
  }
  await writeFile(
    join(out_dir, 'lists.json'),
    `${JSON.stringify({ people, seed, errors, harder, ...lists }, null, 2)}\n`,
  )
  return lists
}

/** Table `sounded`: the characters of given names as pinyin without tones; empty where none is typed. */
async function loadSounds(duck: Duck, wanted: boolean): Promise<void> {
  await duck.connection.run('create or replace table sounded (ch varchar, pinyin varchar)')
  const characters = wanted ? [...new Set(GIVEN.flatMap((group) => [...group.characters]))] : []
  const rows = characters.map((ch) => `(${quote(ch)}, ${quote(pinyin(ch, { toneType: 'none' }))})`)
  if (rows.length > 0) await duck.connection.run(`insert into sounded values ${rows.join(', ')}`)
}

/** Groups of a made country large enough; counties are numbered from 990101, which no real county is. */
function countryOf(households: number): GroupArea[] {
  const groups = Math.max(1, Math.round(households / SHAPE.households))
  return Array.from({ length: groups }, (_, i) => {
    const village = Math.floor(i / SHAPE.groups)
    const township = Math.floor(village / SHAPE.villages)
    const county = Math.floor(township / SHAPE.townships)
    const village_code =
      `99${String(101 + Math.floor(county / 30) * 100 + (county % 30)).padStart(4, '0')}` +
      `${100 + (township % SHAPE.townships)}${200 + (village % SHAPE.villages)}`
    return { group_code: `${village_code}${String(1 + (i % SHAPE.groups)).padStart(3, '0')}`, village_code }
  })
}
