// What a workbook holds, free of any spreadsheet program: sheets of rows of cells, numbered as a person sees them.

/** The value of one cell, as the file stores it. Empty cells do not appear. */
export interface SheetCell {
  /** Column, from 1. */
  column: number
  kind: 'text' | 'number' | 'boolean' | 'date' | 'error'
  /**
   * As text: a number without grouping and with a decimal point, `TRUE` or `FALSE`, a date as `YYYY-MM-DD`, with
   * ` HH:MM:SS` where it has a time, a time alone as `HH:MM:SS`, an error as the program shows it (`#REF!`).
   */
  text: string
  /** Only with numbers: false where the file holds more digits than a double keeps (above 2^53), so some are lost. */
  exact?: boolean
}

export interface SheetRow {
  /** Row, from 1. */
  row: number
  cells: SheetCell[]
}

/** A block of cells shown as one; its value stands in the first. Rows and columns from 1, ends included. */
export interface Merge {
  top: number
  left: number
  bottom: number
  right: number
}

export interface Sheet {
  name: string
  hidden: boolean
  /** Rows that hold a value, in order. */
  rows: SheetRow[]
  merges: Merge[]
}
