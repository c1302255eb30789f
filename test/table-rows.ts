// The rows of many tables at one moment, in one statement: one for each table took longer than all else in a test.
import { sql, type RawBuilder } from 'kysely'
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

// Most tables are as they were the last time: their rows are not parsed again.
const last = new Map<string, { text: string; rows: Row[] }>()

/**
 * Rows of these tables by name, in an order that depends on what they say alone. `plain` says what of a row counts, in
 * the same way as long as the process lives. Not to be changed by who reads them.
 */
export async function tableRows(
  tx: Tx,
  asked: readonly Asked[],
  plain: (name: string, row: Row) => Row = (_, row) => row,
): Promise<TableRows> {
  if (asked.length === 0) return {}
  const each = asked.map(({ name, where = 'true', without = [] }): RawBuilder<unknown> => {
    const rows = sql`jsonb_agg(to_jsonb(t) - ${without}::text[])::text`
    return sql`select ${name}::text as name, ${rows} as rows from ${sql.table(name)} t where ${sql.raw(where)}`
  })
  const { rows } = await sql<{ name: string; rows: string | null }>`${sql.join(each, sql` union all `)}`.execute(tx)
  return Object.fromEntries(
    rows.map(({ name, rows: text }) => {
      if (text === null) return [name, []]
      const known = last.get(name)
      if (known?.text === text) return [name, known.rows]
      const parsed = (JSON.parse(text) as Row[])
        .map((each) => plain(name, each))
        .map((row) => ({ row, said: JSON.stringify(row) }))
        .toSorted((a, b) => order(a.said, b.said))
        .map(({ row }) => row)
      last.set(name, { text, rows: parsed })
      return [name, parsed]
    }),
  )
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
