import { DuckDBInstance } from '@duckdb/node-api'
import { unionFind } from './cluster.ts'
import type { LinkageProblem } from './errors.ts'
import { writeFrequenciesFile } from './frequencies.ts'
import { elsewhereSql } from './households.ts'
import { chain } from './link.ts'
import type { LinkOptions } from './link.ts'
import type { RuleCount } from './block.ts'
import type { Relation } from './load.ts'
import { checkModel } from './model.ts'
import type { LinkageModel } from './model.ts'
import { claimWorkFolder, clearWorkFolder, digest } from './resume.ts'
import { literal, openSession, readColumns } from './session.ts'
import type { Session, Step } from './session.ts'
import type { Training } from './train.ts'

export type TableOptions = Omit<LinkOptions, 'keep_tables'> & {
  /** The file of links: Parquet, or CSV where the name ends in .csv. Of one side with the cluster_id of both, where equal. */
  out: string
  /** Deduplication: the file of record_id, cluster_id. */
  clusters_out?: string
  /** The file of households joined by accepted links. */
  households_out?: string
  /** The file of the shares of values that the run took: comparison, column, value, share. */
  frequencies_out?: string
}

export type TablesResult = {
  model: LinkageModel
  training: Training
  rules: RuleCount[]
  /** `clusters`: of one side, singles among them; null with two sides. */
  counts: {
    left: number
    right: number
    pairs: number
    accept: number
    review: number
    reject: number
    clusters: number | null
  }
  problems: LinkageProblem[]
  steps: Step[]
}

const format = (path: string) => (path.toLowerCase().endsWith('.csv') ? '(format csv, header)' : '(format parquet)')

/** To be raised with any change of a table: a work folder of another version is not gone on with. */
const CHAIN_VERSION = 5

/** What the result depends on, as a hash: contents of the inputs (in any order), model, options, versions. */
async function runKey(records: { left: Relation; right?: Relation }, model: LinkageModel, options: TableOptions) {
  const { one_to_one, households, train, sample_pairs, max_pairs, least_weight, id_column, household_column } = options
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const inputs = []
  for (const relation of [records.left, records.right]) {
    if (!relation) continue
    const sql = `select count(*)::varchar, bit_xor(hash(t))::varchar, sum(hash(t) >> 8)::varchar, version() from ${relation.relation} t`
    inputs.push((await readColumns(connection, sql)).map((column) => String(column[0])))
  }
  connection.closeSync()
  instance.closeSync()
  const given = Object.entries(options.frequencies ?? {}).map(([name, shares]) => [name, [...shares]])
  const settings = { one_to_one, households, train, sample_pairs, max_pairs, least_weight, id_column, household_column }
  return digest(JSON.stringify([CHAIN_VERSION, inputs, model, settings, given]))
}

async function writeLinks(session: Session, model: LinkageModel, dedupe: boolean, out: string): Promise<void> {
  let divisor = 1
  const levels = model.comparisons.map((comparison) => {
    const sql = `(k.pattern // ${divisor} % ${comparison.levels.length + 1} - 1)::tinyint`
    divisor *= comparison.levels.length + 1
    return sql
  })
  // ids stand in the order of the records' own ids: the file is sorted by left_id, right_id
  await session.connection.run(`copy (
select x.source_id as left_id, y.source_id as right_id, k.weight as match_weight, k.probability as match_probability,
  k.band,${dedupe ? ' case when a.root = b.root then z.source_id end as cluster_id,' : ''} k.doubt, k.pass, k.support::integer as support, k.weight - k.own_weight as support_weight,
  case when k.margin <= 1e6 then k.margin end as margin, ${out.toLowerCase().endsWith('.csv') ? `concat_ws(' ', ${levels.join(', ')})` : `[${levels.join(', ')}]`} as levels
from lk_links k join lk_codes_left x on x.id = k.l join lk_codes_${dedupe ? 'left' : 'right'} y on y.id = k.r
${dedupe ? 'join lk_clusters a on a.id = k.l join lk_clusters b on b.id = k.r join lk_codes_left z on z.id = a.root' : ''} order by k.l, k.r
) to ${literal(out)} ${format(out)}`)
}

