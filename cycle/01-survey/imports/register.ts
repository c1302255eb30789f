// Lines of another department's list: one row is one line; it must name somebody.
import { createHash } from 'node:crypto'
import { auditDigest, auditMany } from '#registry/audit/audit.ts'
import type { Tx } from '#registry/transaction.ts'
import type { Reception } from '../receive/accept.ts'
import { registerRows, type RecordGiven } from '../registers/records.ts'
import { upsertRecords } from '../registers/store.ts'
import type { TableSheet } from '../sheets/table.ts'
import type { Unit } from './gather.ts'
import type { Plan } from './plan.ts'
import type { ImportAsked, ImportDone } from './run.ts'

export { registerFields } from './mapping.ts'

const textOf = (unit: Unit, field: string): string | null => {
  const value = unit.answers[field]
  return typeof value === 'string' ? value : null
}

/** Refuse lines that name nobody. */
export function lookAtLines(units: readonly Unit[], sheets: readonly TableSheet[], plan: Plan): void {
  const column = plan.household.find(({ name }) => name === 'national_id')?.column ?? -1
  for (const unit of units) {
    const [first] = unit.rows
    if (!first || unit.problems.length > 0) continue
    if (textOf(unit, 'national_id') !== null || textOf(unit, 'name') !== null) continue
    const sheet = sheets[first.sheet]
    unit.problems.push({
      sheet: sheet?.name ?? '',
      row: sheet?.rows[first.at]?.row ?? 0,
      column: sheet?.columns[column] ?? 'national_id',
      code: 'import_missing_value',
      message: 'The line names nobody.',
      hint: 'Give a number or a name.',
      got: '',
      expects: 'person',
    })
  }
}

/** A line of a list as a record; without a number of its own it is numbered by its content. */
export function recordOf(unit: Unit, sheets: readonly TableSheet[]): RecordGiven {
  const [first] = unit.rows
  const sheet = first && sheets[first.sheet]
  const texts = (first && sheet?.rows[first.at]?.texts) ?? []
  const cells = Object.fromEntries((sheet?.columns ?? []).map((column, index) => [column, texts[index] ?? '']))
  const content = createHash('sha256').update(JSON.stringify(cells)).digest('hex').slice(0, 24)
  const value = unit.answers['value']
  return {
    record_id: textOf(unit, 'record_id') ?? content,
    national_id: textOf(unit, 'national_id'),
    name: textOf(unit, 'name'),
    value: typeof value === 'number' ? value : null,
    detail: textOf(unit, 'detail'),
    since: textOf(unit, 'since'),
  }
}

/** Keep lines; one of the same number replaces the earlier, and the audit carries their digest. */
export async function takeLines(
  tx: Tx,
  reception: Reception,
  asked: ImportAsked,
  batch_id: string,
  units: readonly Unit[],
  done: Pick<ImportDone, 'rows_accepted' | 'rows_known'>,
): Promise<void> {
  const { county_code } = asked.place
  const records = units.map((unit) => recordOf(unit, asked.table.sheets))
  const rows = registerRows(reception, { county_code, register: asked.register, batch_id }, records)
  const accepted = await upsertRecords(tx, rows)
  done.rows_accepted += accepted
  done.rows_known += records.length - accepted
  if (accepted === 0) return
  const sha256 = auditDigest(rows.map((row) => [row.record_id, row.national_id_hash, row.name, row.value, row.detail]))
  await auditMany(tx, [
    {
      county_code,
      action: 'survey.import_register',
      subject_kind: 'register',
      subject_id: asked.register,
      detail: { count: accepted, sha256, batch_id },
    },
  ])
}
