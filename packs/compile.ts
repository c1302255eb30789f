import type { FieldKind, RuleRecord, RuleSchema } from '#engines/rules/schema.ts'
import type { Fields } from '#engines/xforms/answers/fields.ts'
import { compileOnce, type Ready, type Run } from './compile-once.ts'
import { alertSchemaOf, areaSchemaOf, ruleSchemaOf, verdictSchemaOf } from './schema/rules.ts'
import type { Pack, PackProblem } from './schema/schema.ts'

export type { Ready, Run }
type Closing = { income: Ready; expense: Ready | null }

/** Every rule of a pack, ready to run. Keys are the entries' codes; causes are keyed by code (`01`). */
export type CompiledPack = {
  schema: RuleSchema
  derived: { name: string; ready: Ready }[]
  indicators: Record<string, { met: Ready; applies: Ready | null }>
  verdicts: { code: Pack['verdicts'][number]['code']; ready: Ready }[]
  priority: Ready | null
  vetoes: Record<string, Ready>
  causes: Record<string, { rule: Ready; closes: Closing }>
  measures: Record<string, { condition: Ready; cost: Ready; closes: Closing }>
  exit: {
    household: Record<string, Ready>
    stops: Record<string, Ready>
    village: Record<string, Ready>
    county: Record<string, Ready>
  }
  alerts: Record<string, Ready>
}

const NUMBERS: FieldKind[] = ['money', 'int']

/** Compiles every rule of the pack against the card's fields. `compiled` is absent when one of them is refused. */
export function compilePack(
  pack: Pack,
  fields: Fields,
  compile: typeof compileOnce = compileOnce,
): { compiled?: CompiledPack; problems: PackProblem[] } {
  const problems: PackProblem[] = []
  const schema = ruleSchemaOf(pack, fields)
  const states = verdictSchemaOf(pack, schema)
  const area = areaSchemaOf(schema)

  const ready = (file: string, at: string, source: string, of: RuleSchema, kinds: FieldKind[] = ['bool']): Ready => {
    const found = compile(source, of)
    const report = (message: string, hint?: string) => {
      const found: PackProblem = { code: 'pack_bad_rule', file: `rules/${file}.yaml`, at, message }
      problems.push(hint === undefined ? found : { ...found, hint })
    }
    if (Array.isArray(found)) {
      for (const each of found) report(`${each.message} In: ${source.slice(each.start, each.end)}`, each.hint)
      return NEVER
    }
    const { type } = found.rule
    if (!kinds.includes(type)) report(`The rule must give ${kinds.join(' or ')}; it gives ${type}.`)
    return found
  }
  const closing = (file: string, at: string, closes: { income: string; expense?: string | undefined }): Closing => ({
    income: ready(file, `${at}.closes.income`, closes.income, schema, NUMBERS),
    expense: closes.expense === undefined ? null : ready(file, `${at}.closes.expense`, closes.expense, schema, NUMBERS),
  })
  const criteria = (list: { code: string; rule: string }[] | undefined, file: string, at: string, of: RuleSchema) =>
    Object.fromEntries((list ?? []).map(({ code, rule }) => [code, ready(file, `${at}${code}.rule`, rule, of)]))

  const compiled: CompiledPack = {
    schema,
    derived: pack.derived.map(({ name, rule, type }, index) => ({
      name,
      ready: ready('derived', `${name}.rule`, rule, ruleSchemaOf(pack, fields, index), [type, ...(MAY_BE[type] ?? [])]),
    })),
    indicators: Object.fromEntries(
      pack.indicators.map(({ code, met, applies }) => [
        code,
        {
          met: ready('indicators', `${code}.met`, met, schema),
          applies: applies === undefined ? null : ready('indicators', `${code}.applies`, applies, schema),
        },
      ]),
    ),
    verdicts: pack.verdicts.map(({ code, rule }) => ({ code, ready: ready('verdict', `${code}.rule`, rule, states) })),
    priority: pack.priority ? ready('verdict', 'priority.rule', pack.priority.rule, states, ['int', 'decimal']) : null,
    vetoes: criteria(pack.vetoes, 'vetoes', '', schema),
    causes: Object.fromEntries(
      pack.causes.map(({ code, rule, closes }) => [
        code,
        { rule: ready('causes', `${code}.rule`, rule, schema), closes: closing('causes', code, closes) },
      ]),
    ),
    measures: Object.fromEntries(
      pack.measures.map(({ code, condition, cost, closes }) => [
        code,
        {
          condition: ready('measures', `${code}.condition`, condition, schema),
          cost: ready('measures', `${code}.cost`, cost, schema, NUMBERS),
          closes: closing('measures', code, closes),
        },
      ]),
    ),
    exit: {
      household: criteria(pack.exit?.household, 'exit', 'household.', states),
      stops: criteria(pack.exit?.stops, 'exit', 'stops.', states),
      village: criteria(pack.exit?.village, 'exit', 'village.', area),
      county: criteria(pack.exit?.county, 'exit', 'county.', area),
    },
    alerts: criteria(pack.alerts, 'alerts', '', alertSchemaOf(schema)),
  }
  return problems.length === 0 ? { compiled, problems } : { problems }
}

/** Every rule of a pack with the schema it is compiled against, for who compiles them one by one beforehand. */
export function rulesIn(pack: Pack, fields: Fields): { source: string; schema: RuleSchema }[] {
  const found: { source: string; schema: RuleSchema }[] = []
  compilePack(pack, fields, (source, schema) => {
    found.push({ source, schema })
    return NEVER
  })
  return found
}

/** A whole number may stand where a decimal or a sum of money is declared. */
const MAY_BE: Record<string, FieldKind[]> = { money: ['int'], decimal: ['int'], int: [], bool: [] }

/** Stands in for a refused rule while the others are checked; it never leaves compilePack. */
const NEVER: Ready = {
  rule: {
    source: '',
    type: 'bool',
    root: { op: 'literal', type: 'bool', value: false, start: 0, end: 0 },
    fields: [],
    lists: {},
    parameters: [],
    uses_reference_date: false,
  },
  run: () => ({ value: null, unknown: true, missing: [] }),
}

/** The record with its derived fields added in order; what cannot be computed is null. `registers` defaults to none. */
export function completeRecord(
  compiled: Pick<CompiledPack, 'derived'>,
  record: RuleRecord,
  params: RuleRecord,
  reference_date: string,
): RuleRecord {
  const complete: RuleRecord = { registers: [], ...record }
  for (const { name, ready } of compiled.derived) complete[name] = ready.run(complete, params, reference_date).value
  return complete
}
