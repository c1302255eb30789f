// Time and memory of linkTables against size, each size in a process of its own, reading and writing files included:
// node bench/linkage/scale.ts [--sizes 1,2,5,10] [--memory 10GB] [--lists folder] [--resumable] [--json]
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { generateLists } from '#synthetic/country/lists.ts'

type Run = {
  counts: { left: number; right: number; pairs: number; accept: number; review: number }
  wall: number
  cpu: number
  load_wall: number
  load_cpu: number
  peak_mb: number
}
export type ScaleRow = Run & { millions: number; precision: number; recall: number }

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1,2,5,10' },
    memory: { type: 'string', default: '10GB' },
    lists: { type: 'string', default: join(tmpdir(), 'lists') },
    resumable: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

/** The lists of so many million people, made where they are not there yet. */
async function listsOf(millions: number): Promise<string> {
  const folder = join(values.lists, `${millions}m`)
  if (!existsSync(join(folder, 'lists.json'))) {
    await mkdir(folder, { recursive: true })
    await generateLists({ people: millions * 1_000_000, seed: 1, out_dir: folder })
  }
  return folder
}

/** Of accepted pairs and of true pairs, the share that is both. */
async function judge(out: string, folder: string): Promise<{ precision: number; recall: number }> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rows =
    await connection.runAndReadAll(`with found as (select left_id, right_id from read_parquet('${out}') where band = 'accept'),
truth as (select left_id, right_id from read_parquet('${folder}/truth*.parquet'))
select (select count(*) from found join truth using (left_id, right_id))::double, (select count(*) from found)::double, (select count(*) from truth)::double`)
  const [both, found, truth] = rows.getRows()[0]!.map(Number) as [number, number, number]
  connection.closeSync()
  instance.closeSync()
  return { precision: both / found, recall: both / truth }
}

const scratch = await mkdtemp(join(tmpdir(), 'linkage-scale-'))
const rows: ScaleRow[] = []
try {
  for (const millions of values.sizes.split(',').map(Number)) {
    const folder = await listsOf(millions)
    const out = join(scratch, 'links.parquet')
    const run = join(import.meta.dirname, 'scale_run.ts')
    const work = values.resumable ? [join(scratch, 'work')] : []
    const { stdout } = await promisify(execFile)(process.execPath, [run, folder, out, values.memory, ...work])
    const row = { millions, ...(JSON.parse(stdout) as Run), ...(await judge(out, folder)) }
    rows.push(row)
    if (!values.json) {
      console.log(
        `${row.counts.left} x ${row.counts.right}: ${row.wall.toFixed(1)} s wall, ${row.cpu.toFixed(1)} s CPU (of it reading ${row.load_wall.toFixed(1)}, ${row.load_cpu.toFixed(1)}), peak ${(row.peak_mb / 1024).toFixed(2)} GB, ${row.counts.pairs} pairs compared; accepted ${row.counts.accept}, precision ${row.precision.toFixed(5)}, recall ${row.recall.toFixed(4)}; to review ${row.counts.review}`,
      )
    }
  }
  if (values.json) console.log(JSON.stringify(rows, null, 2))
} finally {
  await rm(scratch, { recursive: true, force: true })
}
