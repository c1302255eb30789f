import { tests } from '@bufbuild/cel-spec/testdata/conformance.js'
import { compileRule, isRefused } from '../check/check.ts'
import { databasesOf } from './tables.ts'
import { DIALECTS, sqlLiteral } from '../sql/dialect.ts'
import { evaluator } from '../run/evaluate.ts'
import { toSql } from '../sql/sql.ts'
import type { Databases } from './tables.ts'
import type { DialectName } from '../sql/dialect.ts'
import type { FieldType, RuleRecord, RuleSchema } from '../schema.ts'
import type { CompiledRule, RuleProblem } from '../tree.ts'

// The suite's cases as JSON: cel.expr.conformance.test.SimpleTest.
type Json = Record<string, unknown>
type Suite = { name: string; suites?: Suite[]; tests?: { original: Json }[] }

/** A case of the suite that is a rule of the profile. */
export type CelCase = {
  path: string
  source: string
  rule: CompiledRule
  record: RuleRecord
  schema: RuleSchema
  expected: unknown
}

type Given = { source: string; record: RuleRecord; schema: RuleSchema }

/** The suite, sorted: cases inside the profile, the others counted by reason, and all that expect an error. */
export type CelSpec = { cases: number; inside: CelCase[]; outside: Map<string, number>; failing: Given[] }

/** A case that came out otherwise than expected. */
export type CelMiss = { path: string; source: string; got: unknown; expected: unknown }

const DATE = '2014-01-01'
const EXPECTS_ERROR = 'expects an error: the profile refuses the rule or says unknown'

const KINDS: Record<string, { type: FieldType['type']; read: (value: unknown) => unknown }> = {
  boolValue: { type: 'bool', read: (value) => value },
  int64Value: { type: 'int', read: Number },
  doubleValue: { type: 'decimal', read: Number },
  stringValue: { type: 'text', read: (value) => value },
}

function scalar(value: unknown): { type: FieldType['type']; value: unknown } | undefined {
  const [name, content] = Object.entries((value ?? {}) as Json)[0] ?? []
  const kind = name === undefined ? undefined : KINDS[name]
  return kind && { type: kind.type, value: kind.read(content) }
}

/** The case as a rule of the profile, or the reason why it lies outside. */
function place(path: string, original: Json): CelCase | string {
  const source = String(original.expr)
  if (original.evalError ?? original.anyEvalErrors) return EXPECTS_ERROR
  if (original.unknown ?? original.anyUnknowns) return 'expects unknown attributes by node id'
  if (original.checkOnly) return 'only checked for a type'
  if (original.container) return 'needs a container (qualified names)'
  if (original.disableMacros) return 'turns macros off'
  const wanted = original.typedResult ? (original.typedResult as Json).result : (original.value ?? { boolValue: true })
  const expected = scalar(wanted)
  if (expected === undefined) return 'gives a list, map, message, bytes, uint, null, type or timestamp'
  const { schema, record, unbound } = bindingsOf(original)
  if (unbound) return 'binds a list, map, message, bytes, uint, null or timestamp'
  if (Object.values(record).some((value) => typeof value === 'string' && value.includes('\0')))
    return 'binds text with a zero character'
  const rule = compileRule(source, schema)
  if (isRefused(rule)) return reasonOf(rule[0]!)
  return { path, source, rule, record, schema, expected: expected.value }
}

/** The case's bindings as fields and answers; `unbound` where one of them is of no kind that a field can have. */
function bindingsOf(original: Json): Omit<Given, 'source'> & { unbound: boolean } {
  const given = { schema: { household: {}, lists: {}, parameters: {} } as RuleSchema, record: {} as RuleRecord }
  let unbound = false
  for (const [name, binding] of Object.entries((original.bindings ?? {}) as Record<string, Json>)) {
    const bound = scalar(binding.value)
    unbound ||= bound === undefined
    if (bound === undefined) continue
    given.schema.household[name] = { type: bound.type }
    given.record[name] = bound.value
  }
  return { ...given, unbound }
}

function reasonOf({ code, message }: RuleProblem): string {
  if (code === 'rule_unknown_field') return 'names an extension library (math, cel, strings, optional) or a namespace'
  if (code === 'rule_syntax') return 'optional syntax and back-quoted names'
  if (code === 'rule_type') return 'a type the profile does not convert or order (text to number, bool < bool)'
  if (/^\w+ is not in the profile/.test(message)) return 'a function outside the profile (dyn, timestamp, matches, ...)'
  return `\`${code}\`: ${message}`
}

