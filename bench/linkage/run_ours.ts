// One run of ours on a spec, the counterpart of run_splink.py: loads two Parquet tables, then links, writes and clusters.
// node run_ours.ts spec.json data_folder out_folder threads memory_limit [trained.json folder_of_tf]
// Prints one line of JSON: seconds by stage (wall and CPU of all threads), peak memory in MB, tables of the chain.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import { clustersOf, dedupe, link } from '#engines/linkage/link.ts'
import type { Link, TermFrequencies } from '#engines/linkage/link.ts'
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

async function writePairs(connection: DuckDBConnection, links: readonly Link[], file: string): Promise<void> {
  await connection.run(
    'create table kept (left_id varchar, right_id varchar, match_weight double, match_probability double)',
  )
  const appender = await connection.createAppender('kept')
  for (const kept of links) {
    appender.appendVarchar(kept.left_id)
    appender.appendVarchar(kept.right_id)
    appender.appendDouble(kept.match_weight)
    appender.appendDouble(kept.match_probability)
    appender.endRow()
  }
  appender.closeSync()
  await connection.run(`copy kept to '${file}' (format parquet)`)
}

/** Record id -> cluster over links from the cluster probability up; ids of the two sides kept apart. */
async function writeClusters(connection: DuckDBConnection, links: readonly Link[], file: string): Promise<void> {
  const least = bitsOf(spec.cluster_probability)
  const ids: string[] = []
  for (const side of linking ? ['left', 'right'] : ['left']) {
    const rows = await connection.stream(`select record_id from p_${side}`)
    for (let chunk = await rows.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await rows.fetchChunk()) {
      for (const id of chunk.getColumnValues(0)) ids.push(linking ? `${side} ${String(id)}` : String(id))
    }
  }
  const joined = links.filter((kept) => kept.match_weight >= least)
  const named = linking
    ? joined.map(({ left_id, right_id }) => ({ left_id: `left ${left_id}`, right_id: `right ${right_id}` }))
    : joined
  const clusters = clustersOf(ids, named)
  await connection.run('create table clusters (id varchar, cluster_id varchar)')
  const appender = await connection.createAppender('clusters')
  for (const [id, cluster] of clusters) {
    appender.appendVarchar(id)
    appender.appendVarchar(cluster)
    appender.endRow()
  }
  appender.closeSync()
  await connection.run(`copy clusters to '${file}' (format parquet)`)
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
const result = linking
  ? await link({ left: { relation: 'p_left' }, right: { relation: 'p_right' } }, model, options)
  : await dedupe({ relation: 'p_left' }, model, options)
done('link')
await writePairs(connection, result.links, join(out, 'pairs.parquet'))
done('write')
await writeClusters(connection, result.links, join(out, 'clusters.parquet'))
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
