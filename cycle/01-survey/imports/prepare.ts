// A file and a mapping -> what an import would do, to the last cell, before anything is written.
import { createHash } from 'node:crypto'
import { eachInTurn } from '#door/jobs/in-turn.ts'
import type { Fields } from '#engines/xforms/answers/fields.ts'
import type { StateOf } from '#registry/tables/states.ts'
import { canonical } from '#registry/audit/audit.ts'
import type { Table, TableSheet } from '../sheets/table.ts'
import { Ledger, type Account, type SheetAccount } from './account.ts'
import { readCell, type CellCode, type Reading } from '../sheets/cell.ts'
import { Gatherer, type RowProblem, type Unit } from './gather.ts'
import type { Mapping } from './mapping.ts'
import { planOf, type ListPlan, type Pair, type Plan } from './plan.ts'
import { askEncoding, askReading, askRows, type Question } from './questions.ts'
import { isMetadata } from './suggest.ts'

export interface Prepared {
  mapping: Mapping
  plan: Plan
  units: Unit[]
  account: Account
  questions: Question[]
  problems: RowProblem[]
  households: number
  people: number
  /** Cells of choices that name none of them: what a person may translate, most frequent first. */
  unknown_values: { target: string; written: string; count: number }[]
}

export interface PrepareAsked {
  table: Table
  mapping: Mapping
  fields: Fields
  /** Whether rows are households: then area, people and lists of the form are looked at. */
  kind: StateOf<'import_batch.kind'>
  /** What only the registry or the kind knows: areas that are none, lines that name nobody. */
  look?: (units: readonly Unit[], sheets: readonly TableSheet[], plan: Plan) => Promise<void>
}

/** Read everything, refuse what cannot be read, and say what is still open. Writes nothing. */
export async function prepare(asked: PrepareAsked): Promise<Prepared> {
  const { table, fields, kind } = asked
  const { sheets } = table
  const plan = planOf(sheets, asked.mapping, fields)
  await breathe()
  const reading = await askReading(sheets, plan, asked.mapping)
  const mapping: Mapping = {
    ...asked.mapping,
    ...(reading.decimal === undefined ? {} : { decimal: reading.decimal }),
  }
  await breathe()
  const units = await new Gatherer(sheets, plan, mapping, fields).gather()
  if (kind === 'submissions' && mapping.no_people !== 'accept') refuseAlone(sheets, plan, units)
  await breathe()
  await asked.look?.(units, sheets, plan)
  await breathe()
  const lists = kind === 'submissions' ? Object.keys(fields.lists) : []
  const questions = [
    ...askEncoding(table, asked.mapping),
    ...askRows(sheets, plan, asked.mapping, lists, units),
    ...reading.questions,
  ]
  const good = units.filter((unit) => unit.problems.length === 0 && !unit.kept)
  await breathe()
  const account = await accountOf(table, plan, units, mapping)
  await breathe()
  return {
    mapping,
    plan,
    units,
    questions,
    account,
    problems: units.flatMap((unit) => unit.problems).sort((a, b) => a.row - b.row),
    households: good.length,
    people: good.reduce((sum, unit) => sum + unit.people, 0),
    unknown_values: await unknownValues(sheets, plan, mapping),
  }
}

/** Each pass over a long list takes a tenth of a second: between two of them others are answered. */
const breathe = () => new Promise((resolve) => setImmediate(resolve))

function refuseAlone(sheets: readonly TableSheet[], plan: Plan, units: readonly Unit[]): void {
  if (plan.lists.length + plan.long.length + plan.wide.length === 0) return
  for (const unit of units) {
    const [first] = unit.rows
    if (!first || first.sheet !== plan.sheet || unit.people > 0 || unit.problems.length > 0) continue
    const sheet = sheets[first.sheet]
    unit.problems.push({
      sheet: sheet?.name ?? '',
      row: sheet?.rows[first.at]?.row ?? 0,
      column: sheet?.columns[plan.key ?? -1] ?? '',
      code: 'import_no_people',
      message: 'No row names anybody of this household.',
      hint: 'Look whether its key is written alike in both sheets.',
      got: plan.key === null ? '' : (sheet?.rows[first.at]?.texts[plan.key] ?? ''),
      expects: 'person',
    })
  }
}

