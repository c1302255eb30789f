// What an inspection finds: the inspector's answers under the same rules as everybody's, on the evaluation's date.
import { states, type StateOf } from '#registry/tables/states.ts'
import type { Answers } from '#door/personal.ts'
import type { Fields } from '#engines/xforms/answers/fields.ts'
import { judge, standAt, type IndicatorResult, type Rulebook } from '#packs/rulebook.ts'
import { fieldsOf } from '#engines/xforms/answers/fields.ts'
import { formOf } from '#packs/forms.ts'
import type { Pack } from '#packs/schema/schema.ts'

export const nonresponses = states['inspection.nonresponse']
export type Nonresponse = StateOf<'inspection.nonresponse'>

export interface Found {
  /** Null: the answers do not tell. */
  found_poor: boolean | null
  recognises_help: boolean | null
  people: number
  /** Criteria that fail, by code: what officials may see once it is published. */
  unmet: string[]
  unknown: string[]
  verdict: string | null
  indicators: Pick<IndicatorResult, 'code' | 'state' | 'reason' | 'missing'>[]
}

const fields = new WeakMap<Pack, Fields>()

export function inspectionFields(pack: Pack): Fields {
  const known = fields.get(pack)
  if (known) return known
  const made = fieldsOf(formOf(pack, 'household_inspection'))
  fields.set(pack, made)
  return made
}

/** Judge the answers of one inspection. Poor is what the rulebook's verdict calls eligible. */
export function inspect(book: Rulebook, answers: Answers, at: { area_code: string; date: string }): Found {
  const members = Array.isArray(answers.members) ? answers.members : []
  // An inspector sees no other department's list: what only those could tell stays unknown.
  // The form counts the members itself; answers entered by hand may lack the count.
  const record = { ...answers, household_size: members.length, registers: null }
  const judged = judge(book, record, standAt(book, at.date, at.area_code))
  const of = (state: string) => judged.indicators.flatMap((each) => (each.state === state ? [each.code] : []))
  const { verdict } = judged
  return {
    found_poor: verdict === 'eligible' ? true : verdict === 'not_eligible' ? false : null,
    recognises_help: typeof answers.recognises_help === 'boolean' ? answers.recognises_help : null,
    people: members.length,
    unmet: of('unmet'),
    unknown: of('unknown'),
    verdict,
    indicators: judged.indicators.map(({ code, state, reason, missing }) => ({ code, state, reason, missing })),
  }
}

/** A household that could not be inspected: nothing was found, and that is said. */
export function notInspected(): Found {
  return { found_poor: null, recognises_help: null, people: 0, unmet: [], unknown: [], verdict: null, indicators: [] }
}

/** Paths of answers that are not what the form asks for: unknown names, wrong kinds, choices that do not exist. */
export function faultsOf(form: Fields, answers: Answers): string[] {
  const faults: string[] = []
  for (const [name, value] of Object.entries(answers)) {
    if (value === null || value === undefined) continue
    const list = form.lists[name]
    if (list) {
      if (!Array.isArray(value)) faults.push(name)
      else {
        value.forEach((item, index) => {
          if (item === null || typeof item !== 'object') return faults.push(`${name}[${index}]`)
          for (const [inner, answer] of Object.entries(item)) {
            if (!fits(list[inner], answer)) faults.push(`${name}[${index}].${inner}`)
          }
          return index
        })
      }
    } else if (!fits(form.household[name], value)) faults.push(name)
  }
  if (!Array.isArray(answers.members) || answers.members.length === 0) faults.push('members')
  return faults
}

function fits(field: Fields['household'][string] | undefined, value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (!field) return false
  switch (field.type) {
    case 'bool':
      return typeof value === 'boolean'
    case 'int':
    case 'money':
      return Number.isSafeInteger(value)
    case 'decimal':
      return Number.isFinite(value)
    case 'choice':
      return typeof value === 'string' && (field.choices?.includes(value) ?? true)
    case 'choices':
      return Array.isArray(value)
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
    default:
      return true
  }
}
