// The same verdicts by other ways, on the same households: how long, and how many differ. Prints one line of JSON.
// `node bench/nation/compare.ts '<json>'`
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { assessSql } from '#packs/nation.ts'
import { openDuck, quote, rowsOf, type Duck } from '#synthetic/duck.ts'
import { readNation } from '#synthetic/nation.ts'
import { runJavaScript } from './compare-javascript.ts'
import { OPENFISCA_NAME, runOpenFisca } from './compare-openfisca.ts'
import { runPostgres } from './compare-postgres.ts'
import { countRules } from './count.ts'
import { clocked } from './measure.ts'
import { KEY, loadBook } from './tables.ts'

export type Way = {
  name: string
  /** Null where it could not be run; `note` says why. */
  seconds: number | null
  /** Processor time, where it can be told: PostgreSQL is other processes. */
  cpu_seconds: number | null
  /** Times ours with two threads. */
  ratio: number | null
  /** Households with another verdict than ours, where we know every indicator and sign, and where we do not. */
  differ_known: number | null
  differ_unknown: number | null
  note: string
}
export type Comparison = {
  households: number
  persons: number
  rules: number
  /** Households of which some indicator or sign is not known. */
  unknown: number
  verdicts: Record<string, number>
  ways: Way[]
  findings: string[]
}

type Time = { seconds: number; cpu_seconds: number | null }

/** JavaScript is measured on this many and the time is extrapolated to all. */
const SAMPLE = 50_000
const say = (step: string) => process.stderr.write(`${step}\n`)
const round = (seconds: number) => Math.round(seconds * 100) / 100

