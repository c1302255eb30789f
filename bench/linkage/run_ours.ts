// One run of ours on a spec, the counterpart of run_splink.py: loads two Parquet tables, then links, writes and clusters.
// node run_ours.ts spec.json data_folder out_folder threads memory_limit [trained.json folder_of_tf]
// Prints one line of JSON: seconds by stage (wall and CPU of all threads), peak memory in MB, tables of the chain.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
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

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
const clock = () => ({ wall: performance.now() / 1000, cpu: cpuSeconds() })
const began = clock()
let last = began
const cluster = { wall: 0, cpu: 0 }

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
  {
    ...options,
    out: join(out, 'pairs.parquet'),
    clusters_out: join(out, 'clusters.parquet'),
    on_step: ({ table }) => {
      const now = clock()
      if (table.includes('clusters')) {
        cluster.wall += now.wall - last.wall
        cluster.cpu += now.cpu - last.cpu
      }
      last = now
    },
  },
)
const ended = clock()
const stages = {
  link: { wall: ended.wall - began.wall - cluster.wall, cpu: ended.cpu - began.cpu - cluster.cpu },
  cluster,
}
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
