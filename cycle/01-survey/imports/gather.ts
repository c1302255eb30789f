// Rows of a table -> households; what cannot be read is told by sheet, row and column, and the household it belongs to
// is refused whole. Nothing is dropped: every row of a sheet in use belongs to one household or is refused by name.
import { eachInTurn } from '#door/jobs/in-turn.ts'
import type { Fields } from '#engines/xforms/answers/fields.ts'
import type { Entry } from '#engines/xforms/answers/submission.ts'
import type { TableSheet } from '../sheets/table.ts'
import type { Expected } from '../sheets/cell.ts'
import type { Mapping } from './mapping.ts'
import { listsFilled, type ListPlan, type Pair, type Plan } from './plan.ts'
import { readRow, type RowCode } from '../sheets/read-row.ts'

/** Where a row stands: numbers of its sheet and of the row in it. */
export interface At {
  sheet: number
  at: number
}

export interface RowProblem {
  sheet: string
  row: number
  column: string
  code: RowCode
  message: string
  hint: string
  /** What stood in the cell. */
  got: string
  expects: Expected
}

/** A household of the table: its rows, and its answers or what is wrong. */
export interface Unit {
  /** What tells it in a later import of the same list; null where nothing does. */
  identity: string | null
  rows: At[]
  answers: Entry
  problems: RowProblem[]
  /** Columns, by row, that say something else than the row that counts. */
  left: Map<At, Set<number>>
  people: number
  /** It came before, and what came then stays: its rows are not used. */
  kept?: true
}

type Told = Pick<RowProblem, 'message' | 'hint' | 'expects'> & { got?: string }

export class Gatherer {
  readonly sheets: readonly TableSheet[]
  readonly plan: Plan
  readonly mapping: Mapping
  readonly fields: Fields
  #by_key = new Map<ListPlan, Map<string, At[]>>()
  #placed = new Map<ListPlan, Set<number>>()

  constructor(sheets: readonly TableSheet[], plan: Plan, mapping: Mapping, fields: Fields) {
    this.sheets = sheets
    this.plan = plan
    this.mapping = mapping
    this.fields = fields
    const index = (list: ListPlan): void => {
      this.#by_key.set(list, this.#rowsByKey(list))
      this.#placed.set(list, new Set())
      list.inner.forEach(index)
    }
    plan.lists.forEach(index)
  }

  /** The households in the order of the table, then the rows of people whose household is not there. */
  async gather(): Promise<Unit[]> {
    const units = this.#grouped()
    await eachInTurn(units, ({ unit, key }) => {
      this.#fill(unit)
      for (const list of this.plan.lists) this.#attach(unit, unit.answers, list, key)
      this.#finish(unit)
    })
    const orphans = [...this.#by_key].flatMap(([list, rows]) => this.#orphans(list, rows))
    return [...units.map(({ unit }) => unit), ...orphans]
  }

  #text(here: At, column: number | null): string {
    return column === null ? '' : (this.sheets[here.sheet]?.rows[here.at]?.texts[column] ?? '')
  }

