// One import from the file to the registry: the good rows in, the bad ones in quarantine, a report by row.
import { createHash, randomUUID } from 'node:crypto'
import type { Place } from '#door/area.ts'
import { problem } from '#door/problems.ts'
import { auditDigest, auditMany } from '#registry/audit.ts'
import type { Tx } from '#registry/transaction.ts'
import { fieldsOf } from '#engines/xforms/fields.ts'
import { acceptSubmissions, type Reception } from './accept.ts'
import { gatherHouseholds, gatherRecords, type Gathered, type RowProblem } from './import.ts'
import { registerFields, type Mapping } from './mapping.ts'
import { formOf } from './publish.ts'
import { quarantineItem } from './quarantine.ts'
import { auditOutcomes } from './reception.ts'
import { registerRows } from './register-records.ts'
import { insertBatch } from './store-imports.ts'
import { insertQuarantine } from './store-quarantine.ts'
import { upsertRecords } from './store-registers.ts'
import type { Table, TableRow } from './table.ts'

export interface ImportAsked {
  place: Place & { county_code: string }
  file_name: string
  bytes: Uint8Array
  table: Table
  mapping: Mapping
  kind: 'submissions' | 'register'
  register?: string | undefined
}

export interface ImportDone {
  batch_id: string
  rows_read: number
  rows_accepted: number
  rows_known: number
  rows_quarantined: number
  problems: RowProblem[]
}

// Submissions are taken in by so many at a time: one statement each, a few MB.
const chunk = 500
// A file in the wrong shape has a problem in every row: the report keeps the first ones, quarantine keeps all rows.
const most_problems = 1000

/** Import a table in one transaction. Throws `survey_mapping_incomplete` when nothing of a household is mapped. */
export async function runImport(tx: Tx, reception: Reception, asked: ImportAsked): Promise<ImportDone> {
  if (Object.keys(asked.mapping.columns).length === 0) {
    throw problem('survey_mapping_incomplete', {
      errors: [{ path: 'mapping.columns', message: 'No column is mapped.' }],
    })
  }
  const batch_id = randomUUID()
  const done =
    asked.kind === 'register'
      ? await importRegister(tx, reception, asked, batch_id)
      : await importHouseholds(tx, reception, asked, batch_id)
  const file_sha256 = createHash('sha256').update(asked.bytes).digest('hex')
  const { county_code, area_code } = asked.place
  await insertBatch(tx, {
    county_code,
    batch_id,
    area_code,
    kind: asked.kind,
    file_name: asked.file_name,
    file_sha256,
    mapping: JSON.stringify(asked.mapping),
    rows_read: done.rows_read,
    rows_accepted: done.rows_accepted,
    rows_quarantined: done.rows_quarantined,
    problems: JSON.stringify(done.problems),
    imported_at: reception.now,
    account_id: reception.actor.account_id,
  })
  await auditMany(tx, [
    {
      county_code,
      action: 'survey.import',
      subject_kind: 'import_batch',
      subject_id: batch_id,
      detail: { file_sha256, kind: asked.kind, rows_read: done.rows_read, rows_accepted: done.rows_accepted },
    },
  ])
  return { batch_id, ...done }
}

type Counted = Omit<ImportDone, 'batch_id'>

async function importHouseholds(tx: Tx, reception: Reception, asked: ImportAsked, batch_id: string): Promise<Counted> {
  const { form } = await formOf(tx, reception.pack.card_form)
  const gathered = gatherHouseholds(asked.table.sheets, asked.mapping, form, fieldsOf(form))
  const good = gathered.filter((each) => each.xml !== undefined)
  const bad = gathered.filter((each) => each.xml === undefined)
  const problems = bad.flatMap((each) => each.problems)
  let rows_accepted = 0
  let rows_known = 0
  let rows_quarantined = await quarantineRows(tx, reception, asked, batch_id, bad)
  for (let start = 0; start < good.length; start += chunk) {
    const some = good.slice(start, start + chunk)
    const outcomes = await acceptSubmissions(
      tx,
      reception,
      some.map((each) => ({ xml: each.xml ?? Buffer.alloc(0), source: `import ${batch_id}` })),
    )
    outcomes.forEach((outcome, index) => {
      const rows = some[index]?.rows ?? []
      if (outcome.state === 'accepted') rows_accepted += rows.length
      else if (outcome.state === 'duplicate') rows_known += rows.length
      else {
        rows_quarantined += rows.length
        const hint = 'It is in quarantine: correct it there, or correct the row and import it again.'
        problems.push({
          row: rows[0]?.row ?? 0,
          column: 'area_code',
          code: 'import_refused',
          message: outcome.message,
          hint,
          got: '',
          expects: 'resolve',
        })
      }
    })
    await auditOutcomes(tx, reception, outcomes)
  }
  problems.sort((a, b) => a.row - b.row)
  const rows_read = gathered.reduce((sum, each) => sum + each.rows.length, 0)
  return { rows_read, rows_accepted, rows_known, rows_quarantined, problems: problems.slice(0, most_problems) }
}

async function importRegister(tx: Tx, reception: Reception, asked: ImportAsked, batch_id: string): Promise<Counted> {
  const register = asked.register ?? ''
  if (!reception.pack.registers.includes(register)) {
    const known = reception.pack.registers.join(', ')
    throw problem('request_invalid', { detail: `"${register}" is no register of the pack: ${known}.` })
  }
  const gathered = gatherRecords(asked.table.sheets, asked.mapping, registerFields(reception.pack.currency.minor_units))
  const records = gathered.flatMap((each) => (each.record ? [each.record] : []))
  const bad = gathered.filter((each) => each.problems.length > 0)
  const source = { county_code: asked.place.county_code, register, batch_id }
  const rows = registerRows(reception, source, records)
  const rows_accepted = await upsertRecords(tx, rows)
  const some = bad.map(({ row, problems }): Gathered => ({ rows: [row], problems }))
  const rows_quarantined = await quarantineRows(tx, reception, asked, batch_id, some)
  if (rows_accepted > 0) {
    const sha256 = auditDigest(
      rows.map((row) => [row.record_id, row.national_id_hash, row.name, row.value, row.detail]),
    )
    const detail = { count: rows_accepted, sha256, batch_id }
    const { county_code } = asked.place
    await auditMany(tx, [
      { county_code, action: 'survey.import_register', subject_kind: 'register', subject_id: register, detail },
    ])
  }
  return {
    rows_read: gathered.length,
    rows_accepted,
    rows_known: records.length - rows_accepted,
    rows_quarantined,
    problems: bad.flatMap((each) => each.problems).slice(0, most_problems),
  }
}

/** Bad rows, each household whole, as JSON of its cells. Returns how many rows that were. */
async function quarantineRows(
  tx: Tx,
  reception: Reception,
  asked: ImportAsked,
  batch_id: string,
  bad: readonly Gathered[],
): Promise<number> {
  const items = bad.map(({ rows, problems }) =>
    quarantineItem(reception, {
      bytes: Buffer.from(JSON.stringify(rows.map((row: TableRow) => row.cells))),
      source: 'import',
      content_type: 'application/json',
      code: 'survey_row_invalid',
      message: problems.map(({ row, column, hint }) => `Row ${row}, ${column}: ${hint}`).join(' '),
      about: { batch_id, file_name: asked.file_name, row: String(rows[0]?.row ?? 0), cells: JSON.stringify(problems) },
    }),
  )
  for (let start = 0; start < items.length; start += chunk)
    await insertQuarantine(tx, items.slice(start, start + chunk))
  return bad.reduce((sum, each) => sum + each.rows.length, 0)
}
