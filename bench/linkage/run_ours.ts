// One run of ours on a spec, the counterpart of run_splink.py: loads two Parquet tables, then links, writes and clusters.
// node run_ours.ts spec.json data_folder out_folder threads memory_limit [trained.json folder_of_tf]
// Prints one line of JSON: seconds by stage (wall and CPU of all threads), peak memory in MB, tables of the chain.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import { unionFind } from '#engines/linkage/cluster.ts'
import type { TermFrequencies } from '#engines/linkage/link.ts'
import { linkTables } from '#engines/linkage/tables.ts'
import { bitsOf, modelOf } from './spec.ts'
import type { Spec, Trained } from './spec.ts'

const [spec_file, data, out, threads, memory, trained_folder] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string?,
]
const spec = JSON.parse(readFileSync(spec_file, 'utf8')) as Spec
const linking = spec.link_type === 'link_only'

/** Splink's own shares of values, by the engine's names of its terms. */
async function importedFrequencies(connection: DuckDBConnection, folder: string): Promise<TermFrequencies> {
  const found: TermFrequencies = {}
  for (const comparison of spec.comparisons) {
    for (const column of new Set(comparison.levels.flatMap((level) => level.term_frequency ?? []))) {
      const rows = await connection.runAndReadAll(
        `select value, share from read_parquet('${folder}/tf_${column}.parquet')`,
      )
      found[`${comparison.name}.${column}`] = new Map(
        rows.getRows().map(([value, share]) => [String(value), Number(share)]),
      )
    }
  }
  return found
}

/**
 * record id -> cluster over kept pairs from the cluster probability up, by union-find over int nodes; `side` keeps apart
 * the ids of two lists.
 */
async function writeClusters(connection: DuckDBConnection, pairs: string, file: string): Promise<void> {
  const sides = linking ? ['left', 'right'] : ['left']
  const records = sides.map((side) => `select '${side}' as side, record_id from p_${side}`).join(' union all ')
  await connection.run(`create table nodes as select (row_number() over () - 1)::integer as node, * from (${records})`)
  const edges = await connection.stream(`select a.node, b.node from read_parquet('${pairs}') p
join nodes a on a.side = 'left' and a.record_id = p.left_id join nodes b on b.side = '${sides.at(-1)}' and b.record_id = p.right_id
where p.match_probability >= ${spec.cluster_probability}`)
  const ends: [number[], number[]] = [[], []]
  for (let chunk = await edges.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await edges.fetchChunk()) {
    for (const i of [0, 1] as const) for (const node of chunk.getColumnValues(i)) ends[i].push(Number(node))
  }
  const counted = await connection.runAndReadAll('select count(*)::integer from nodes')
  const size = Number(counted.getRows()[0]![0])
  const both = function* () {
    const pair: [number, number] = [0, 0]
    for (let i = 0; i < ends[0].length; i++) {
      pair[0] = ends[0][i]!
      pair[1] = ends[1][i]!
      yield pair
    }
  }
  const parents = unionFind(size, both())
  await connection.run('create table roots (node integer, root integer)')
  const appender = await connection.createAppender('roots')
  for (let node = 0; node < size; node++) {
    appender.appendInteger(node)
    appender.appendInteger(parents[node]!)
    appender.endRow()
  }
  appender.closeSync()
  await connection.run(`copy (select a.side, a.record_id, b.side as cluster_side, b.record_id as cluster_id
from roots r join nodes a using (node) join nodes b on b.node = r.root) to '${file}' (format parquet)`)
}

const instance = await DuckDBInstance.create(':memory:')
const connection = await instance.connect()
await connection.run(`set threads = ${Number(threads)}`)
await connection.run(`set memory_limit = '${memory}'`)
for (const side of linking ? ['left', 'right'] : ['left']) {
  await connection.run(`create table p_${side} as select * from read_parquet('${data}/${side}.parquet')`)
}
const trained = trained_folder
  ? (JSON.parse(readFileSync(join(trained_folder, 'trained.json'), 'utf8')) as Trained)
  : undefined
const frequencies = trained_folder ? await importedFrequencies(connection, trained_folder) : undefined

const stages: Record<string, { wall: number; cpu: number }> = {}
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
let clock = [performance.now() / 1000, cpuSeconds()] as const
const done = (stage: string) => {
  const now = [performance.now() / 1000, cpuSeconds()] as const
  stages[stage] = { wall: now[0] - clock[0], cpu: now[1] - clock[1] }
  clock = now
}

const model = modelOf(spec, trained)
const options = {
  connection,
  one_to_one: false,
  households: false,
  least_weight: bitsOf(spec.least_probability),
  max_pairs: 2_000_000_000,
  train: trained ? ('none' as const) : ('all' as const),
  ...(frequencies ? { frequencies } : {}),
}
const result = await linkTables(
  { left: { relation: 'p_left' }, ...(linking ? { right: { relation: 'p_right' } } : {}) },
  model,
  { ...options, out: join(out, 'pairs.parquet') },
)
done('link')
await writeClusters(connection, join(out, 'pairs.parquet'), join(out, 'clusters.parquet'))
done('cluster')
const peak_mb = process.resourceUsage().maxRSS / 1024
writeFileSync(join(out, 'model.json'), JSON.stringify(result.model, null, 1))
const steps = result.steps.map(({ table, rows, milliseconds }) => ({ table, rows, seconds: milliseconds / 1000 }))
console.log(
  JSON.stringify({
    version: process.version,
    stages,
    peak_mb,
    pairs: result.counts.pairs,
    steps,
    training: result.training,
  }),
)
connection.closeSync()
instance.closeSync()
