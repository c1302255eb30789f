// What a reader hands to the form builder: sheets of rows, each row with the number a person sees in the spreadsheet.

export type Row = { row: number; cells: Record<string, string> }
export type Sheet = { name: string; headers: string[]; rows: Row[] }
export type Workbook = { sheets: Record<string, Sheet> }

/** The sheet's name as the builder looks it up: `Survey ` and `survey` are one sheet. */
export function sheetName(name: string): string {
  return name.trim().toLowerCase().replaceAll(/\s+/g, '_')
}
