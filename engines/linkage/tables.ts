import { int } from './at.ts'
import { forest } from './choose/cluster.ts'
import { contentsOf } from './files/contents.ts'
import type { LinkageProblem } from './errors.ts'
import { writeFrequenciesFile } from './learn/frequencies.ts'
import { elsewhereSql } from './choose/households.ts'
import { chain } from './link.ts'
import type { LinkOptions } from './link.ts'
import type { RuleCount } from './pairs/block.ts'
import type { Relation } from './pairs/load.ts'
import { checkModel } from './model/model.ts'
import type { LinkageModel } from './model/model.ts'
import { claimWorkFolder, clearWorkFolder, digest, engineDigest, onWorkFolder } from './session/resume.ts'
import { readRows } from './session/read.ts'
import { openSession } from './session/session.ts'
import type { Session, Step } from './session/session.ts'
import type { Training } from './learn/train.ts'

export type TableOptions = Omit<LinkOptions, 'keep_tables'> & {
  /** The file of links: Parquet, or CSV where the name ends in .csv. Of one side with the cluster_id of both, where equal. */
  out: string
  /** The file of clusters over accepted links: record_id, cluster_id; of two lists side, record_id, cluster_side, cluster_id. */
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
  /** `clusters`: singles among them; null with two sides where no file of them is asked for. */
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

/** What the result depends on, as a hash: contents of the inputs (in any order of rows), model, options, versions. */
async function runKey(records: { left: Relation; right?: Relation }, model: LinkageModel, options: TableOptions) {
  const { one_to_one, households, train, sample_pairs, max_pairs, least_weight, id_column, household_column } = options
  const inputs = await contentsOf(records.right ? [records.left, records.right] : [records.left])
  const given = Object.entries(options.frequencies ?? {}).map(([name, shares]) => [name, [...shares]])
  // of these two the links do not depend, but which tables there are to go on with
  const tables = { records_a_pass: options.records_a_pass, frequencies_out: options.frequencies_out !== undefined }
  const settings = { one_to_one, households, train, sample_pairs, max_pairs, least_weight, id_column, household_column }
  return digest(JSON.stringify([await engineDigest(), inputs, model, settings, tables, given]))
}

async function writeLinks(session: Session, model: LinkageModel, dedupe: boolean, out: string): Promise<void> {
  let divisor = 1
  const levels = model.comparisons.map((comparison) => {
    const sql = `(pattern // ${divisor} % ${comparison.levels.length + 1} - 1)::tinyint`
    divisor *= comparison.levels.length + 1
    return sql
  })
  const csv = out.toLowerCase().endsWith('.csv')
  const cluster = 'case when a.root = b.root then z.source_id end as cluster_id, '
  const clusters =
    'join lk_clusters a on a.rowid = k.l join lk_clusters b on b.rowid = k.r join lk_left z on z.id = a.root'
  // ids stand in the order of the records' own ids: the file is sorted by left_id, right_id. Sorted are few bytes a link
  await session.copy(
    'links',
    `select left_id, right_id, weight as match_weight, probability as match_probability, band::varchar as band,
  ${dedupe ? 'cluster_id, ' : ''}doubt::varchar as doubt, pass::varchar as pass, support::integer as support, weight - own_weight as support_weight,
  case when margin <= 1e6 then margin end as margin, ${csv ? `concat_ws(' ', ${levels.join(', ')})` : `[${levels.join(', ')}]`} as levels
from (select x.source_id as left_id, y.source_id as right_id, ${dedupe ? cluster : ''}k.*
from lk_links k join lk_left x on x.id = k.l join lk_${dedupe ? 'left' : 'right'} y on y.id = k.r ${dedupe ? clusters : ''}
order by k.l, k.r)`,
    out,
  )
}

/**
 * lk_clusters(root): of each record the first one of its cluster, in the order of ids, those of the right list after those
 * of the left one. Returns the number of clusters, singles among them.
 */
async function makeClusters(session: Session, left: number, right: number): Promise<number> {
  const { join, roots } = forest(left + right)
  const from = right > 0 ? left : 0
  await session.eachChunk(`select l, r from lk_links where band = 'accept'`, (chunk) => {
    const [l, r] = [chunk.ints(0), chunk.ints(1)]
    for (let i = 0; i < chunk.rows; i++) join(int(l, i), from + int(r, i))
  })
  const found = roots()
  await session.fill('clusters', 'accepted links', { root: 'int' }, async (writer) => writer.write([found]))
  return found.reduce((count, root, i) => count + Number(root === i), 0)
}

/** Of one list record_id, cluster_id; of two also the side of each. A cluster is named by its first record. */
async function writeClusters(session: Session, left: number, right: number, out: string): Promise<void> {
  // rows of both tables stand in the order of their ids
  const side = (name: string, from: number, count: number) =>
    `(select rowid as id, source_id, root from lk_names_${name} positional join (select root from lk_clusters where rowid >= ${from} and rowid < ${from + count}))`
  const first = `select a.id, a.source_id as record_id, b.source_id as cluster_id
from ${side('left', 0, left)} a join lk_left b on b.id = a.root`
  // a file for eyes is sorted; two million lines of strings for machines are not
  const by = (order: string) => (out.toLowerCase().endsWith('.csv') ? ` order by ${order}` : '')
  const select =
    right === 0
      ? `select record_id, cluster_id from (${first})${by('id')}`
      : `select side, record_id, cluster_side, cluster_id from (
select 'left' as side, id, record_id, 'left' as cluster_side, cluster_id from (${first})
union all
select 'right', a.id, a.source_id, case when b.id is null then 'right' else 'left' end, coalesce(b.source_id, a.source_id)
from ${side('right', left, right)} a left join lk_left b on b.id = a.root)${by('side, id')}`
  await session.copy('clusters', select, out)
}

/** The same as `householdLinks`, for more households than JavaScript should hold. */
async function writeHouseholds(session: Session, model: LinkageModel, out: string): Promise<void> {
  await session.copy(
    'households',
    `with pairs as (select x.household as hl, y.household as hr, count(*) as shared,
    2 * count(*) filter (where ${elsewhereSql(model, 'k.pattern')}) > count(*) as away
  from lk_links k join lk_left x on x.id = k.l join lk_right y on y.id = k.r
  where k.band = 'accept' and x.household is not null and y.household is not null group by 1, 2),
sized as (select p.*, s.n as left_size, t.n as right_size, shared >= 2 or 2 * shared >= least(s.n, t.n) as linked
  from pairs p join (select household, count(*) as n from lk_left group by 1) s on s.household = hl
  join (select household, count(*) as n from lk_right group by 1) t on t.household = hr)
select a.h as left_household, b.h as right_household, shared, left_size, right_size,
  case when not linked then 'moved_members' when count(*) filter (where linked) over (partition by hl) > 1 then 'split'
    when count(*) filter (where linked) over (partition by hr) > 1 then 'merge'
    when away then 'moved' else 'same' end as kind
from sized join lk_households_left a on a.household = hl join lk_households_right b on b.household = hr order by hl, hr`,
    out,
  )
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
  return await onWorkFolder(options.work_dir, () => linkIn(records, model, options))
}

async function linkIn(
  records: { left: Relation; right?: Relation },
  model: LinkageModel,
  options: TableOptions,
): Promise<TablesResult> {
  if (options.work_dir !== undefined) await claimWorkFolder(options.work_dir, await runKey(records, model, options))
  const session = await openSession(options)
  let finished = false
  try {
    const found = await chain(session, records, model, options)
    if (options.frequencies_out) await writeFrequenciesFile(found.run, options.frequencies_out)
    // the links name records by their ids: what they were compared by takes more room than all else
    for (const side of ['left', 'right']) await session.drop(`rows_${side}`)
    const size_right = found.dedupe ? 0 : found.right
    const clusters = found.dedupe || options.clusters_out ? await makeClusters(session, found.left, size_right) : null
    await writeLinks(session, found.run.model, found.dedupe, options.out)
    if (options.clusters_out) await writeClusters(session, found.left, size_right, options.clusters_out)
    if (!found.dedupe && found.households && options.households_out)
      await writeHouseholds(session, found.run.model, options.households_out)
    const bands = await readRows(
      session.connection,
      'select band, count(*)::double from lk_links group by 1',
      (row) => [row.text(0), row.number(1)] as const,
    )
    finished = true
    const counts = new Map(bands)
    const of = (band: string) => counts.get(band) ?? 0
    const { left, right, pairs } = found
    return {
      model: found.run.model,
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