/** All cases of @bufbuild/cel-spec (google/cel-spec tests/simple), each inside the profile or outside for a reason. */
export function readCelSpec(): CelSpec {
  const spec: CelSpec = { cases: 0, inside: [], outside: new Map(), failing: [] }
  const collect = (suite: Suite, path: string): void => {
    for (const { original } of suite.tests ?? []) {
      spec.cases++
      if (original.evalError) spec.failing.push({ source: String(original.expr), ...bindingsOf(original) })
      const placed = place(`${path}/${String(original.name ?? original.expr)}`, original)
      if (typeof placed === 'string') spec.outside.set(placed, (spec.outside.get(placed) ?? 0) + 1)
      else spec.inside.push(placed)
    }
    for (const inner of suite.suites ?? []) collect(inner, `${path}/${inner.name}`)
  }
  collect(tests as unknown as Suite, '')
  return spec
}

/** The cases that expect an error, by what the engine does with them; `answered` must be empty. */
export function errorsOf({ failing }: CelSpec): { refused: string[]; unknown: string[]; answered: string[] } {
  const found: ReturnType<typeof errorsOf> = { refused: [], unknown: [], answered: [] }
  for (const { source, record, schema } of failing) {
    const rule = compileRule(source, schema)
    if (isRefused(rule)) found.refused.push(source)
    else found[evaluator(rule)(record, {}, DATE).unknown ? 'unknown' : 'answered'].push(source)
  }
  return found
}

function statement({ rule, record, schema }: CelCase, dialect: DialectName): string {
  const literals = Object.entries(schema.household).map(
    ([name, { type }]) => `${sqlLiteral(record[name], type, DIALECTS[dialect])} as "${name}"`,
  )
  return toSql([{ name: 'result', rule }], dialect, {
    household_table: `(select ${["cast('a' as text) as county_code", ...literals].join(', ')}) as one`,
    list_tables: {},
    key: ['county_code'],
    parameters: {},
    reference_date: DATE,
  })
}

/** Runs the cases inside the profile in the evaluator and each database; gives what came out otherwise, by back end. */
export async function missesOf(spec: CelSpec, databases: Databases): Promise<Record<string, CelMiss[]>> {
  const misses: Record<string, CelMiss[]> = { javascript: [] }
  const look = (back_end: string, { path, source, expected }: CelCase, got: unknown): void => {
    if (got !== expected) (misses[back_end] ??= []).push({ path, source, got, expected })
  }
  for (const each of spec.inside) look('javascript', each, evaluator(each.rule)(each.record, {}, DATE).value)
  for (const [dialect, runSql] of databasesOf(databases)) {
    misses[dialect] = []
    for (const each of spec.inside) {
      const result = await runSql(statement(each, dialect)).then(
        ([row]) => row?.result,
        (error: unknown) => String(error),
      )
      look(dialect, each, typeof each.expected === 'number' && result !== null ? Number(result) : result)
    }
  }
  return misses
}

const NAMES: Record<string, string> = { javascript: 'JavaScript', duckdb: 'DuckDB', postgres: 'PostgreSQL' }

/** The page cel-spec.md. */
export function celSpecPage(spec: CelSpec, misses: Record<string, CelMiss[]>): string {
  const errors = errorsOf(spec)
  const outside = [...spec.outside].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const rows: [string, number][] = [
    ['**cases in @bufbuild/cel-spec 0.6.1** (google/cel-spec tests/simple)', spec.cases],
    ['**inside the profile**', spec.inside.length],
    ...Object.entries(misses).map(([back_end, wrong]): [string, number] => [
      `inside, ${NAMES[back_end]} gives the expected value`,
      spec.inside.length - wrong.length,
    ]),
    ['**outside the profile**', spec.cases - spec.inside.length],
    ...outside.map(([reason, count]): [string, number] => [
      `outside: ${reason.replaceAll('|', '\\|').replaceAll('<', '&lt;')}`,
      count,
    ]),
    ['**cases that expect an error at evaluation**', spec.failing.length],
    ['of these refused when the rule is saved', errors.refused.length],
    ['of these unknown', errors.unknown.length],
    ['of these answered', errors.answered.length],
  ]
  const text = rows.map(([what, count]) => `| ${what} | ${count} |`).join('\n')
  return `# The conformance cases of CEL

The profile is a part of CEL, so this page says how large a part; it is never called conformant. Written by \`node bench/rules/cel-spec.ts\`; \`test/rules.long.test.ts\` fails when it no longer holds.

| | cases |
| --- | ---: |
${text}

Each case outside is counted once, at the first reason that puts it there. Cases that expect an error lie outside, since no value is expected; they are run all the same, and none may ever be answered.
`
}
