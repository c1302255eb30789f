// A nation's answers at scale: every household is a draw from a small made world, moved a little. A bootstrap, told as
// such in README.md: nothing rarer than the base holds will ever be found in it.
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readAreas } from '#packs/areas.ts'
import type { Rulebook } from '#packs/rulebook.ts'
import { draw } from './country/areas.ts'
import { openDuck, quote, rowsOf, type Duck } from './duck.ts'
import { baseWorld, fieldsRead, loadBase, salt, type Base, type BaseColumn } from './nation-base.ts'

/** Changes whenever the same seed would give other bytes. */
export const NATION_VERSION = '1'

/** Money is multiplied by 0.85 to 1.15; a birth date moves by at most this many days and never changes the age. */
const MONEY_SPREAD = 0.15
const BIRTH_DAYS = 180
/** About as many as a village of Yeping has (17,000 households, 34 villages). */
const VILLAGE_HOUSEHOLDS = 500

export type NationOptions = {
  book: Rulebook
  households: number
  seed: number
  out_dir: string
  /** County codes to fill; without them, every county of the pack. */
  counties?: string[]
  /** Size of the base world; 60,000 where absent. */
  base_households?: number
  /** Where base worlds are kept between runs; a folder among the temporary files where absent. */
  cache_dir?: string
  /** About the most households in one partition, which holds whole counties; 400,000 where absent. */
  partition_households?: number
  threads?: number
  memory?: string
  progress?: (step: string, done: number, total: number) => void
}

/** One partition: three files of the same name, whole counties, household ids from `first_household` without a gap. */
export type NationPartition = {
  file: string
  counties: number
  first_household: number
  households: number
  persons: number
  register_entries: number
  bytes: number
}

export type NationManifest = {
  version: string
  pack: string
  seed: number
  households: number
  persons: number
  counties: number
  base_households: number
  /** Columns that were made: a pack that reads others needs another nation. */
  fields: ReturnType<typeof fieldsRead>
  partitions: NationPartition[]
}

type Village = { county_code: string; area_code: string; first: number; households: number; from: number; of: number }

/**
 * Writes `households/00000.parquet`, `members/00000.parquet`, `registers/00000.parquet` and so on, and `manifest.json`.
 * Columns: household_id (whole number from 1, without gaps), county_code, area_code (a made village, 12 digits) and one
 * column for each card field that the pack's rules read; members lie in the order of households. The same options give
 * the same rows in the same order, whatever the number of threads.
 */
