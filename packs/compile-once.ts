// A rule is compiled once for the fields and parameters it may name: packs that differ in a figure or in one rule, as what-if
// makes them all day, share all others.
import { compileRule, isRefused } from '#engines/rules/check/check.ts'
import { evaluator, type Outcome } from '#engines/rules/run/evaluate.ts'
import type { RuleRecord, RuleSchema } from '#engines/rules/schema.ts'
import type { CompiledRule, RuleProblem } from '#engines/rules/tree.ts'

export type Run = (record: RuleRecord, params: RuleRecord, reference_date: string) => Outcome
export type Ready = { rule: CompiledRule; run: Run }

// A pack has some 30 schemas (one for each derived field) and 300 rules, of about 10 kB each once compiled.
const most_rules = 6_000
let kept = 0

const known = new Map<string, Map<string, Ready | RuleProblem[]>>()
const texts = new WeakMap<RuleSchema, string>()

function of(schema: RuleSchema): Map<string, Ready | RuleProblem[]> {
  const text = texts.get(schema) ?? JSON.stringify(schema)
  texts.set(schema, text)
  const found = known.get(text)
  if (found) return found
  const fresh = new Map<string, Ready | RuleProblem[]>()
  known.set(text, fresh)
  return fresh
}

/** The rule ready to run, or what is wrong with it. */
export function compileOnce(source: string, schema: RuleSchema): Ready | RuleProblem[] {
  const rules = of(schema)
  const found = rules.get(source)
  if (found) return found
  const rule = compileRule(source, schema)
  const ready = isRefused(rule) ? rule : { rule, run: evaluator(rule) }
  // The oldest schemas go first, with all their rules.
  for (const [text, old] of known) {
    if (kept < most_rules) break
    if (old === rules) continue
    kept -= old.size
    old.clear()
    known.delete(text)
  }
  rules.set(source, ready)
  kept += 1
  return ready
}