/** lk_clusters(id, root): the first record of the cluster of each record. */
async function makeClusters(session: Session, size: number): Promise<number> {
  const edges: [number, number][] = []
  await session.eachInts(`select l, r from lk_links where band = 'accept'`, ([l, r], rows) => {
    for (let i = 0; i < rows; i++) edges.push([l![i]!, r![i]!])
  })
  const parents = unionFind(size, edges)
  await session.fill('clusters', 'accepted links', { id: 'int', root: 'int' }, async (writer) => {
    writer.write([Int32Array.from({ length: size }, (_, i) => i), parents])
  })
  return parents.reduce((count, root, i) => count + Number(root === i), 0)
}

async function writeClusters(session: Session, out: string): Promise<void> {
  await session.connection.run(`copy (select a.source_id as record_id, b.source_id as cluster_id
from lk_clusters c join lk_codes_left a on a.id = c.id join lk_codes_left b on b.id = c.root order by c.id) to ${literal(out)} ${format(out)}`)
}

/** The same as `householdLinks`, for more households than JavaScript should hold. */
async function writeHouseholds(session: Session, model: LinkageModel, out: string): Promise<void> {
  await session.connection.run(`copy (
with pairs as (select x.household as hl, y.household as hr, count(*) as shared,
    2 * count(*) filter (where ${elsewhereSql(model, 'k.pattern')}) > count(*) as away
  from lk_links k join lk_codes_left x on x.id = k.l join lk_codes_right y on y.id = k.r
  where k.band = 'accept' and x.household is not null and y.household is not null group by 1, 2),
sized as (select p.*, s.n as left_size, t.n as right_size, shared >= 2 or 2 * shared >= least(s.n, t.n) as linked
  from pairs p join (select household, count(*) as n from lk_codes_left group by 1) s on s.household = hl
  join (select household, count(*) as n from lk_codes_right group by 1) t on t.household = hr)
select a.h as left_household, b.h as right_household, shared, left_size, right_size,
  case when not linked then 'moved_members' when count(*) filter (where linked) over (partition by hl) > 1 then 'split'
    when count(*) filter (where linked) over (partition by hr) > 1 then 'merge'
    when away then 'moved' else 'same' end as kind
from sized join lk_households_left a on a.household = hl join lk_households_right b on b.household = hr order by hl, hr) to ${literal(out)} ${format(out)}`)
}

/**
 * As `link` (with `right`) and `dedupe` (without), from relations to files: no link is held in JavaScript. With
 * `memory_limit` and `temp_directory` what does not fit goes to disk; with `work_dir` every finished table is kept until
 * the links are written, and a run that was killed goes on from there and writes the same file. Refusals as `link`.
 */
export async function linkTables(
  records: { left: Relation; right?: Relation },
  model: LinkageModel,
  options: TableOptions,
): Promise<TablesResult> {
  checkModel(model)
  if (options.work_dir !== undefined) await claimWorkFolder(options.work_dir, await runKey(records, model, options))
  const session = await openSession(options)
  let finished = false
  try {
    const found = await chain(session, records, model, options)
    const clusters = found.dedupe ? await makeClusters(session, found.left) : null
    await writeLinks(session, found.model, found.dedupe, options.out)
    if (found.dedupe && options.clusters_out) await writeClusters(session, options.clusters_out)
    if (!found.dedupe && found.households && options.households_out)
      await writeHouseholds(session, found.model, options.households_out)
    if (options.frequencies_out)
      await writeFrequenciesFile(session, found.model, found.encoded, options.frequencies_out)
    const [bands, counts] = await readColumns(
      session.connection,
      'select band, count(*)::double from lk_links group by 1',
    )
    finished = true
    const of = (band: string) => Number(counts![bands!.indexOf(band)] ?? 0)
    const { left, right, pairs } = found
    return {
      model: found.model,
      training: found.training,
      rules: found.rules,
      counts: { left, right, pairs, accept: of('accept'), review: of('review'), reject: of('reject'), clusters },
      problems: found.problems,
      steps: session.steps,
    }
  } finally {
    await session.close()
    if (options.work_dir !== undefined && finished) await clearWorkFolder(options.work_dir)
  }
}
