// A row of a list that lies in quarantine: mended cell by cell and taken in as its list was.
import { z } from '@hono/zod-openapi'
import { placeInCounty } from '#door/permit/area.ts'
import { problem } from '#door/problems.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { keptRows, sheetsOfRows, type KeptRow } from '../imports/refused.ts'
import { listsOf, mappingSchema, type Mapping } from '../imports/mapping.ts'
import { lookAhead, takeHouseholds, type ImportAsked } from '../imports/run.ts'
import { takeLines } from '../imports/register.ts'
import type { Reception } from '../receive/accept.ts'
import { formOf } from '../forms/publish.ts'
import { readBatch } from '../imports/store.ts'

export interface CellMended {
  /** Number of the row in the item, from 0. */
  index: number
  column: string
  text: string
}

const aboutSchema = z.looseObject({
  batch_id: z.string(),
  batch_county: z.string().optional(),
  row: z.string().optional(),
})
const accountSchema = z.looseObject({ register: z.string().optional(), form_id: z.string().optional() })

/** The batch an item of a list came with; null where it is not to be seen. */
export async function batchOf(tx: ReadTx, item: { county_code: string; problem: unknown }) {
  const about = aboutSchema.safeParse(item.problem)
  if (!about.success) return null
  const { batch_id, batch_county } = about.data
  const batch = await readBatch(tx, batch_county ?? item.county_code, batch_id)
  return batch ? { ...batch, mapping: mappingSchema.parse(batch.mapping) } : null
}

/** Columns of each sheet that a mapping needs, though the kept rows may be blank in them. */
function headingsOf(mapping: Mapping): Record<string, string[]> {
  const { sheet = '', columns, household_key, identity } = mapping
  const own = [...Object.keys(columns), household_key, identity].filter((name) => name !== undefined)
  const lists = listsOf(mapping).map(({ sheet: name, columns: inner, parent_key, own_key }): [string, string[]] => [
    name,
    [...Object.keys(inner), parent_key, ...(own_key === undefined ? [] : [own_key])],
  ])
  return Object.fromEntries([[sheet, own], ...lists])
}

function mend(rows: readonly KeptRow[], cells: readonly CellMended[]): KeptRow[] {
  return rows.map(({ long: _slipped, ...row }, index) => {
    const changed = cells.filter((cell) => cell.index === index)
    // A mended cell is text, whatever the spreadsheet made of it.
    const kinds = { ...row.kinds }
    for (const { column } of changed) delete kinds[column]
    const texts = Object.fromEntries(changed.map(({ column, text }) => [column, text.trim()]))
    return { ...row, cells: { ...row.cells, ...texts }, kinds }
  })
}

/**
 * Take the rows of an item in, with mended cells, by the mapping they came with. Throws `survey_resolution_fails` with
 * what is still wrong by row and column.
 */
export async function takeRows(
  tx: Tx,
  reception: Reception,
  item: { county_code: string; problem: unknown },
  bytes: Uint8Array,
  cells: readonly CellMended[],
): Promise<void> {
  const batch = await batchOf(tx, item)
  if (!batch) throw problem('survey_resolution_fails', { detail: 'The import it came with is not here.' })
  const account = accountSchema.parse(batch.account)
  const mapping: Mapping = { earlier: 'replace', ...batch.mapping }
  const sheets = sheetsOfRows(mend(keptRows(bytes, mapping.sheet), cells), headingsOf(mapping))
  const asked: ImportAsked = {
    place: await placeInCounty(tx, batch.area_code),
    file_name: batch.file_name,
    file_sha256: '',
    table: { encoding: 'utf-8', encoding_sure: true, readings: [], others: [], sheets },
    // A list whose other sheet was all right has only this one here.
    mapping: {
      ...mapping,
      lists: listsOf(mapping).filter((list) => sheets.some((sheet) => sheet.name === list.sheet)),
      members: undefined,
    },
    kind: batch.kind === 'register' ? 'register' : 'submissions',
    source: batch.source,
    register: account.register ?? '',
    form: await formOf(tx, account.form_id ?? reception.pack.card_form),
  }
  const looked = await lookAhead(tx, reception, asked)
  const { problems, units } = looked
  if (problems.length > 0 || units.length === 0) {
    const errors = problems.map(({ row, column, message, got }) => ({ path: column, message, row, got }))
    throw problem('survey_resolution_fails', { detail: errors.map((each) => each.message).join(' '), errors })
  }
  const done: Parameters<typeof takeHouseholds>[5] = {
    ...{ rows_accepted: 0, rows_known: 0, rows_quarantined: 0, households: 0, replaced: 0 },
    problems: [],
  }
  if (asked.kind === 'register') await takeLines(tx, reception, asked, batch.batch_id, units, done)
  else await takeHouseholds(tx, reception, { ...asked, mapping: looked.mapping }, batch.batch_id, units, done)
  if (done.rows_quarantined > 0) {
    throw problem('survey_resolution_fails', { detail: done.problems.map((each) => each.message).join(' ') })
  }
}
