// The workbench's engine in the browser: a rule is checked and its examples are worked as it is typed, by the same code
// that assesses. Nothing of Node here.
import { compileRule, isRefused } from '#engines/rules/check/check.ts'
import { evaluator } from '#engines/rules/run/evaluate.ts'
import { parametersAt } from '#engines/rules/parameters.ts'
import type { FieldKind, FieldType, RuleRecord, RuleSchema } from '#engines/rules/schema.ts'
import type { CompiledRule, RuleProblem } from '#engines/rules/tree.ts'
import { completeRecord, type Ready } from '#packs/compile.ts'
import { compare, type Worked } from '#packs/check/examples.ts'
import { AREA_FACTS } from '#packs/schema/rules.ts'
import type { Example } from '#packs/schema/schema.ts'

/** What GET /api/rules/drafts/{draft_id}/bench gives. */
export interface Bench {
  reference_date: string
  schema: RuleSchema
  indicators: string[]
  derived: { name: string; type: string; rule: string }[]
  parameters: {
    code: string
    type: 'money' | 'int' | 'decimal'
    unit: string
    values: { from: string; to?: string | undefined; area?: string | undefined; value: number }[]
  }[]
}

/** Where a rule stands: the entry's id and the path within it, `indicators.housing` and `met`. */
export interface Spot {
  id: string
  path: string
}

/** What the rule at this spot may read; a derived field reads those before it alone. */
export function schemaAt(bench: Bench, { id }: Spot): RuleSchema {
  const { schema } = bench
  const more = (added: [string, FieldType][]): RuleSchema => ({
    ...schema,
    household: { ...schema.household, ...Object.fromEntries(added) },
  })
  if (id.startsWith('exit.village') || id.startsWith('exit.county')) {
    const facts = AREA_FACTS.map((name): [string, FieldType] => [name, { type: 'decimal', unit: 'percent' }])
    return { household: Object.fromEntries(facts), lists: {}, parameters: schema.parameters }
  }
  if (id.startsWith('verdict.') || id.startsWith('exit.'))
    return more(bench.indicators.map((code) => [`met_${code}`, { type: 'bool' }]))
  if (id.startsWith('alerts.'))
    return more(Object.entries(schema.household).map(([name, type]) => [`previous_${name}`, type]))
  if (!id.startsWith('derived.')) return schema
  const at = bench.derived.findIndex((each) => `derived.${each.name}` === id)
  const later = new Set(at < 0 ? [] : bench.derived.slice(at).map((each) => each.name))
  const household = Object.entries(schema.household).filter(([name]) => !later.has(name))
  return { ...schema, household: Object.fromEntries(household) }
}

const MONEY: FieldKind[] = ['money', 'int']

/** The kinds of value that a rule here may give; null where any will do. */
function wantedAt({ id, path }: Spot): FieldKind[] | null {
  if (id.startsWith('derived.')) return null
  if (id === 'verdict.priority') return ['int', 'decimal']
  return path === 'cost' || path.startsWith('closes.') ? MONEY : ['bool']
}

/** The rule compiled, or its problems with their places, as the server's check would find them. */
export function checkAt(bench: Bench, spot: Spot, source: string): CompiledRule | RuleProblem[] {
  const wanted = wantedAt(spot)
  const rule = compileRule(source, schemaAt(bench, spot))
  if (isRefused(rule) || wanted === null || wanted.includes(rule.type)) return rule
  const message = `The rule must give ${wanted.join(' or ')}; it gives ${rule.type}.`
  return [{ code: 'rule_type', message, start: 0, end: source.length }]
}

export type Shown = Pick<Worked, 'expect' | 'got' | 'holds'> & { missing: string[] }

/** Works examples of a rule here and now. `rule` null: it does not compile, and every answer is unknown. */
export function workHere(bench: Bench, spot: Spot, rule: CompiledRule | null, examples: readonly Example[]): Shown[] {
  const derived = readyDerived(bench)
  const dated = bench.parameters.map(({ code, type, unit, values }) => ({
    name: code,
    type,
    unit,
    values: values.map(({ from, to, area, value }) => ({
      from,
      value,
      source: '',
      ...(to === undefined ? {} : { to }),
      ...(area === undefined ? {} : { area }),
    })),
  }))
  const run = rule && evaluator(rule)
  // A derived field under the hand is worked out by the rule as it stands in the editor.
  const own = derived.filter((each) => `derived.${each.name}` !== spot.id)
  return examples.map((example) => {
    const on = example.on ?? bench.reference_date
    const params: RuleRecord = { ...parametersAt(dated, on, '').values, ...example.params }
    const record = completeRecord({ derived: own }, example.record, params, on)
    const outcome = run?.(record, params, on)
    return {
      expect: example.expect,
      ...compare(outcome, example.expect),
      missing: outcome?.missing ?? [],
    }
  })
}

const kept = new WeakMap<Bench, { name: string; ready: Ready }[]>()

function readyDerived(bench: Bench): { name: string; ready: Ready }[] {
  let ready = kept.get(bench)
  if (!ready) {
    ready = bench.derived.flatMap(({ name, rule: source }) => {
      const rule = compileRule(source, schemaAt(bench, { id: `derived.${name}`, path: 'rule' }))
      return isRefused(rule) ? [] : [{ name, ready: { rule, run: evaluator(rule) } }]
    })
    kept.set(bench, ready)
  }
  return ready
}

/** The answers that a rule rests on: its fields, and for each derived one the answers behind it. */
export function answersRead(
  bench: Bench,
  rule: CompiledRule,
): { household: string[]; lists: Record<string, string[]> } {
  const derived = new Map(readyDerived(bench).map((each) => [each.name, each.ready.rule]))
  const household = new Set<string>()
  const lists: Record<string, Set<string>> = {}
  const seen = new Set<string>()
  const look = (from: Pick<CompiledRule, 'fields' | 'lists'>): void => {
    for (const [list, names] of Object.entries(from.lists))
      for (const name of names) (lists[list] ??= new Set()).add(name)
    for (const name of from.fields) {
      const behind = derived.get(name)
      if (!behind) household.add(name)
      else if (!seen.has(name)) {
        seen.add(name)
        look(behind)
      }
    }
  }
  look(rule)
  return {
    household: [...household],
    lists: Object.fromEntries(Object.entries(lists).map(([list, names]) => [list, [...names]])),
  }
}
