import { dateNumber, dateText } from './run/dates.ts'
import { isNumeric } from './schema.ts'
import type { FieldKind } from './schema.ts'

/**
 * What a standard fixes, with the date it took effect and where that is written. `area` is a code prefix ('36' for
 * everything that begins with 36; left out: everywhere). A value holds until the next one for the same area begins,
 * or to the end of `to` where that is given.
 */
export type DatedValue = {
  from: string
  to?: string
  value: number | string | boolean
  source: string
  area?: string
}

export type DatedParameter = {
  name: string
  type: FieldKind
  unit?: string
  /** What an area may set beside the nation's value: nothing, at least as much, at most as much, or anything. */
  local?: 'none' | 'at_least' | 'at_most' | 'any'
  values: DatedValue[]
}

export type ParameterProblem = {
  code: 'parameter_gap' | 'parameter_overlap' | 'parameter_date' | 'parameter_type' | 'parameter_local'
  name: string
  message: string
  hint: string
  from?: string
  area?: string
}

const HINTS: Record<ParameterProblem['code'], string> = {
  parameter_gap: 'Add a value for these days, or let the one before hold longer (leave out its to).',
  parameter_overlap: 'End the earlier value the day before the later one begins, or take one of the two away.',
  parameter_date: 'Write a day of the calendar as YYYY-MM-DD; to is the last day, on or after from.',
  parameter_type: 'Money is a whole number of minor units (fen); numbers stand without quotes.',
  parameter_local: 'Change the value, or what the parameter says an area may set (local).',
}

export type ParameterValues = {
  /** Name to value: what the evaluator and toSql take. A parameter without a value in force is left out: unknown. */
  values: Record<string, number | string | boolean>
  /** Name to the entry in force, with its date and source: what an explanation shows. */
  sources: Record<string, DatedValue>
  problems: ParameterProblem[]
}

const ofArea = (value: DatedValue): string => value.area ?? ''

/** The entry in force on a date for an area: the longest area prefix wins, then the latest beginning. */
function inForce(values: DatedValue[], date: string, area_code: string): DatedValue | undefined {
  return values
    .filter((value) => value.from <= date && (value.to === undefined || date <= value.to))
    .filter((value) => area_code.startsWith(ofArea(value)))
    .sort((a, b) => ofArea(b).length - ofArea(a).length || (a.from < b.from ? 1 : -1))[0]
}

/** Parameter values in force on a date (YYYY-MM-DD) for an area code; one problem per parameter without a value. */
export function parametersAt(parameters: DatedParameter[], date: string, area_code: string): ParameterValues {
  const found: ParameterValues = { values: {}, sources: {}, problems: [] }
  for (const { name, values } of parameters) {
    const entry = inForce(values, date, area_code)
    if (entry === undefined) {
      const message = `${name} has no value for area ${area_code || '(everywhere)'} on ${date}.`
      found.problems.push({
        code: 'parameter_gap',
        name,
        message,
        hint: HINTS.parameter_gap,
        from: date,
        area: area_code,
      })
    } else {
      found.values[name] = entry.value
      found.sources[name] = entry
    }
  }
  return found
}

/** Everything wrong with a set of dated parameters: gaps and overlaps per area, dates, types, local values not allowed. */
export function checkParameters(parameters: DatedParameter[]): ParameterProblem[] {
  return parameters.flatMap((parameter) => {
    const broken = parameter.values.flatMap((value) => entryProblems(parameter, value))
    return broken.length > 0 ? broken : [...orderProblems(parameter), ...localProblems(parameter)]
  })
}

function entryProblems({ name, type }: DatedParameter, value: DatedValue): ParameterProblem[] {
  const problem = (code: ParameterProblem['code'], message: string): ParameterProblem => ({
    code,
    name,
    message: `${name} from ${value.from}: ${message}`,
    hint: HINTS[code],
    from: value.from,
    ...(value.area === undefined ? {} : { area: value.area }),
  })
  const problems: ParameterProblem[] = []
  const dates = [value.from, ...(value.to === undefined ? [] : [value.to])]
  if (dates.some((date) => dateNumber(date) === undefined))
    problems.push(problem('parameter_date', 'dates are YYYY-MM-DD.'))
  else if (value.to !== undefined && value.to < value.from)
    problems.push(problem('parameter_date', 'it ends before it begins.'))
  if (!fits(value.value, type)) problems.push(problem('parameter_type', `the value is not of type ${type}.`))
  return problems
}

function fits(value: unknown, type: FieldKind): boolean {
  if (isNumeric(type))
    return typeof value === 'number' && (type === 'decimal' ? Number.isFinite(value) : Number.isSafeInteger(value))
  if (type === 'bool') return typeof value === 'boolean'
  return type === 'date' ? dateNumber(value) !== undefined : typeof value === 'string'
}

function orderProblems({ name, values }: DatedParameter): ParameterProblem[] {
  const problems: ParameterProblem[] = []
  for (const area of new Set(values.map(ofArea))) {
    const own = values.filter((value) => ofArea(value) === area).sort((a, b) => (a.from < b.from ? -1 : 1))
    const where = area === '' ? '' : ` in area ${area}`
    own.slice(1).forEach((next, index) => {
      const before = own[index]!
      const place = { name, from: next.from, ...(area === '' ? {} : { area }) }
      if (next.from === before.from || (before.to !== undefined && before.to >= next.from)) {
        problems.push({
          code: 'parameter_overlap',
          hint: HINTS.parameter_overlap,
          ...place,
          message: `${name}${where}: two values hold on ${next.from}.`,
        })
      } else if (before.to !== undefined && dayAfter(before.to) < next.from) {
        const message = `${name}${where}: no value from ${dayAfter(before.to)} until ${next.from}.`
        problems.push({ code: 'parameter_gap', hint: HINTS.parameter_gap, ...place, message })
      }
    })
  }
  return problems
}

function dayAfter(date: string): string {
  const [year, month, day] = [date.slice(0, 4), date.slice(5, 7), date.slice(8)].map(Number) as [number, number, number]
  const candidates = [
    year * 10_000 + month * 100 + day + 1,
    year * 10_000 + (month + 1) * 100 + 1,
    (year + 1) * 10_000 + 101,
  ]
  return candidates.map(dateText).find((text) => dateNumber(text) !== undefined)!
}

/** A local value is compared with the nation's on each day one of the two begins while both hold. */
function localProblems({ name, local = 'any', values }: DatedParameter): ParameterProblem[] {
  if (local === 'any') return []
  return values
    .filter((value) => value.area !== undefined && value.area !== '')
    .flatMap((value) => {
      const place = {
        code: 'parameter_local' as const,
        hint: HINTS.parameter_local,
        name,
        from: value.from,
        area: value.area!,
      }
      if (local === 'none') return [{ ...place, message: `${name}: area ${value.area} may not set its own value.` }]
      const after = values
        .filter((other) => ofArea(other) === value.area && other.from > value.from)
        .map((other) => other.from)
      const end = [value.to, ...after].filter((date) => date !== undefined).sort()[0]
      const days = [value.from, ...values.filter((other) => ofArea(other) === '').map((other) => other.from)]
      const wrong = days
        .filter((day) => day >= value.from && (end === undefined || day < end || day === value.from))
        .some((day) => {
          const nation = inForce(values, day, '')
          if (nation === undefined) return false
          return local === 'at_least' ? value.value < nation.value : value.value > nation.value
        })
      const bound = local === 'at_least' ? 'below' : 'above'
      return wrong ? [{ ...place, message: `${name}: the value of area ${value.area} is ${bound} the nation's.` }] : []
    })
}
