// What a file leaves open: asked of the person who brings it, with what each answer would make of his own values. An
// import with an open question does not begin.
import { eachInTurn } from '#door/jobs/in-turn.ts'
import type { TableSheet } from '../sheets/table.ts'
import { encodings } from '../sheets/csv.ts'
import type { Unit } from './gather.ts'
import { blankKeys, differings, earliers, noPeople, type Mapping } from './mapping.ts'
import { listsFilled, type ListPlan, type Pair, type Plan } from './plan.ts'
import { dateOrders, decimalSigns, readingsOfDate, readingsOfNumber } from './written.ts'

export const questionCodes = [
  'mapping',
  'encoding',
  'decimal',
  'date_order',
  'blank_key',
  'differing',
  'no_people',
  'list_missing',
  'earlier',
] as const

export interface Question {
  code: (typeof questionCodes)[number]
  /** The answers there are; empty where the mapping itself must change. */
  choices: string[]
  /** What the file's other values speak for; never taken without being asked. */
  suggested: string | null
  answer: string | null
  open: boolean
  /** How many cells, rows or households it concerns. */
  count: number
  /** Lists, columns or questions it is about. */
  names: string[]
  examples: { row: number; column: string; written: string; readings: Record<string, string> }[]
}

const shown = 5

type About = Partial<Pick<Question, 'suggested' | 'names' | 'examples'>>

export function ask(
  code: Question['code'],
  choices: readonly string[],
  answer: string | undefined,
  count: number,
  about: About = {},
): Question[] {
  if (count === 0) return []
  const given = answer !== undefined && choices.includes(answer) ? answer : null
  const open = given === null
  return [
    { code, choices: [...choices], suggested: null, answer: given, open, count, names: [], examples: [], ...about },
  ]
}

/** Every pair of a plan with the sheet it belongs to. */
function* pairsOf(plan: Plan): Generator<{ sheet: number; pair: Pair }> {
  const of = (sheet: number, pairs: readonly Pair[]) => pairs.map((pair) => ({ sheet, pair }))
  yield* of(plan.sheet, [...plan.household, ...[...plan.long, ...plan.wide].flatMap((each) => each.pairs)])
  const below = function* (lists: readonly ListPlan[]): Generator<{ sheet: number; pair: Pair }> {
    for (const list of lists) {
      yield* of(list.sheet, list.pairs)
      yield* below(list.inner)
    }
  }
  yield* below(plan.lists)
}

/** Questions about signs and orders, and what is settled without one: a file in which every number has one reading. */
export async function askReading(sheets: readonly TableSheet[], plan: Plan, mapping: Mapping) {
  const numbers = {
    open: 0,
    point: 0,
    comma: 0,
    commas: 0,
    examples: [] as Question['examples'],
    names: new Set<string>(),
  }
  const dates = { open: 0, dmy: 0, mdy: 0, examples: [] as Question['examples'], names: new Set<string>() }
  for (const { sheet: index, pair } of pairsOf(plan)) {
    const { field, choice } = pair.target
    const sheet = sheets[index]
    const number = field.type === 'int' || field.type === 'decimal' || field.type === 'money'
    if (!sheet || choice !== undefined || (!number && field.type !== 'date')) continue
    const column = sheet.columns[pair.column] ?? ''
    await eachInTurn(sheet.rows, (row) => {
      const written = (row.texts[pair.column] ?? '').normalize('NFKC').trim()
      if (written === '' || (row.kinds?.[pair.column] ?? 't') !== 't') return
      if (number) {
        if (/^[+-]?\d+$/.test(written)) return
        const { point, comma } = readingsOfNumber(field, written)
        if (point !== undefined && comma !== undefined) {
          if (Number(point) === Number(comma)) return
          numbers.open++
          if (written.includes(',')) numbers.commas++
          numbers.names.add(column)
          if (numbers.examples.length < shown) {
            numbers.examples.push({ row: row.row, column, written, readings: { point, comma } })
          }
        } else if (point !== undefined) numbers.point++
        else if (comma !== undefined) numbers.comma++
      } else {
        const { dmy, mdy } = readingsOfDate(written)
        if (dmy !== undefined && mdy !== undefined) {
          if (dmy === mdy) return
          dates.open++
          dates.names.add(column)
          if (dates.examples.length < shown)
            dates.examples.push({ row: row.row, column, written, readings: { dmy, mdy } })
        } else if (dmy !== undefined) dates.dmy++
        else if (mdy !== undefined) dates.mdy++
      }
    })
  }
  const mixed = numbers.point > 0 && numbers.comma > 0
  // Machines write a point: where 2.5 stands beside 2.625 and no comma anywhere, 2.625 is no thousand.
  const settled = numbers.commas === 0 && numbers.comma === 0 && numbers.point > 0
  const decimals = (numbers.open > 0 && !settled) || mixed ? Math.max(1, numbers.open) : 0
  const orders = dates.open > 0 || (dates.dmy > 0 && dates.mdy > 0) ? Math.max(1, dates.open) : 0
  const questions = [
    ...ask('decimal', decimalSigns, mapping.decimal, decimals, {
      suggested: mixed ? null : numbers.comma > 0 ? 'comma' : numbers.point > 0 ? 'point' : null,
      names: [...numbers.names],
      examples: numbers.examples,
    }),
    ...ask('date_order', dateOrders, mapping.date_order, orders, {
      suggested: dates.dmy > 0 === dates.mdy > 0 ? null : dates.dmy > 0 ? 'dmy' : 'mdy',
      names: [...dates.names],
      examples: dates.examples,
    }),
  ]
  const decimal = mapping.decimal ?? (decimals === 0 && settled ? ('point' as const) : undefined)
  return { questions, decimal, date_order: mapping.date_order }
}

