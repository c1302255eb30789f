// The account of a file: what becomes of every sheet, column, row and cell. What went in is what was used, refused and
// left unused, to the last cell; a property test holds the sum (imports/account.test.ts).
import { eachInTurn } from '#door/jobs/in-turn.ts'
import type { TableSheet } from '../sheets/table.ts'
import type { CellCode } from '../sheets/cell.ts'

/** Used: it becomes an answer or joins rows. Refused: it waits in quarantine with a reason. Unused: named, not taken. */
export interface Sum {
  in: number
  used: number
  refused: number
  unused: number
}

export const unusedReasons = [
  'metadata',
  'not_mapped',
  'no_heading',
  'title',
  'sheet',
  'kept_earlier',
  'differs',
] as const
export type UnusedReason = (typeof unusedReasons)[number]

export interface ColumnAccount {
  column: string
  use: 'key' | 'answer' | 'unused'
  target?: string
  why?: UnusedReason
  cells: Sum
  /** The first different values: as they stand, as they will be read (money in minor units), or why they are not. */
  samples: { written: string; read: unknown; code: CellCode | null }[]
}

export interface SheetAccount {
  sheet: string
  hidden: boolean
  use: 'household' | 'list' | 'unused'
  list?: string
  rows: Sum
  cells: Sum
  /** Filled lines above the headings. */
  titles: string[]
  columns: ColumnAccount[]
}

export interface Account {
  sheets: SheetAccount[]
  rows: Sum
  cells: Sum
  others: string[]
}

export type Fate = 'used' | 'refused' | 'unused'

const none = (): Sum => ({ in: 0, used: 0, refused: 0, unused: 0 })

function add(into: Sum, from: Sum): void {
  into.in += from.in
  into.used += from.used
  into.refused += from.refused
  into.unused += from.unused
}

/** Counts what becomes of the cells of one file. Every row is given its fate once, by `row`. */
export class Ledger {
  readonly #sheets: { account: SheetAccount; seen: Set<number> }[]
  readonly #from: readonly TableSheet[]

  constructor(sheets: readonly TableSheet[]) {
    this.#from = sheets
    this.#sheets = sheets.map((sheet) => ({
      seen: new Set<number>(),
      account: {
        sheet: sheet.name,
        hidden: sheet.hidden === true,
        use: 'unused',
        rows: none(),
        cells: none(),
        titles: sheet.above.map((line) => line.texts.filter((text) => text !== '').join(' · ')),
        columns: sheet.columns.map((column) => ({ column, use: 'unused', why: 'sheet', cells: none(), samples: [] })),
      },
    }))
  }

  sheet(index: number): SheetAccount {
    const found = this.#sheets[index]
    if (!found) throw new Error(`there is no sheet ${index}`)
    return found.account
  }

  /**
   * Say what becomes of a row. Cells of columns that are used share its fate, but those in `left`, which said something
   * else than the row that counts; the others are unused whatever becomes of it.
   */
  row(sheet: number, at: number, fate: Fate, left: ReadonlySet<number> = new Set()): void {
    const { account, seen } = this.#sheets[sheet] ?? this.#sheets[0] ?? fail(sheet)
    const row = this.#from[sheet]?.rows[at]
    if (!row || seen.has(at)) return
    seen.add(at)
    account.rows.in++
    account.rows[fate]++
    account.columns.forEach((column, index) => {
      if ((row.texts[index] ?? '') === '') return
      column.cells.in++
      column.cells[column.use === 'unused' || (left.has(index) && fate === 'used') ? 'unused' : fate]++
    })
  }

  /** The account; rows that nobody spoke of are unused. */
  async close(others: readonly string[]): Promise<Account> {
    const rows = none()
    const cells = none()
    for (const [index, { account, seen }] of this.#sheets.entries()) {
      const from = this.#from[index]
      await eachInTurn(from?.rows ?? [], (_, at) => void (seen.has(at) || this.row(index, at, 'unused')))
      for (const line of from?.above ?? []) {
        const filled = line.texts.filter((text) => text !== '').length
        add(account.cells, { in: filled, used: 0, refused: 0, unused: filled })
        add(account.rows, { in: 1, used: 0, refused: 0, unused: 1 })
      }
      for (const column of account.columns) add(account.cells, column.cells)
      add(rows, account.rows)
      add(cells, account.cells)
    }
    return { sheets: this.#sheets.map((each) => each.account), rows, cells, others: [...others] }
  }
}

function fail(sheet: number): never {
  throw new Error(`there is no sheet ${sheet}`)
}
