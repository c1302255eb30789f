// Rows that could not be read: kept in quarantine whole, with what is needed to mend them there.
import type { Tx } from '#registry/transaction.ts'
import type { Reception } from '../receive/accept.ts'
import { quarantineItem } from '../quarantine/codes.ts'
import { insertQuarantine } from '../quarantine/store.ts'
import type { CellKind, TableSheet } from '../sheets/table.ts'
import type { Unit } from './gather.ts'
import type { ImportAsked } from './run.ts'

/** A row as quarantine keeps it: every column of its sheet that holds something. */
export interface KeptRow {
  sheet: string
  row: number
  cells: Record<string, string>
  kinds?: Record<string, CellKind>
  long?: true
}

function keptRow(sheet: TableSheet, at: number): KeptRow {
  const row = sheet.rows[at]
  const filled = sheet.columns.flatMap((column, index): [string, string, CellKind][] => {
    const text = row?.texts[index] ?? ''
    return text === '' ? [] : [[column, text, (row?.kinds?.[index] ?? 't') as CellKind]]
  })
  const special = filled.filter(([, , kind]) => kind !== 't')
  return {
    sheet: sheet.name,
    row: row?.row ?? 0,
    cells: Object.fromEntries(filled.map(([column, text]) => [column, text])),
    ...(special.length === 0 ? {} : { kinds: Object.fromEntries(special.map(([column, , kind]) => [column, kind])) }),
    ...(row?.long ? { long: true as const } : {}),
  }
}

/** Keep households that were refused, each whole. Returns how many rows that were. */
export async function quarantineUnits(
  tx: Tx,
  reception: Reception,
  asked: ImportAsked,
  batch_id: string,
  units: readonly Unit[],
): Promise<number> {
  const items = units.map(({ rows, problems }) => {
    const kept = rows.flatMap((here) => {
      const sheet = asked.table.sheets[here.sheet]
      return sheet ? [keptRow(sheet, here.at)] : []
    })
    const told = problems.slice(0, 50)
    return quarantineItem(reception, {
      bytes: Buffer.from(JSON.stringify({ kind: asked.kind, rows: kept })),
      source: 'import',
      content_type: 'application/json',
      code: 'survey_row_invalid',
      message: told.map(({ row, column, hint }) => `Row ${row}, ${column}: ${hint}`).join(' '),
      about: {
        batch_id,
        batch_county: asked.place.county_code,
        file_name: asked.file_name,
        row: String(kept[0]?.row ?? 0),
        cells: JSON.stringify(told),
      },
    })
  })
  await insertQuarantine(tx, items)
  return units.reduce((sum, unit) => sum + unit.rows.length, 0)
}

/** The rows of an item. Those kept by an earlier version are bare cells, of the mapping's first sheet. */
export function keptRows(bytes: Uint8Array, first_sheet = ''): KeptRow[] {
  const read = JSON.parse(Buffer.from(bytes).toString()) as { rows: KeptRow[] } | Record<string, string>[]
  if (!Array.isArray(read)) return read.rows
  return read.map((cells, index): KeptRow => ({ sheet: first_sheet, row: index + 1, cells }))
}

/** `headings` are columns a mapping needs though these rows are blank in them. */
export function sheetsOfRows(rows: readonly KeptRow[], headings: Record<string, readonly string[]> = {}): TableSheet[] {
  return [...Map.groupBy(rows, (row) => row.sheet)].map(([name, some]): TableSheet => {
    const columns = [...new Set([...some.flatMap((row) => Object.keys(row.cells)), ...(headings[name] ?? [])])]
    return {
      name,
      columns,
      above: [],
      rows: some.map(({ row, cells, kinds, long }) => ({
        row,
        texts: columns.map((column) => cells[column] ?? ''),
        kinds: columns.map((column) => kinds?.[column] ?? 't').join(''),
        ...(long ? { long } : {}),
      })),
    }
  })
}
