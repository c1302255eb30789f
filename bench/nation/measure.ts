// Assesses, diagnoses and rolls up a made nation, partition by partition, and prints one line of JSON. A process of its
// own, so that its peak of memory is that of the measured work alone. `node bench/nation/measure.ts '<json>'`
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { assessSql, diagnoseSql } from '#packs/nation.ts'
import type { Rulebook, Standpoint } from '#packs/rulebook.ts'
import { openDuck, quote, rowsOf, type Duck } from '#synthetic/duck.ts'
import { readNation, type NationPartition } from '#synthetic/nation.ts'
import { countRules, type Counted } from './count.ts'
import { extraRules } from './extra-rules.ts'
import { loadBook, partitionTables } from './tables.ts'

export type MeasureOptions = {
  dir: string
  out_dir: string
  /** Take partitions from the first on until they hold this many households. */
  households: number
  /** Workers, each a DuckDB with one thread and its own partition at a time. */
  threads: number
  /** The pack's rules alone, without the analysts' questions. */
  plain?: boolean
}

export type Measured = Counted & {
  households: number
  persons: number
  rules: number
  partitions: number
  seconds_assess: number
  seconds_diagnose: number
  seconds_rollup: number
  /** Processor time of the three, all threads: what a busy machine lengthens less than the seconds above. */
  cpu_seconds_assess: number
  cpu_seconds_diagnose: number
  cpu_seconds_rollup: number
  peak_rss_mb: number
  /** Rows of all three tables that the assessment reads in a second. */
  rows_per_second: number
  verdicts: Record<string, number>
  main_causes: Record<string, number>
  counties: number
  result_bytes: number
}

/** What each worker's DuckDB may hold: with two workers and Node the process stays below 4 GB. */
const MEMORY = '1200MB'

export async function measure(options: MeasureOptions): Promise<Measured> {
  const { book, at } = await loadBook()
  const extra = options.plain ? [] : extraRules(book)
  const manifest = await readNation(options.dir)
  const parts: NationPartition[] = []
  for (const part of manifest.partitions) {
    if (sum(parts, 'households') < options.households) parts.push(part)
  }
  for (const folder of ['assess', 'diagnose', 'rollup']) {
    await mkdir(path.join(options.out_dir, folder), { recursive: true })
  }
  const ducks = await Promise.all(Array.from({ length: options.threads }, openWorker))
  const assess = assessing(book, at, extra, options)
  const diagnose = diagnosing(book, at, options)
  const roll = rolling(book, options)
  try {
    const assessed = await clocked(() => inTurn('assessed', ducks, parts, assess))
    const diagnosed = await clocked(() => inTurn('diagnosed', ducks, parts, diagnose))
    const rolled = await clocked(() => inTurn('rolled up', ducks, parts, roll))
    const summed = await clocked(() => nation(ducks[0]!, options.out_dir))
    const { result: total } = summed
    const counted = countRules(book, extra)
    const rows = sum(parts, 'households') + sum(parts, 'persons') + sum(parts, 'register_entries')
    return {
      households: sum(parts, 'households'),
      persons: sum(parts, 'persons'),
      rules: counted.rules_assess + counted.rules_diagnose + counted.rules_extra,
      ...counted,
      partitions: parts.length,
      seconds_assess: round(assessed.seconds),
      seconds_diagnose: round(diagnosed.seconds),
      seconds_rollup: round(rolled.seconds + summed.seconds),
      cpu_seconds_assess: round(assessed.cpu_seconds),
      cpu_seconds_diagnose: round(diagnosed.cpu_seconds),
      cpu_seconds_rollup: round(rolled.cpu_seconds + summed.cpu_seconds),
      peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
      rows_per_second: Math.round(rows / assessed.seconds),
      ...total,
    }
  } finally {
    for (const duck of ducks) duck.close()
  }
}

async function openWorker(): Promise<Duck> {
  const duck = await openDuck({ threads: 1, memory: MEMORY })
  await duck.connection.run('set preserve_insertion_order = false')
  return duck
}

type Work = (duck: Duck, part: NationPartition) => Promise<void>

/** What the work gives, the seconds it takes and the processor time of this process. */
export async function clocked<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; seconds: number; cpu_seconds: number }> {
  const begun = performance.now()
  const used = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(used)
  return { result, seconds: (performance.now() - begun) / 1000, cpu_seconds: (user + system) / 1e6 }
}

