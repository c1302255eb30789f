// The coded rows of 100 million people and more, made of those of one million: each copy's hashes are salted by its number,
// so that keys of two copies never meet and pairs per record are as in the lists.
import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import { codesSql, encode, planEncoding } from '#engines/linkage/pairs/encode.ts'
import type { EncodingPlan } from '#engines/linkage/pairs/encode.ts'
import { slotsOf } from '#engines/linkage/compare/levels-sql.ts'
import { loadRecords } from '#engines/linkage/pairs/load.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import { workFile } from '#engines/linkage/session/resume.ts'
import { literal, openSession, readColumns } from '#engines/linkage/session/session.ts'
import type { Session } from '#engines/linkage/session/session.ts'

export const SIDES = ['left', 'right'] as const
type Sides = Record<(typeof SIDES)[number], number>

/** What partition.json says: `people` are the records of one copy, `copies` how many were asked for. */
export type PartitionRows = { key: string; copies: number; people: Sides; bytes_a_row: number }

export type PartitionOptions = {
  /** Holds register*.parquet and survey*.parquet. */
  lists: string
  /** Where the tables go; what is kept there of another size or of other lists is taken away. */
  folder: string
  copies: number
  memory_limit: string
  say: (line: string) => void
}

/** Thrown before the rows are written (the lists are coded by then), with what is there and what it takes, in bytes. */
export class NoRoomError extends Error {
  readonly free: number
  readonly needed: number
  constructor(folder: string, free: number, needed: number) {
    const gb = (bytes: number) => (bytes / 1e9).toFixed(1)
    super(`${folder} has ${gb(free)} GB free; the rows and one pass over them take about ${gb(needed)} GB.`)
    this.free = free
    this.needed = needed
  }
}

/** Columns of lk_rows_* that rules and comparisons read, and whether each is a hash. */
export function columnsRead(plan: EncodingPlan): { name: string; hash: boolean }[] {
  const computed = new Map([...plan.columns.values()].flat().flatMap(({ columns }) => Object.entries(columns)))
  const slots = new Map(plan.comparisons.flatMap(({ sql }) => Object.entries(slotsOf(sql))))
  const isHash = (name: string) => (computed.get(slots.get(name) ?? name) ?? '').includes('then hash(')
  const levels = plan.comparisons.flatMap(({ sql }) => [sql.level, ...Object.values(sql.helpers ?? {})]).join(' ')
  const read = new Set(Array.from(levels.matchAll(/\b[lr]\.([a-z]\w*)/g), (found) => found[1]!))
  for (const { sql } of plan.rules) for (const [name] of sql.matchAll(/\b[cq]\d\w*/g)) read.add(name)
  return [...slots.keys(), ...plan.keys].filter((name) => read.has(name)).map((name) => ({ name, hash: isHash(name) }))
}