export async function generateNation(options: NationOptions): Promise<NationManifest> {
  const { book, households, seed, out_dir } = options
  if (!Number.isInteger(households) || households < 1) throw new RangeError('households must be a whole number above 0')
  if (!Number.isSafeInteger(seed)) throw new RangeError('seed must be a whole number')
  const counties =
    options.counties ??
    readAreas(book.pack)
      .filter((area) => area.level === 'county')
      .map((area) => area.area_code)
  const base_households = options.base_households ?? 60_000
  const world = await baseWorld({
    households: base_households,
    seed,
    ...(options.cache_dir === undefined ? {} : { cache_dir: options.cache_dir }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    progress: (step) => options.progress?.(step, 0, 1),
  })
  for (const folder of ['households', 'members', 'registers']) {
    await rm(join(out_dir, folder), { recursive: true, force: true })
    await mkdir(join(out_dir, folder), { recursive: true })
  }
  const duck = await openDuck({ threads: options.threads ?? 2, memory: options.memory ?? '3GB' })
  try {
    const base = await loadBase(duck, world, book)
    for (const macro of MACROS) await duck.connection.run(`create macro ${macro}`)
    // The base is always the side that is looked up in, so that rows come out in the order of the drawn side.
    await duck.connection.run(`set disabled_optimizers = 'join_order,build_side_probe_side'`)
    const parts = partitionsOf(placeVillages(counties, households, seed, base), options.partition_households ?? 400_000)
    const partitions: NationPartition[] = []
    for (const [index, villages] of parts.entries()) {
      const file = `${String(index).padStart(5, '0')}.parquet`
      partitions.push(await writePartition(duck, villages, { out_dir, file, seed, base }))
      options.progress?.(file, index + 1, parts.length)
    }
    const manifest: NationManifest = {
      version: NATION_VERSION,
      pack: `${book.pack.id} ${book.pack.version}`,
      seed,
      households,
      persons: partitions.reduce((sum, each) => sum + each.persons, 0),
      counties: partitions.reduce((sum, each) => sum + each.counties, 0),
      base_households: base.households,
      fields: fieldsRead(book),
      partitions,
    }
    await writeFile(join(out_dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    return manifest
  } finally {
    duck.close()
  }
}

export async function readNation(out_dir: string): Promise<NationManifest> {
  return JSON.parse(await readFile(join(out_dir, 'manifest.json'), 'utf8')) as NationManifest
}

/** Villages of every county, in the order of codes, each with the base village it is drawn from. */
function placeVillages(counties: string[], households: number, seed: number, base: Base): Village[] {
  const codes = [...counties].sort()
  const weights = codes.map((code) => 0.4 + 1.2 * draw(`${seed}:county:${code}`))
  const total = weights.reduce((a, b) => a + b, 0)
  const placed: Village[] = []
  let sum = 0
  let next = 1
  for (const [index, county_code] of codes.entries()) {
    sum += weights[index]!
    const until = index === codes.length - 1 ? households : Math.round((sum / total) * households)
    const here = until - (next - 1)
    const villages = Math.ceil(here / VILLAGE_HOUSEHOLDS)
    for (let at = 0; at < villages; at++) {
      const count = Math.floor((here * (at + 1)) / villages) - Math.floor((here * at) / villages)
      const code = String(100 + Math.floor(at / 20)) + String(200 + (at % 20))
      // By household, so that a large base village is drawn from more often than a small one.
      const row = Math.floor(draw(`${seed}:village:${county_code}${code}`) * base.households)
      const from = base.villages.findLast((village) => village.first <= row)!
      placed.push({
        county_code,
        area_code: county_code + code,
        first: next,
        households: count,
        from: from.first,
        of: from.households,
      })
      next += count
    }
  }
  return placed
}

/** Whole counties in the order of codes, cut into equal stretches of at most about `most` households. */
function partitionsOf(villages: Village[], most: number): Village[][] {
  const last = villages.at(-1)!
  const total = last.first + last.households - 1
  const size = total / Math.ceil(total / most)
  const parts: Village[][] = []
  let county = ''
  let ends = 0
  for (const village of villages) {
    // A county belongs to the stretch in which it begins.
    if (village.county_code !== county && village.first > ends) {
      parts.push([])
      ends = Math.ceil(Math.ceil(village.first / size) * size)
    }
    county = village.county_code
    parts.at(-1)!.push(village)
  }
  return parts
}

type Writing = { out_dir: string; file: string; seed: number; base: Base }

async function writePartition(duck: Duck, villages: Village[], writing: Writing): Promise<NationPartition> {
  const { out_dir, file, seed, base } = writing
  const run = (sql: string) => duck.connection.run(sql)
  const values = villages.map(
    (v) => `('${v.county_code}', '${v.area_code}', ${v.first}, ${v.households}, ${v.from}, ${v.of})`,
  )
  await run(`create or replace temp table village as select * from (values ${values.join(', ')})
    as v(county_code, area_code, first_household, households, base_from, base_of)`)
  await run(`create or replace temp table drawn as
    select household_id, county_code, area_code, (base_from + dice(household_id, ${salt(seed, 'draw')}) % base_of)::integer as base_row
    from (select (first_household + unnest(range(households)))::integer as household_id, county_code, area_code, base_from, base_of
      from village order by first_household)`)
  const paths = Object.fromEntries(
    ['households', 'members', 'registers'].map((name) => [name, join(out_dir, name, file)]),
  )
  const copy = (name: string, sql: string) =>
    run(`copy (${sql}) to ${quote(paths[name]!)} (format parquet, compression zstd)`)
  await copy(
    'households',
    `select d.household_id, d.county_code, d.area_code,
       ${base.columns.household.map((column) => `${moved(column, seed)} as ${column.name}`).join(', ')}
     from drawn d join base_households b on d.base_row = b.base_row`,
  )
  await copy(
    'members',
    `select d.household_id, ${base.columns.members.map((column) => `${movedMember(column, seed)} as ${column.name}`).join(', ')}
     from (select d.household_id, unnest(range(b.first_member, b.first_member + b.member_count))::integer as member_row
       from drawn d join base_households b on d.base_row = b.base_row) d
     join base_members b on d.member_row = b.member_row`,
  )
  await copy(
    'registers',
    `select d.household_id, b.register, spread(b.value, d.household_id, ${salt(seed, 'register')}) as value
     from drawn d join base_registers b on d.base_row = b.base_row order by d.household_id, b.register, b.record_id`,
  )
  const [sums] = await rowsOf<{ persons: number; entries: number }>(
    duck,
    `select (select count(*) from read_parquet(${quote(paths['members']!)}))::integer as persons,
       (select count(*) from read_parquet(${quote(paths['registers']!)}))::integer as entries`,
  )
  const sizes = await Promise.all(Object.values(paths).map(async (path) => (await stat(path)).size))
  return {
    file,
    counties: new Set(villages.map((village) => village.county_code)).size,
    first_household: villages[0]!.first,
    households: villages.reduce((sum, village) => sum + village.households, 0),
    persons: sums!.persons,
    register_entries: sums!.entries,
    bytes: sizes.reduce((a, b) => a + b, 0),
  }
}

/**
 * Draws as SQL macros. `dice`: a whole number of 0 to 2^24 - 1 that depends on the id and the salt alone (two rounds of
 * the hash, as in 00-macros.sql). `spread`: whole yuan, as people answer; nothing stays nothing. `reflected`: days since
 * the last birthday, thrown back at both ends of the year in which the age stays the same (a day is left at each end,
 * because of 29 February).
 */
const MACROS = [
  `dice(id, salt) as (hash(xor(hash(id::bigint), salt)) >> 40)::bigint`,
  `spread(fen, id, salt) as (round(fen * (${1 - MONEY_SPREAD} + ${2 * MONEY_SPREAD} * (dice(id, salt) / 16777216.0)) / 100)::integer * 100)`,
  `reflected(days) as least(1 + abs(days - 1), 726 - days)::integer`,
  `birth_shift(id, salt) as (dice(id, salt) % ${2 * BIRTH_DAYS + 1} - ${BIRTH_DAYS})::integer`,
]

const moved = ({ name, type }: BaseColumn, seed: number): string =>
  type.type === 'money' ? `spread(b.${name}, d.household_id, ${salt(seed, name)})` : `b.${name}`

function movedMember({ name }: BaseColumn, seed: number): string {
  if (name !== 'birth_date') return `b.${name}`
  const shift = `birth_shift(d.household_id::bigint * 64 + b.member_row % 64, ${salt(seed, 'birth')})`
  return `(b.birth_date + (b.since_birthday - reflected(b.since_birthday - ${shift})))`
}
