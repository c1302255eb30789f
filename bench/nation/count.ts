// How much is asked: rules, and the distinct aggregates over members that they hold.
import { childrenOf, keyOf, type CompiledRule, type Node } from '#engines/rules/tree.ts'
import type { Rulebook } from '#packs/rulebook.ts'
import type { NamedRule } from '#engines/rules/sql/sql.ts'

export type Counted = {
  /** Derived fields, indicators, signs, verdicts and score. */
  rules_assess: number
  /** Causes: one rule of evidence and one of money each. */
  rules_diagnose: number
  /** Analysts' questions that ride along in the assessment, see extra-rules.ts. */
  rules_extra: number
  /** Distinct `exists`, `all`, `filter().size()`, `sum` and the like over members, in assessment and diagnosis. */
  member_aggregates: number
}

export function countRules({ compiled }: Rulebook, extra: NamedRule[]): Counted {
  const assess = [
    ...compiled.derived.map(({ ready }) => ready.rule),
    ...Object.values(compiled.indicators).map(({ met }) => met.rule),
    ...Object.values(compiled.vetoes).map(({ rule }) => rule),
    ...compiled.verdicts.map(({ ready }) => ready.rule),
    ...(compiled.priority ? [compiled.priority.rule] : []),
  ]
  const diagnose = Object.values(compiled.causes).flatMap(({ rule, closes }) => [rule.rule, closes.income.rule])
  const asked = extra.map(({ rule }) => rule)
  const folds = new Set<string>()
  for (const rule of [...assess, ...diagnose, ...asked]) memberFolds(rule, folds)
  return {
    rules_assess: assess.length,
    rules_diagnose: diagnose.length,
    rules_extra: asked.length,
    member_aggregates: folds.size,
  }
}

function memberFolds(rule: CompiledRule, folds: Set<string>): void {
  const walk = (node: Node): void => {
    if (node.op === 'aggregate' && node.list === 'members') folds.add(keyOf(node))
    childrenOf(node).forEach(walk)
  }
  walk(rule.root)
}