async function accountOf(table: Table, plan: Plan, units: readonly Unit[], mapping: Mapping): Promise<Account> {
  const ledger = new Ledger(table.sheets)
  if (plan.sheet >= 0) {
    const pairs = [...plan.household, ...[...plan.long, ...plan.wide].flatMap((each) => each.pairs)]
    lay(ledger, table.sheets, plan.sheet, 'household', '', pairs, [plan.key, plan.identity], mapping)
  }
  const below = (lists: readonly ListPlan[]): void => {
    for (const list of lists) {
      lay(ledger, table.sheets, list.sheet, 'list', list.list, list.pairs, [list.parent_key, list.own_key], mapping)
      below(list.inner)
    }
  }
  below(plan.lists)
  await eachInTurn(units, (unit) => {
    const fate = unit.problems.length > 0 ? 'refused' : unit.kept ? 'unused' : 'used'
    for (const here of unit.rows) ledger.row(here.sheet, here.at, fate, unit.left.get(here))
  })
  return await ledger.close(table.others)
}

const most_samples = 3

/** Say of every column of a sheet in use what it is for. */
function lay(
  ledger: Ledger,
  sheets: readonly TableSheet[],
  index: number,
  use: SheetAccount['use'],
  list: string,
  pairs: readonly Pair[],
  keys: readonly (number | null)[],
  reading: Reading,
): void {
  const sheet = sheets[index]
  if (!sheet) return
  const account = ledger.sheet(index)
  account.use = use
  if (list !== '') account.list = list
  const by_column = Map.groupBy(pairs, (pair) => pair.column)
  account.columns = sheet.columns.map((column, number) => {
    const [pair] = by_column.get(number) ?? []
    const cells = { in: 0, used: 0, refused: 0, unused: 0 }
    if (pair) {
      return { column, use: 'answer', target: pair.name, cells, samples: samplesOf(sheet, number, pair, reading) }
    }
    const samples = samplesOf(sheet, number, undefined, reading)
    if (keys.includes(number)) return { column, use: 'key', cells, samples }
    const why = isMetadata(column) ? 'metadata' : /^#\d+$/.test(column) ? 'no_heading' : 'not_mapped'
    return { column, use: 'unused', why, cells, samples }
  })
}

function samplesOf(sheet: TableSheet, column: number, pair: Pair | undefined, reading: Reading) {
  const seen = new Set<string>()
  const samples: { written: string; read: unknown; code: CellCode | null }[] = []
  for (const row of sheet.rows) {
    const written = row.texts[column] ?? ''
    if (written === '' || seen.has(written)) continue
    seen.add(written)
    const short = written.slice(0, 80)
    if (!pair || pair.target.choice !== undefined) samples.push({ written: short, read: null, code: null })
    else {
      const kind = (row.kinds?.[column] ?? 't') as 't'
      const answer = readCell(pair.target.field, { text: written, kind }, reading, pair.name.replace(/\[\d+\]/, ''))
      samples.push({
        written: short,
        read: 'code' in answer ? null : answer.value,
        code: 'code' in answer ? answer.code : null,
      })
    }
    if (samples.length === most_samples) break
  }
  return samples
}

async function unknownValues(
  sheets: readonly TableSheet[],
  plan: Plan,
  mapping: Mapping,
): Promise<Prepared['unknown_values']> {
  const counts = new Map<string, { target: string; written: string; count: number }>()
  const look = async (index: number, pairs: readonly Pair[]) => {
    for (const { column, name, target } of pairs) {
      if (!target.field.choices || target.choice !== undefined) continue
      const bare = name.replace(/\[\d+\]/, '')
      await eachInTurn(sheets[index]?.rows ?? [], (row) => {
        const text = row.texts[column] ?? ''
        if (text === '') return
        const kind = (row.kinds?.[column] ?? 't') as 't'
        const answer = readCell(target.field, { text, kind }, mapping, bare)
        if (!('code' in answer) || answer.code !== 'import_wrong_value') return
        const key = `${bare}\n${text}`
        const known = counts.get(key) ?? { target: bare, written: text, count: 0 }
        known.count++
        counts.set(key, known)
      })
    }
  }
  await look(plan.sheet, [...plan.household, ...[...plan.long, ...plan.wide].flatMap((each) => each.pairs)])
  const below = async (lists: readonly ListPlan[]): Promise<void> => {
    for (const list of lists) {
      await look(list.sheet, list.pairs)
      await below(list.inner)
    }
  }
  await below(plan.lists)
  return [...counts.values()].sort((a, b) => b.count - a.count).slice(0, 100)
}

/** The digest of a preview: the same file, mapping, form and sums give the same one, and anything else another. */
export function fingerprintOf(about: Record<string, string>, prepared: Prepared): string {
  const { mapping, account, questions, households, people } = prepared
  const { rows, cells } = account
  const open = questions.filter((each) => each.open).map((each) => each.code)
  const content = { ...about, mapping, rows, cells, open, households, people }
  return createHash('sha256')
    .update(canonical(JSON.parse(JSON.stringify(content))))
    .digest('hex')
    .slice(0, 32)
}
