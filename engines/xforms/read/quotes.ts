// Word processors turn ' and " into curly quotation marks, which no expression may hold: they are turned back, and said.
import type { Column } from './columns.ts'
import type { FormRemark } from '../model.ts'
import type { Row, Sheet } from './workbook.ts'

// Text for people keeps the quotation marks of its language.
const EXPRESSIONS = new Set([
  ...['relevant', 'constraint', 'required', 'readonly', 'calculation', 'default', 'choice_filter', 'repeat_count'],
  ...['trigger', 'instance_name', 'entity_id', 'create_if', 'update_if'],
])
const SINGLE = /[\u2018\u2019\u201a\u201b]/g
const DOUBLE = /[\u201c\u201d\u201e\u201f]/g

/** The rows of a sheet with straight quotation marks in the columns that hold expressions; what was mended is added. */
export function straighten(sheet: Sheet, columns: readonly Column[], remarks: FormRemark[]): Row[] {
  const mended = columns.filter((column) => EXPRESSIONS.has(column.key))
  return sheet.rows.map((row) => {
    const cells = { ...row.cells }
    for (const { header } of mended) {
      const written = cells[header]
      const straight = written?.replaceAll(SINGLE, "'").replaceAll(DOUBLE, '"')
      if (straight === undefined || straight === written) continue
      cells[header] = straight
      remarks.push({
        code: 'form_quotes_straightened',
        message: `Curly quotation marks were made straight: ${straight}`,
        sheet: sheet.name,
        row: row.row,
        column: header,
      })
    }
    return { row: row.row, cells }
  })
}