  #problem(unit: Unit, here: At | undefined, column: string, code: RowCode, told: Told): void {
    const sheet = here && this.sheets[here.sheet]
    const row = (here && sheet?.rows[here.at]?.row) ?? 0
    unit.problems.push({ sheet: sheet?.name ?? '', row, column, code, got: '', ...told })
  }

  #rowsByKey(list: ListPlan): Map<string, At[]> {
    const rows = new Map<string, At[]>()
    let above = ''
    for (const at of this.sheets[list.sheet]?.rows.keys() ?? []) {
      const here = { sheet: list.sheet, at }
      const written = this.#text(here, list.parent_key)
      const key = written === '' && this.mapping.blank_key === 'above' ? above : written
      above = key
      const same = rows.get(key)
      if (same) same.push(here)
      else rows.set(key, [here])
    }
    return rows
  }

  /** The rows of the household sheet by key. A row nobody can place is a household of its own, refused. */
  #grouped(): { unit: Unit; key: string }[] {
    const { sheet: index, key: column, identity } = this.plan
    const sheet = this.sheets[index]
    const units: { unit: Unit; key: string }[] = []
    const by_key = new Map<string, { unit: Unit; key: string }>()
    let above: { unit: Unit; key: string } | undefined
    for (const at of sheet?.rows.keys() ?? []) {
      const here = { sheet: index, at }
      const key = this.#text(here, column)
      const blank = column !== null && key === ''
      const joined = blank && this.mapping.blank_key === 'above' ? above : key === '' ? undefined : by_key.get(key)
      const found = joined ?? { key, unit: { ...empty(), left: new Map<At, Set<number>>() } }
      found.unit.identity ??= this.#text(here, identity) || null
      found.unit.rows.push(here)
      if (!joined) {
        units.push(found)
        if (key !== '') by_key.set(key, found)
        if (blank && this.mapping.blank_key !== 'own') {
          this.#problem(found.unit, here, sheet?.columns[column ?? 0] ?? '', 'import_key_blank', {
            message: 'The row has no household key.',
            hint: 'Write the key of its household, or say before the import what such rows are.',
            expects: 'household',
          })
        }
      }
      above = found
    }
    return units
  }

  #fill(unit: Unit): void {
    const { plan } = this
    if (plan.long.length === 0 && unit.rows.length > 1) this.#keyTwice(unit)
    for (const here of unit.rows.slice()) {
      if (this.#slipped(unit, here)) continue
      this.#read(unit, here, plan.household, unit.answers)
      for (const { list, pairs } of [...plan.long, ...plan.wide]) this.#add(unit, unit.answers, list, here, pairs)
    }
    const first = unit.rows[0]
    const defaults = Object.entries(this.mapping.defaults ?? {})
    for (const [name, text] of defaults) {
      if (first && (unit.answers[name] ?? null) === null) this.#default(unit, first, name, text)
    }
  }

  #keyTwice(unit: Unit): void {
    for (const here of unit.rows) {
      const column = this.sheets[here.sheet]?.columns[this.plan.key ?? 0] ?? ''
      this.#problem(unit, here, column, 'import_key_twice', {
        message: `The key stands in ${unit.rows.length} rows, each of which is a household.`,
        hint: 'Give every household a key of its own.',
        got: this.#text(here, this.plan.key),
        expects: 'household',
      })
    }
  }

  #slipped(unit: Unit, here: At): boolean {
    if (!this.sheets[here.sheet]?.rows[here.at]?.long) return false
    this.#problem(unit, here, '', 'import_row_slipped', {
      message: 'The row has more cells than the list has headings: what follows a stray separator has slipped.',
      hint: 'Put quotes around the value that holds a separator, or save the list as a workbook.',
      expects: 'resolve',
    })
    return true
  }

  #default(unit: Unit, here: At, name: string, text: string): void {
    const field = Object.hasOwn(this.fields.household, name) ? this.fields.household[name] : undefined
    if (!field || text === '') return
    const cell = { text, kind: 't' as const }
    const pair: Pair = { column: -1, name, target: { list: '', index: 0, field } }
    const { entry, problems } = readRow(() => cell, [pair], this.mapping)
    Object.assign(unit.answers, entry)
    for (const { told } of problems) this.#problem(unit, here, name, told.code, told)
  }

  /** Read a row into an entry; what says something else than a row before is told, or left where the first row counts. */
  #read(unit: Unit, here: At, pairs: readonly Pair[], into: Entry): void {
    const row = this.sheets[here.sheet]?.rows[here.at]
    const columns = this.sheets[here.sheet]?.columns ?? []
    const cellAt = (column: number) => ({
      text: row?.texts[column] ?? '',
      kind: (row?.kinds?.[column] ?? 't') as 't',
    })
    const { entry, problems, from } = readRow(cellAt, pairs, this.mapping)
    for (const { column, told } of problems) this.#problem(unit, here, columns[column] ?? '', told.code, told)
    for (const [name, value] of Object.entries(entry)) {
      if (value === null) continue
      const before = into[name] ?? null
      if (before === null) into[name] = value
      else if (JSON.stringify(before) !== JSON.stringify(value)) {
        const differs = from.get(name) ?? []
        if (this.mapping.differing === 'first') {
          const left = unit.left.get(here) ?? new Set()
          for (const column of differs) left.add(column)
          unit.left.set(here, left)
        } else {
          const [column = -1] = differs
          this.#problem(unit, here, columns[column] ?? name, 'import_differs', {
            message: `The rows of this household do not agree on "${name}".`,
            hint: 'Write the same in every row, or leave it blank in all but one.',
            got: cellAt(column).text.slice(0, 60),
            expects: 'resolve',
          })
        }
      }
    }
  }

  #add(unit: Unit, into: Entry, list: string, here: At, pairs: readonly Pair[]): Entry | null {
    const name = list.split('.').at(-1) ?? list
    const entries = (into[name] ??= []) as Entry[]
    const entry: Entry = {}
    this.#read(unit, here, pairs, entry)
    if (Object.keys(entry).length === 0) return null
    entries.push(entry)
    return entry
  }

  /** Read the rows of a list's sheet that name this key, and in turn those that name each of them. */
  #attach(unit: Unit, into: Entry, list: ListPlan, key: string): void {
    if (key === '') return
    for (const here of this.#by_key.get(list)?.get(key) ?? []) {
      const placed = this.#placed.get(list)
      // Keys within a list stand once; a second row of one key must not take the same rows again.
      if (placed?.has(here.at)) continue
      placed?.add(here.at)
      unit.rows.push(here)
      if (this.#slipped(unit, here)) continue
      const entry = this.#add(unit, into, list.list, here, list.pairs)
      const own = this.#text(here, list.own_key)
      for (const inner of list.inner) {
        if (!this.#by_key.get(inner)?.has(own)) continue
        // Somebody of whom nothing is known but what is below him still is an entry.
        const holder = entry ?? {}
        if (entry === null) (into[list.list.split('.').at(-1) ?? ''] as Entry[]).push(holder)
        this.#attach(unit, holder, inner, own)
      }
    }
  }

  #finish(unit: Unit): void {
    const { answers } = unit
    for (const list of Object.keys(this.fields.lists)) if (!list.includes('.')) answers[list] ??= []
    const people = (answers['members'] ?? []) as Entry[]
    unit.people = people.length
    // Without a list of people the number of them is not known, rather than none.
    if ('household_size' in this.fields.household && listsFilled(this.plan).has('members')) {
      answers['household_size'] ??= people.length
    }
    if (unit.problems.length > 0 || (answers['area_code'] ?? null) !== null) return
    if (!('area_code' in this.fields.household)) return
    const column = this.plan.household.find(({ name }) => name === 'area_code')?.column ?? -1
    const heading = this.sheets[this.plan.sheet]?.columns[column] ?? 'area_code'
    this.#problem(unit, unit.rows[0], heading, 'import_missing_value', {
      message: 'The household has no area code.',
      hint: 'Fill in the code of the area, or give one for all rows.',
      expects: 'area',
    })
  }

  #orphans(list: ListPlan, rows: ReadonlyMap<string, At[]>): Unit[] {
    const column = this.sheets[list.sheet]?.columns[list.parent_key] ?? ''
    return [...rows].flatMap(([key, all]) => {
      const left = all.filter((here) => !this.#placed.get(list)?.has(here.at))
      if (left.length === 0) return []
      const unit: Unit = { ...empty(), rows: left, left: new Map() }
      for (const here of left) {
        this.#problem(unit, here, column, key === '' ? 'import_key_blank' : 'import_no_household', {
          message: key === '' ? 'The row names no household.' : `No row "${key}" stands in the other sheet.`,
          hint: 'Add the household, or correct the key.',
          got: key,
          expects: 'household',
        })
      }
      return [unit]
    })
  }
}

const empty = (): Omit<Unit, 'left'> => ({ identity: null, rows: [], answers: {}, problems: [], people: 0 })
