import { contradictions } from '#engines/rules/contradict/contradict.ts'
import type { Claims, Contradiction } from '#engines/rules/contradict/contradict.ts'
import type { RuleRecord, RuleSchema } from '#engines/rules/schema.ts'
import type { Search } from '#engines/rules/contradict/witness.ts'
import { completeRecord } from '../compile.ts'
import type { CompiledPack, Ready } from '../compile.ts'
import { alertSchemaOf, areaSchemaOf, parametersAt, verdictSchemaOf } from '../schema/rules.ts'
import type { Pack, PackProblem } from '../schema/schema.ts'

/**
 * Rules of a compiled pack that cannot be meant: an indicator that can never be met or never be unmet, a cause or a
 * measure that can never apply, a household that is both poor and not poor, exit criteria that nobody can meet
 * together. Each is proved or shown with a household that was worked through the whole pack; what is not shown is not
 * reported. Clauses that merely say nothing are let stand.
 */
export function checkContradictions(pack: Pack, compiled: CompiledPack): PackProblem[] {
  const base = withinValues(pack, compiled.schema)
  const states = verdictSchemaOf(pack, base)
  const area = areaSchemaOf(base)
  const search = searchIn(pack, compiled)
  const look = (file: string, rules: Record<string, Ready | null>, schema: RuleSchema, claims: Claims = {}) =>
    contradictions(
      Object.entries(rules).flatMap(([name, ready]) => (ready ? [{ name, rule: ready.rule }] : [])),
      schema,
      claims,
      search,
    )
      .filter(({ code }) => code !== 'rule_clause_implied')
      .map((found) => problemOf(file, found))
  const each = <T>(entries: Record<string, T>, suffix: string, rule: (entry: T) => Ready | null) =>
    Object.fromEntries(Object.entries(entries).map(([code, entry]) => [`${code}.${suffix}`, rule(entry)]))
  const criteria = (part: string, rules: Record<string, Ready>) =>
    Object.fromEntries(Object.entries(rules).map(([code, ready]) => [`${part}.${code}.rule`, ready]))
  const all = (rules: Record<string, unknown>): Claims =>
    Object.keys(rules).length > 1 ? { together: [Object.keys(rules)] } : {}

  const { indicators, vetoes, causes, measures, exit, alerts } = compiled
  const verdicts = Object.fromEntries(compiled.verdicts.map(({ code, ready }) => [`${code}.rule`, ready]))
  const [household, village, county] = (['household', 'village', 'county'] as const).map((part) =>
    criteria(part, exit[part]),
  ) as [Record<string, Ready>, Record<string, Ready>, Record<string, Ready>]
  const both = ['eligible.rule', 'not_eligible.rule'] as const
  return [
    ...look(
      'indicators',
      each(indicators, 'met', ({ met }) => met),
      base,
    ),
    ...look(
      'indicators',
      each(indicators, 'applies', ({ applies }) => applies),
      base,
    ),
    ...look('verdict', verdicts, states, both.every((name) => name in verdicts) ? { exclusive: [[...both]] } : {}),
    ...look(
      'vetoes',
      each(vetoes, 'rule', (ready) => ready),
      base,
    ),
    ...look(
      'causes',
      each(causes, 'rule', ({ rule }) => rule),
      base,
    ),
    ...look(
      'measures',
      each(measures, 'condition', ({ condition }) => condition),
      base,
    ),
    ...look('exit', household, states, all(household)),
    ...look('exit', criteria('stops', exit.stops), states),
    ...look('exit', village, area, all(village)),
    ...look('exit', county, area, all(county)),
    ...look(
      'alerts',
      each(alerts, 'rule', (ready) => ready),
      alertSchemaOf(base),
    ),
  ]
}

function problemOf(file: string, { rule, others, message, hint, witness }: Contradiction): PackProblem {
  const place = { code: 'pack_rules_contradict' as const, file: `rules/${file}.yaml`, at: rule }
  const shown = witness
    ? `${others.join(', ')} and ${rule} are both true for one and the same household: ${JSON.stringify(witness.record)}.`
    : message
  return { ...place, message: shown, ...(hint === undefined ? {} : { hint }) }
}

/** Parameters can only have the values the pack gives them, from the least to the greatest of all dates and areas. */
function withinValues(pack: Pack, schema: RuleSchema): RuleSchema {
  const bounds = Object.fromEntries(
    pack.parameters.map(({ code, values }) => {
      const numbers = values.map(({ value }) => value)
      // Not computed yet: it may come out as anything.
      if (numbers.length === 0) return [code, schema.parameters[code]!]
      return [code, { ...schema.parameters[code]!, min: Math.min(...numbers), max: Math.max(...numbers) }]
    }),
  )
  return { ...schema, parameters: bounds }
}

/** Households are looked for as a card is judged: derived fields and indicators worked out, parameters as in force. */
function searchIn(pack: Pack, compiled: CompiledPack): Search {
  const on = pack.reference_date
  const params = parametersAt(pack, on).values
  const met = Object.entries(compiled.indicators).map(([code, { met }]) => ({ name: `met_${code}`, ready: met }))
  const complete = (record: RuleRecord): RuleRecord => {
    const whole = completeRecord(compiled, record, params, on)
    const states = met.map(({ name, ready }) => [name, ready.run(whole, params, on).value])
    return { ...whole, ...Object.fromEntries(states) }
  }
  const derived = new Map([...compiled.derived, ...met].map(({ name, ready }) => [name, ready.rule.root]))
  const examples = pack.indicators.flatMap(({ examples }) => examples)
  const merged = (wanted: boolean): RuleRecord =>
    Object.assign(
      {},
      ...examples.filter(({ expect }) => (expect === 'met' || expect === true) === wanted).map((each) => each.record),
    )
  return { reference_date: on, params, start: [merged(true), merged(false)], derived, complete }
}
