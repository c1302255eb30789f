import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { madeGroups, placeGroups, type GroupArea } from './areas.ts'
import { ASSUMPTIONS } from './assumptions.ts'
import { openDuck, quote, rowsOf, runSql, type Duck } from '../duck.ts'
import { surnameSlots } from './names.ts'
import { loadAreas, loadNames, loadSurveyors } from '../prepare.ts'

export type { GroupArea } from './areas.ts'

/** Changes whenever the same seed would give other bytes. */
export const GENERATOR_VERSION = '1'

export type GenerateOptions = {
  households: number
  seed: number
  out_dir: string
  /** Groups to fill; without them, made groups of Yeping. */
  areas?: GroupArea[]
  /** Called after each step: `done` of `total` steps. */
  progress?: (state: { step: string; done: number; total: number }) => void
  /** Threads of DuckDB; the bytes do not depend on it. */
  threads?: number
  /** DuckDB's memory limit, for example `3GB`; what does not fit is spilled to the output folder. */
  memory?: string
}

export type Manifest = {
  generator_version: string
  seed: number
  households: number
  people: number
  groups: number
  villages: number
  partitions: number
  poor_households: number
  poor_people: number
  submissions: number
  /** Submissions beyond the first of the same true household. */
  duplicates: number
  /** Path under `out_dir` -> rows, bytes and SHA-256. */
  files: Record<string, { rows: number; bytes: number; sha256: string }>
}

const STEPS = [
  '00-macros',
  '01-households',
  '02-persons',
  '03-conditions',
  '04-livelihood',
  '05-income',
  '06-conditions',
  '07-verdict',
  '08-visits',
  '09-members',
  '10-answers',
  '11-registers',
  '20-told',
  '21-world',
]

const OUTPUTS: [folder: 'world' | 'truth', table: string][] = [
  ['world', 'submissions'],
  ['world', 'members'],
  ['world', 'registers'],
  ['truth', 'households'],
  ['truth', 'persons'],
  ['truth', 'submission_truth'],
  ['truth', 'member_truth'],
  ['truth', 'register_truth'],
]

/** SHA-256 of a file, read as a stream. */
async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/**
 * Makes a country whose truth is known: `world/` (what institutions see), `truth/` (for `synthetic/` alone) and
 * `manifest.json`. Works county by county, so memory does not grow with the nation. The same options give the same
 * bytes on the same machine, whatever the number of threads.
 *
 * One partition writes `world/submissions.parquet`; several write `world/submissions/00000.parquet` and so on
 * (see `tableGlob`).
 */
export async function generate(options: GenerateOptions): Promise<Manifest> {
  const { households, seed, out_dir } = options
  if (!Number.isInteger(households) || households < 1) throw new RangeError('households must be a whole number above 0')
  if (!Number.isSafeInteger(seed)) throw new RangeError('seed must be a whole number')
  const areas = options.areas ?? madeGroups('360781107', 34, 399)
  const placed = placeGroups(areas, households, seed, ASSUMPTIONS.village_sigma.value, surnameSlots())
  const partitions = placed.at(-1)!.part + 1
  for (const folder of ['world', 'truth']) {
    await rm(join(out_dir, folder), { recursive: true, force: true })
    await mkdir(join(out_dir, folder), { recursive: true })
  }
  const scratch = join(out_dir, 'scratch.duckdb')
  const files: Manifest['files'] = {}
  const sums = { people: 0, poor_households: 0, poor_people: 0, submissions: 0, duplicates: 0 }
  // Partitions that share a prefix take separate stretches of the order numbers within a day.
  const sharers = Math.ceil(partitions / 1000)
  const total = partitions * (STEPS.length + OUTPUTS.length)
  let done = 0
  for (let part = 0; part < partitions; part++) {
    await rm(scratch, { force: true })
    const duck = await openDuck({
      // Small worlds stay in memory; large ones may spill.
      ...(households > 300_000 ? { file: scratch } : {}),
      threads: options.threads,
      memory: options.memory,
    })
    try {
      await loadNames(duck)
      await loadAreas(
        duck,
        placed.filter((group) => group.part === part),
      )
      await loadSurveyors(duck, [...new Set(placed.map((group) => group.village_code))])
      const id_width = Math.floor(500 / sharers)
      const values = { seed, part, round: 1, id_width, id_start: Math.floor(part / 1000) * id_width }
      for (const step of STEPS) {
        await runSql(duck, step, values)
        options.progress?.({ step, done: ++done, total })
      }
      for (const [folder, table] of OUTPUTS) {
        const file =
          partitions === 1
            ? `${folder}/${table}.parquet`
            : `${folder}/${table}/${String(part).padStart(5, '0')}.parquet`
        if (partitions > 1) await mkdir(join(out_dir, folder, table), { recursive: true })
        files[file] = await writeTable(duck, `out_${table}`, out_dir, file)
        options.progress?.({ step: file, done: ++done, total })
      }
      await addUp(duck, sums)
    } finally {
      duck.close()
    }
  }
  await rm(scratch, { force: true })
  await rm(`${scratch}.wal`, { force: true })
  const manifest: Manifest = {
    generator_version: GENERATOR_VERSION,
    seed,
    households,
    ...sums,
    groups: placed.length,
    villages: new Set(placed.map((g) => g.village_code)).size,
    partitions,
    files,
  }
  await writeFile(join(out_dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

async function writeTable(duck: Duck, view: string, out_dir: string, file: string): Promise<Manifest['files'][string]> {
  const path = join(out_dir, file)
  await duck.connection.run(
    `copy (select * from ${view}) to ${quote(path)} (format parquet, compression zstd, row_group_size 100000)`,
  )
  const [row] = await rowsOf<{ n: number }>(duck, `select count(*)::integer as n from read_parquet(${quote(path)})`)
  return { rows: row!.n, bytes: (await stat(path)).size, sha256: await sha256(path) }
}

async function addUp(duck: Duck, sums: Record<string, number>): Promise<void> {
  const [row] = await rowsOf<Record<string, number>>(
    duck,
    `select sum(size)::double as people, count(*) filter (where true_poor)::double as poor_households,
       coalesce(sum(size) filter (where true_poor), 0)::double as poor_people,
       (select count(*) from told)::double as submissions,
       (select count(*) - count(distinct hh) from told)::double as duplicates
     from verdict`,
  )
  for (const [name, value] of Object.entries(row!)) sums[name]! += Number(value)
}

/** What `read_parquet` needs to read a whole table of a made world, one file or many. */
export async function tableGlob(out_dir: string, folder: 'world' | 'truth', table: string): Promise<string> {
  const single = join(out_dir, folder, `${table}.parquet`)
  const one = await stat(single).then(
    () => true,
    () => false,
  )
  return one ? single : join(out_dir, folder, table, '*.parquet')
}

/** The manifest of a made world. */
export async function readManifest(out_dir: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(out_dir, 'manifest.json'), 'utf8')) as Manifest
}