/** A 64-bit number of its own for every copy (splitmix64). */
export function saltOf(copy: number): bigint {
  const cut = (x: bigint) => BigInt.asUintN(64, x)
  let z = cut((BigInt(copy) + 1n) * 0x9e3779b97f4a7c15n)
  z = cut((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n)
  z = cut((z ^ (z >> 27n)) * 0x94d049bb133111ebn)
  return z ^ (z >> 31n)
}

const listOf = (lists: string, name: string) => ({ relation: `read_parquet(${literal(`${lists}/${name}*.parquet`)})` })

/** Codes the lists by the engine's own chain into <folder>/base, with the texts of every record beside them. */
async function codeOnce(options: PartitionOptions, model: LinkageModel): Promise<Sides> {
  const session = await openSession({
    work_dir: join(options.folder, 'base'),
    threads: 2,
    memory_limit: options.memory_limit,
  })
  try {
    const records = { left: listOf(options.lists, 'register'), right: listOf(options.lists, 'survey') }
    const names = { id_column: 'record_id', household_column: 'household_id' }
    const loaded = await loadRecords(session, records, model, names)
    await encode(session, model, false, loaded)
    for (const side of SIDES)
      await session.step(
        `texts_${side}`,
        `select n.rowid::integer as id, i.* from lk_names_${side} n join lk_input_${side} i using (source_id)`,
      )
    return { left: loaded.left.rows, right: loaded.right.rows }
  } finally {
    await session.close()
  }
}

/** Bytes of one row as DuckDB lays it out without compression: its columns, and a bit of each that says whether it is there. */
async function widthOf(connection: DuckDBConnection): Promise<number> {
  const [types] = await readColumns(connection, `select column_type from (describe lk_rows_left)`)
  const bytes: Record<string, number> = { UBIGINT: 8, BIGINT: 8, INTEGER: 4, UTINYINT: 1 }
  return types!.reduce((sum: number, type) => sum + (bytes[String(type)] ?? 8) + 1 / 8, 0)
}

/**
 * Writes lk_rows_left and lk_rows_right of the full size into <folder>, or finds them there; a call that was killed goes
 * on with the next copy. Copy k of record i stands at k * people + i. Throws `NoRoomError`.
 */
export async function writeRows(options: PartitionOptions, model: LinkageModel): Promise<PartitionRows> {
  const { folder, copies, say } = options
  await mkdir(folder, { recursive: true })
  const plan = planEncoding(model, false)
  const files = (await readdir(options.lists)).filter((name) => /^(register|survey).*\.parquet$/.test(name)).sort()
  const seen = files.map((name) => [name, statSync(join(options.lists, name)).size])
  const made = [copies, seen, [...plan.columns], plan.rules, plan.comparisons.map(({ sql }) => sql)]
  const key = createHash('sha256').update(JSON.stringify(made)).digest('hex')
  const mark = join(folder, 'partition.json')
  let rows = existsSync(mark) ? (JSON.parse(await readFile(mark, 'utf8')) as PartitionRows) : null
  if (rows?.key !== key) {
    for (const name of ['partition.json', 'tables.duckdb', 'tables.duckdb.wal', 'base', 'spill'])
      await rm(join(folder, name), { recursive: true, force: true })
    say(`coding the lists of ${options.lists} once`)
    rows = { key, copies, people: await codeOnce(options, model), bytes_a_row: 0 }
  }
  const instance = await DuckDBInstance.create(await workFile(folder))
  const connection = await instance.connect()
  try {
    for (const setting of [`threads = 2`, `memory_limit = ${literal(options.memory_limit)}`])
      await connection.run(`set ${setting}`)
    await connection.run(`set force_compression = 'uncompressed'`)
    await connection.run(`attach ${literal(await workFile(join(folder, 'base')))} as base (read_only)`)
    const columns = columnsRead(plan)
    const names = columns.map(({ name }) => name).join(', ')
    for (const side of SIDES) {
      await connection.run(
        `create table if not exists lk_rows_${side} as select ${names} from base.lk_rows_${side} limit 0`,
      )
      await connection.run(`create table if not exists texts_${side} as from base.lk_texts_${side}`)
    }
    rows.bytes_a_row = await widthOf(connection)
    await writeFile(mark, JSON.stringify(rows))
    await dropPass(connection)
    await checkRoom(folder, connection, rows)
    const started = performance.now()
    let millions = 0
    for (const side of SIDES) {
      const [held] = await readColumns(connection, `select count(*)::double from lk_rows_${side}`)
      for (let copy = Number(held![0]) / rows.people[side]; copy < copies; copy++) {
        const salt = saltOf(copy)
        const salted = columns.map(({ name, hash }) => (hash ? `xor(${name}, ${salt}::ubigint) as ${name}` : name))
        await connection.run(`insert into lk_rows_${side} select ${salted.join(', ')} from base.lk_rows_${side}`)
        millions += rows.people[side] / 1e6
        if ((copy + 1) % Math.ceil(copies / 20) === 0 || copy + 1 === copies)
          say(
            `${side}: ${copy + 1} of ${copies} copies; ${millions.toFixed(1)} million rows in ${((performance.now() - started) / 1000).toFixed(0)} s`,
          )
      }
    }
    if (millions > 0) await connection.run('checkpoint')
    else say('the rows are there already')
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
  return rows
}

/** Takes an earlier pass's tables away, its manifest too, so that the next one is made and not found. */
async function dropPass(connection: DuckDBConnection): Promise<void> {
  const [tables] = await readColumns(
    connection,
    `select table_name from duckdb_tables() where database_name = current_database() and starts_with(table_name, 'lk_') and not starts_with(table_name, 'lk_rows_')`,
  )
  for (const table of tables!) await connection.run(`drop table ${String(table)}`)
}

/** Rows yet to be written, and 20 bytes a record and 1 GB for the pass: its pairs, and what DuckDB puts aside. */
async function checkRoom(folder: string, connection: DuckDBConnection, rows: PartitionRows): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  let needed = 1e9
  for (const side of SIDES) {
    const [held] = await readColumns(connection, `select count(*)::double from lk_rows_${side}`)
    const all = rows.copies * rows.people[side]
    needed += (all - Number(held![0])) * rows.bytes_a_row * 1.03 + all * 20
  }
  if (bavail * bsize < needed) throw new NoRoomError(folder, bavail * bsize, needed)
}

/** The views through which the engine reads the rows, and the records' names and texts as it would from files of that size. */
export async function openViews(
  session: Session,
  plan: EncodingPlan,
  { copies, people }: PartitionRows,
): Promise<void> {
  for (const side of SIDES) {
    await session.view(`codes_${side}`, codesSql(plan, `lk_rows_${side}`))
    const copied = `texts_${side} t cross join range(${copies}) c(copy)`
    const source = `t.source_id || '#' || copy as source_id`
    await session.view(side, `select (t.id + copy * ${people[side]})::integer as id, ${source} from ${copied}`)
    await session.view(`input_${side}`, `select ${source}, t.* exclude (id, source_id) from ${copied}`)
  }
}