/** Every partition once, by whichever worker is free. */
async function inTurn(step: string, ducks: Duck[], parts: NationPartition[], work: Work): Promise<void> {
  const begun = performance.now()
  const waiting = [...parts]
  await Promise.all(
    ducks.map(async (duck) => {
      for (let part = waiting.shift(); part; part = waiting.shift()) {
        await work(duck, part)
        const seconds = ((performance.now() - begun) / 1000).toFixed(1)
        process.stderr.write(`${step}: ${parts.length - waiting.length} of ${parts.length}, ${seconds} s\n`)
      }
    }),
  )
}

const result = (options: MeasureOptions, folder: string, part: NationPartition) =>
  quote(path.join(options.out_dir, folder, part.file))

function assessing(
  book: Rulebook,
  at: Standpoint,
  extra: ReturnType<typeof extraRules>,
  options: MeasureOptions,
): Work {
  return async (duck, part) => {
    const sql = assessSql(book, partitionTables(options.dir, part.file), at, 'duckdb', extra)
    await duck.connection.run(`copy (${sql}) to ${result(options, 'assess', part)} (format parquet)`)
  }
}

/** Only the eligible are asked why. */
function diagnosing(book: Rulebook, at: Standpoint, options: MeasureOptions): Work {
  return async (duck, part) => {
    await duck.connection.run(
      `create or replace temp table poor as
       select household_id from read_parquet(${result(options, 'assess', part)}) where verdict = 'eligible'`,
    )
    const sql = diagnoseSql(book, partitionTables(options.dir, part.file, 'poor'), at)
    await duck.connection.run(`copy (${sql}) to ${result(options, 'diagnose', part)} (format parquet)`)
  }
}

/** By county: verdicts, people, each need known to be unmet, and causes. A partition holds whole counties. */
function rolling(book: Rulebook, options: MeasureOptions): Work {
  const needs = book.pack.indicators.map(
    ({ code }) => `count(*) filter (where not a.met_${code})::integer as unmet_${code}`,
  )
  const causes = book.pack.causes.map(
    ({ code }) => `count(*) filter (where d.main_cause = '${code}')::integer as main_${code}`,
  )
  return async (duck, part) => {
    const households = quote(path.join(options.dir, 'households', part.file))
    await duck.connection.run(`copy (
      select h.county_code, count(*)::integer as households, sum(h.household_size)::bigint as people,
        count(*) filter (where a.verdict = 'eligible')::integer as eligible,
        count(*) filter (where a.verdict = 'not_eligible')::integer as not_eligible,
        count(*) filter (where a.verdict = 'needs_verification')::integer as needs_verification,
        sum(h.household_size) filter (where a.verdict = 'eligible')::bigint as eligible_people,
        sum(d.income_shortfall)::bigint as income_shortfall, ${[...needs, ...causes].join(', ')},
        count(*) filter (where a.verdict = 'eligible' and d.main_cause is null)::integer as main_none
      from read_parquet(${households}) h join read_parquet(${result(options, 'assess', part)}) a using (household_id)
      left join read_parquet(${result(options, 'diagnose', part)}) d using (household_id)
      group by h.county_code order by h.county_code
    ) to ${result(options, 'rollup', part)} (format parquet)`)
  }
}

async function nation(
  duck: Duck,
  out_dir: string,
): Promise<Pick<Measured, 'verdicts' | 'main_causes' | 'counties' | 'result_bytes'>> {
  const all = `read_parquet(${quote(path.join(out_dir, 'rollup', '*.parquet'))})`
  await duck.connection.run(
    `copy (select * from ${all} order by county_code) to ${quote(path.join(out_dir, 'counties.parquet'))} (format parquet)`,
  )
  const [row] = await rowsOf<Record<string, number>>(
    duck,
    `select count(*)::integer as counties, sum(columns('^(eligible|not_eligible|needs_verification|main_.*)$'))::double from ${all}`,
  )
  const { counties = 0, ...sums } = row!
  const of = (prefix: string) =>
    Object.fromEntries(
      Object.entries(sums).flatMap(([name, n]) =>
        name.startsWith('main_') === (prefix === 'main_') ? [[name.slice(prefix.length), Number(n)]] : [],
      ),
    )
  const [size] = await rowsOf<{ bytes: number }>(
    duck,
    `select sum(size)::double as bytes from read_blob(${quote(path.join(out_dir, '**/*.parquet'))})`,
  )
  return { verdicts: of(''), main_causes: of('main_'), counties, result_bytes: Number(size!.bytes) }
}

const round = (seconds: number) => Math.round(seconds * 100) / 100
const sum = (parts: NationPartition[], what: 'households' | 'persons' | 'register_entries') =>
  parts.reduce((total, part) => total + part[what], 0)

if (import.meta.main) {
  const options = JSON.parse(process.argv[2] ?? '{}') as MeasureOptions
  console.log(JSON.stringify(await measure(options)))
}