export async function compare(options: { dir: string; households: number }): Promise<Comparison> {
  const { book, at } = await loadBook()
  const work = await mkdtemp(path.join(tmpdir(), 'doorstep-compare-'))
  const duck = await openDuck({ threads: 2, memory: '3GB' })
  try {
    const files = (await readNation(options.dir)).partitions.filter(
      (each) => each.first_household <= options.households,
    )
    for (const table of ['households', 'members', 'registers']) {
      const from = files.map(({ file }) => quote(path.join(options.dir, table, file))).join(', ')
      await duck.connection.run(
        `create table ${table} as select * from read_parquet([${from}]) where household_id <= ${options.households}`,
      )
    }
    const list_tables = { members: { table: 'members' }, registers: { table: 'registers' } }
    const sql = assessSql(book, { household_table: 'households', list_tables, key: KEY }, at)
    const ours = async (threads: number) => {
      await duck.connection.run(`set threads = ${threads}`)
      return clocked(() => duck.connection.run(`create or replace table ours as ${sql}`))
    }
    // Once to warm, as every other way finds its tables warm; then the median of three.
    await ours(2)
    const median = async (threads: number) =>
      [await ours(threads), await ours(threads), await ours(threads)].sort((a, b) => a.seconds - b.seconds)[1]!
    const two = await median(2)
    const one = await median(1)
    await duck.connection.run('set threads = 2')
    say(`ours: ${round(two.seconds)} s with two threads, ${round(one.seconds)} s with one`)
    const known = book.pack.indicators.map(({ code }) => `met_${code} is not null`)
    const signs = book.pack.vetoes.map(({ code }) => `veto_${code} is not null`)
    await duck.connection.run(
      `create table told as select household_id, verdict, ${[...known, ...signs].join(' and ')} as known from ours`,
    )
    const [count] = await rowsOf<Record<'households' | 'persons' | 'unknown', number>>(
      duck,
      `select count(*)::integer as households, (select count(*) from members)::integer as persons,
         count(*) filter (where not known)::integer as unknown from told`,
    )
    const households = count!.households
    const ways: Way[] = []
    const add = async (name: string, time: Time, note: string, file: string | null): Promise<Way> => {
      const differ = file === null ? { known: 0, unknown: 0 } : await differing(duck, file)
      const way = {
        name,
        seconds: round(time.seconds),
        cpu_seconds: time.cpu_seconds === null ? null : round(time.cpu_seconds),
        ratio: Math.round((time.seconds / two.seconds) * 10) / 10,
        differ_known: differ.known,
        differ_unknown: differ.unknown,
        note,
      }
      ways.push(way)
      say(`${way.name}: ${way.seconds} s, ${way.differ_known} and ${way.differ_unknown} differ`)
      return way
    }
    const failed = (name: string, error: unknown) => {
      const note = error instanceof Error ? error.message.split('\n')[0]! : String(error)
      ways.push({ name, seconds: null, cpu_seconds: null, ratio: null, differ_known: null, differ_unknown: null, note })
      say(`${name}: not run: ${note}`)
    }
    await add('ours: DuckDB, two threads', two, '', null)
    await add('ours: DuckDB, one thread', one, '', null)

    const js = await runJavaScript(duck, book, at, Math.min(SAMPLE, households))
    const js_file = path.join(work, 'javascript.csv')
    await writeVerdicts(
      duck,
      js.verdicts.map(([, verdict]) => verdict),
      js_file,
    )
    const times = households / js.households
    const scaled = { seconds: js.seconds * times, cpu_seconds: js.cpu_seconds * times }
    const js_note = `measured on ${js.households} households (${round(js.seconds)} s) and extrapolated; one thread`
    await add('ours: JavaScript', scaled, js_note, js_file)

    const findings: string[] = []
    try {
      const found = await runPostgres(duck, book, at, work, say)
      const postgres = `PostgreSQL ${found.version}`
      const naive = await add(
        `${postgres}: by hand, rule by rule`,
        { seconds: found.naive.seconds, cpu_seconds: null },
        `tables loaded, indexed and analysed before (${round(found.seconds_load)} s)`,
        found.naive.verdicts_file,
      )
      await add(
        `${postgres}: our compiled statement`,
        { seconds: found.compiled.seconds, cpu_seconds: null },
        '',
        found.compiled.verdicts_file,
      )
      findings.push(wrong('SQL by hand', naive, count!.unknown))
    } catch (error) {
      failed('PostgreSQL', error)
    }
    try {
      const found = await runOpenFisca(duck, book, at, work)
      const note = `one thread; inputs loaded before (${round(found.seconds_load)} s), ${found.peak_rss_mb} MB at most`
      const way = await add(`${OPENFISCA_NAME}, vectorised`, found, note, found.verdicts_file)
      findings.push(wrong('OpenFisca, where missing reads as zero,', way, count!.unknown))
    } catch (error) {
      failed(OPENFISCA_NAME, error)
    }
    const verdicts = await rowsOf<{ verdict: string; n: number }>(
      duck,
      'select verdict, count(*)::integer as n from told group by 1',
    )
    const { rules_assess } = countRules(book, [])
    return {
      ...count!,
      rules: rules_assess,
      verdicts: Object.fromEntries(verdicts.map(({ verdict, n }) => [verdict, n])),
      ways,
      findings,
    }
  } finally {
    duck.close()
    await rm(work, { recursive: true, force: true })
  }
}

const wrong = (name: string, way: Way, unknown: number) =>
  `${name} gives another verdict for ${way.differ_unknown} of the ${unknown} households with something unknown, and for ${way.differ_known} of the others`

/** A file of one verdict a line (a word, or 0 eligible, 1 not, 2 to verify), households in the order of their ids. */
async function differing(duck: Duck, file: string): Promise<{ known: number; unknown: number }> {
  const [row] = await rowsOf<{ known: number; unknown: number; lines: number }>(
    duck,
    `with said as (select row_number() over () as household_id, case v when '0' then 'eligible' when '1' then 'not_eligible'
         when '2' then 'needs_verification' else v end as verdict from read_csv(${quote(file)}, header = false, columns = {'v': 'varchar'}))
     select count(*) filter (where t.known and t.verdict <> s.verdict)::integer as known,
       count(*) filter (where not t.known and t.verdict <> s.verdict)::integer as unknown, count(*)::integer as lines
     from said s join told t using (household_id)`,
  )
  if (row!.lines === 0) throw new Error(`${path.basename(file)} has no verdict`)
  return row!
}

async function writeVerdicts(duck: Duck, verdicts: string[], file: string): Promise<void> {
  await duck.connection.run(
    `copy (select unnest(string_split($lines, chr(10)))) to ${quote(file)} (format csv, header false)`,
    { lines: verdicts.join('\n') },
  )
}

if (import.meta.main) {
  const options = JSON.parse(process.argv[2] ?? '{}') as { dir: string; households: number }
  console.log(JSON.stringify(await compare(options)))
}
