import { parametersAt as engineParametersAt } from '#engines/rules/parameters.ts'
import type { DatedParameter, ParameterValues } from '#engines/rules/parameters.ts'
import type { FieldType, RuleSchema } from '#engines/rules/schema.ts'
import type { Field, Fields } from '#engines/xforms/answers/fields.ts'
import type { Derived, Pack, Parameter } from './schema.ts'

/** Positions, pictures and times of day are no matter for a rule. */
const SILENT = new Set(['geopoint', 'media', 'datetime'])

/** One register entry that was matched to a member of the household. */
const registerFields = (pack: Pack): Record<string, FieldType> => ({
  register: { type: 'choice', choices: pack.registers },
  national_id: { type: 'text' },
  name: { type: 'text' },
  value: { type: 'money', minor_units: pack.currency.minor_units, ...moneyUnit(pack) },
  detail: { type: 'text' },
  since: { type: 'date' },
})

/** The unit that the pack's own money parameters name (`yuan`), so that register values compare with them. */
function moneyUnit(pack: Pack): { unit?: string } {
  const unit = pack.parameters.find((parameter) => parameter.type === 'money')?.unit
  return unit === undefined ? {} : { unit }
}

function typeOfField(field: Field, bounds: { min?: number; max?: number } | undefined): FieldType {
  return {
    type: field.type as FieldType['type'],
    ...(field.unit === undefined ? {} : { unit: field.unit }),
    ...(field.choices === undefined ? {} : { choices: field.choices }),
    ...(field.minor_units === undefined ? {} : { minor_units: field.minor_units }),
    ...bounds,
  }
}

function typesOf(fields: Record<string, Field>, pack: Pack): Record<string, FieldType> {
  return Object.fromEntries(
    Object.values(fields)
      .filter((field) => !SILENT.has(field.type))
      .map((field) => [field.name, typeOfField(field, pack.field_bounds[field.name])]),
  )
}

const typeOfNumber = (of: Derived | Parameter, pack: Pack): FieldType => ({
  type: of.type,
  ...(of.unit === undefined ? {} : { unit: of.unit }),
  ...(of.type === 'money' ? { minor_units: pack.currency.minor_units } : {}),
})

/**
 * What a rule of the pack may read: the card's fields, the derived fields, `members`, `registers`, `params`.
 * `derived` limits how many derived fields are known: each may read only those before it.
 */
export function ruleSchemaOf(pack: Pack, fields: Fields, derived = pack.derived.length): RuleSchema {
  return {
    household: {
      ...typesOf(fields.household, pack),
      ...Object.fromEntries(pack.derived.slice(0, derived).map((each) => [each.name, typeOfNumber(each, pack)])),
    },
    lists: {
      ...Object.fromEntries(Object.entries(fields.lists).map(([list, own]) => [list, typesOf(own, pack)])),
      registers: registerFields(pack),
    },
    parameters: Object.fromEntries(pack.parameters.map((each) => [each.code, typeOfNumber(each, pack)])),
    ...(pack.parts === undefined ? {} : { parts: pack.parts }),
  }
}

/** For the verdict, priority and exit: the record, and each indicator's state as `met_<code>` (missing = unknown). */
export function verdictSchemaOf(pack: Pack, schema: RuleSchema): RuleSchema {
  const states = pack.indicators.map(({ code }): [string, FieldType] => [`met_${code}`, { type: 'bool' }])
  return { ...schema, household: { ...schema.household, ...Object.fromEntries(states) } }
}

/** For alerts: the record of today, and that of the visit before as `previous_<field>`. */
export function alertSchemaOf(schema: RuleSchema): RuleSchema {
  const before = Object.entries(schema.household).map(([name, type]): [string, FieldType] => [`previous_${name}`, type])
  return { ...schema, household: { ...schema.household, ...Object.fromEntries(before) } }
}

/** What village and county criteria read: rates in percent, as estimated or counted. */
export const AREA_FACTS = ['incidence_percent', 'wrong_exit_percent', 'missed_percent', 'recognition_percent'] as const
export function areaSchemaOf(schema: RuleSchema): RuleSchema {
  const facts = AREA_FACTS.map((name): [string, FieldType] => [name, { type: 'decimal', unit: 'percent' }])
  return { household: Object.fromEntries(facts), lists: {}, parameters: schema.parameters }
}

/** The pack's parameters as the rules engine takes them. */
export function datedParameters(pack: Pack): DatedParameter[] {
  return pack.parameters.map(({ code, type, unit, local, values }) => ({
    name: code,
    type,
    unit,
    ...(local === undefined ? {} : { local }),
    values: values.map(({ from, to, area, value, source }) => ({
      from,
      ...(to === undefined ? {} : { to }),
      ...(area === undefined ? {} : { area }),
      value,
      source: source.title[pack.default_language] ?? Object.values(source.title)[0] ?? '',
    })),
  }))
}

/** Parameter values in force on a day (YYYY-MM-DD) for an area ('' = the nation). */
export const parametersAt = (pack: Pack, date: string, area_code = ''): ParameterValues =>
  engineParametersAt(datedParameters(pack), date, area_code)
