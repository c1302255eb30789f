// The rows of many tables at one moment, many times over. A statement for each table, or sixty tables planned anew each
// time, took longer than what was tested: one prepared statement says which tables have changed, and these are read.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Tx } from '#registry/transaction.ts'

export type Row = Record<string, unknown>
export type TableRows = Record<string, Row[]>

export interface Asked {
  name: string
  /** Which rows; all of them without it. */
  where?: string
  /** Columns that are left out. */
  without?: readonly string[]
}

/** By table and by what it held: its rows, parsed and in order. */
const read = new Map<string, { digest: string; rows: Row[] }>()

/**
 * Rows of these tables by name, in an order that depends on what they say alone. `plain` says what of a row counts, in
 * the same way as long as the process lives. Not to be changed by who reads them.
 */
export async function tableRows(
  tx: Tx,
  asked: readonly Asked[],
  plain: (name: string, row: Row) => Row = (_, row) => row,
): Promise<TableRows> {
  const digests = await digestsOf(tx, asked)
  const changed = asked.filter((each) => read.get(JSON.stringify(each))?.digest !== digests.get(each.name))
  const found = await rowsOf(tx, changed)
  for (const each of changed) {
    const rows = (found.get(each.name) ?? [])
      .map((row) => plain(each.name, row))
      .map((row) => ({ row, said: JSON.stringify(row) }))
      .toSorted((a, b) => order(a.said, b.said))
      .map(({ row }) => row)
    read.set(JSON.stringify(each), { digest: digests.get(each.name) ?? '', rows })
  }
  return Object.fromEntries(asked.map((each) => [each.name, read.get(JSON.stringify(each))?.rows ?? []]))
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Of whole rows, in whatever order they lie. Prepared once on each connection: planning takes three times as long. */
async function digestsOf(tx: Tx, asked: readonly Asked[]): Promise<Map<string, string>> {
  const statement = asked
    .map(({ name, where = 'true' }) => {
      const digest = `md5(coalesce(string_agg(t::text, ' ' order by t::text), ''))`
      return `select '${name}' as name, ${digest} as digest from ${name} t where ${where}`
    })
    .join(' union all ')
  const prepared = `tables_${createHash('md5').update(statement).digest('hex')}`
  const { rows: known } = await sql`select 1 from pg_prepared_statements where name = ${prepared}`.execute(tx)
  if (known.length === 0) await sql.raw(`prepare ${prepared} as ${statement}`).execute(tx)
  const { rows } = await sql.raw<{ name: string; digest: string }>(`execute ${prepared}`).execute(tx)
  return new Map(rows.map((row) => [row.name, row.digest]))
}

async function rowsOf(tx: Tx, asked: readonly Asked[]): Promise<Map<string, Row[]>> {
  if (asked.length === 0) return new Map()
  const each = asked.map(
    ({ name, where = 'true', without = [] }) => sql`select ${name}::text as name,
      jsonb_agg(to_jsonb(t) - ${without}::text[]) as rows from ${sql.table(name)} t where ${sql.raw(where)}`,
  )
  const { rows } = await sql<{ name: string; rows: Row[] | null }>`${sql.join(each, sql` union all `)}`.execute(tx)
  return new Map(rows.map((row) => [row.name, row.rows ?? []]))
}