/** Questions about rows: without a key, contradicting, without people, and lists of the form that the file lacks. */
export function askRows(
  sheets: readonly TableSheet[],
  plan: Plan,
  mapping: Mapping,
  lists: readonly string[],
  units: readonly Unit[],
): Question[] {
  const faults = plan.faults.map(({ code, name }) => `${code}: ${name}`)
  const filled = listsFilled(plan)
  const missing = lists.filter((list) => !filled.has(list) && !list.includes('.'))
  const unsaid = missing.filter((list) => !mapping.without_lists?.includes(list))
  const blank = [...blankRows(sheets, plan)]
  const differing = units.filter(
    (unit) => unit.left.size > 0 || unit.problems.some((each) => each.code === 'import_differs'),
  )
  const alone = filled.has('members') ? units.filter((unit) => isAlone(unit)) : []
  return [
    ...ask('mapping', [], undefined, faults.length, { names: faults }),
    ...ask('blank_key', blankKeys, mapping.blank_key, blank.length, { examples: blank.slice(0, shown) }),
    ...ask('differing', differings, mapping.differing, differing.length, {
      examples: differing.slice(0, shown).flatMap((unit) =>
        unit.problems
          .filter((each) => each.code === 'import_differs')
          .slice(0, 1)
          .map(({ row, column, got }) => ({ row, column, written: got, readings: {} })),
      ),
    }),
    ...ask('no_people', noPeople, mapping.no_people, alone.length, {
      examples: alone.slice(0, shown).map((unit) => {
        const [first] = unit.rows
        const row = first ? (sheets[first.sheet]?.rows[first.at]?.row ?? 0) : 0
        return { row, column: '', written: unit.identity ?? '', readings: {} }
      }),
    }),
    ...ask('list_missing', ['without'], unsaid.length === 0 ? 'without' : undefined, missing.length, {
      names: missing,
    }),
  ]
}

/** A household in order, or refused for nothing else, for which nobody is named. */
const isAlone = (unit: Unit): boolean =>
  unit.people === 0 && unit.identity !== null && unit.problems.every((each) => each.code === 'import_no_people')

function* blankRows(sheets: readonly TableSheet[], plan: Plan): Generator<Question['examples'][number]> {
  const below = (lists: readonly ListPlan[]): ListPlan[] => lists.flatMap((list) => [list, ...below(list.inner)])
  const keyed = [
    ...(plan.key === null ? [] : [{ sheet: plan.sheet, column: plan.key }]),
    ...below(plan.lists).map((list) => ({ sheet: list.sheet, column: list.parent_key })),
  ]
  for (const { sheet: index, column } of keyed) {
    const sheet = sheets[index]
    for (const row of sheet?.rows ?? []) {
      if ((row.texts[column] ?? '') !== '') continue
      const written = row.texts
        .filter((text) => text !== '')
        .slice(0, 4)
        .join(' · ')
      yield { row: row.row, column: sheet?.columns[column] ?? '', written, readings: {} }
    }
  }
}

/** Whether the bytes were read in an encoding that fits them alone. */
export function askEncoding(
  table: { encoding_sure: boolean; encoding: string; readings: { encoding: string; sample: string }[] },
  mapping: Mapping,
): Question[] {
  if (table.readings.length === 0) return []
  const readings = Object.fromEntries(table.readings.map(({ encoding, sample }) => [encoding, sample]))
  const choices = encodings.filter((encoding) => encoding in readings)
  return ask('encoding', choices, mapping.encoding, 1, {
    suggested: table.encoding,
    examples: [{ row: 0, column: '', written: '', readings }],
  })
}

export const askEarlier = (mapping: Mapping, names: readonly string[]): Question[] =>
  ask('earlier', earliers, mapping.earlier, names.length, { names: names.slice(0, shown) })
