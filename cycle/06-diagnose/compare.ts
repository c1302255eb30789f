// The surveyor's word beside the computed causes: where they differ, and the evidence that speaks for each. Pure.
import type { RuleRecord } from '#engines/rules/schema.ts'
import { decidingSentences, explainRule, type Said } from '#packs/explain/explain.ts'
import { complete, type Rulebook, type Standpoint } from '#packs/rulebook.ts'
import type { Text } from '#packs/schema/schema.ts'

export type Rank = 'main' | 'other' | 'unknown' | 'no'

/** One cause as both see it. */
export interface Compared {
  code: string
  label: Text
  plain: Text
  computed: Rank
  stated: Exclude<Rank, 'unknown'>
  /** What the answers show for it, or against it where it is not computed: the sentences that decided. */
  evidence: Text[]
  /** Answers that would settle it while it is unknown. */
  ask: Said['ask']
}

interface Word {
  main_cause: string | null
  computed_cause: string | null
  other_causes: readonly string[]
  causes: readonly { code: string; state: string }[]
  stated_cause: string | null
  stated_other_causes: readonly string[] | null
}

/**
 * Every cause that either names, the two main ones first, then in the computed order: with whose word it is and what
 * the answers say to it. An unknown cause that nobody named is left out.
 */
export function compareWords(book: Rulebook, word: Word, record: RuleRecord, at: Standpoint): Compared[] {
  const whole = complete(book, record, at)
  const stated_others = word.stated_other_causes ?? []
  const unknown = word.causes.filter((each) => each.state === 'unknown').map((each) => each.code)
  const computed = (code: string): Rank => {
    if (code === word.computed_cause) return 'main'
    const ranked = word.causes.some((each) => each.code === code && each.state === 'present')
    if (ranked) return 'other'
    return unknown.includes(code) ? 'unknown' : 'no'
  }
  const stated = (code: string): Compared['stated'] =>
    code === word.stated_cause ? 'main' : stated_others.includes(code) ? 'other' : 'no'
  const named = [word.main_cause, word.computed_cause, word.stated_cause, ...word.other_causes, ...stated_others]
  return [...new Set(named.filter((code) => code !== null))].flatMap((code): Compared[] => {
    const cause = book.pack.causes.find((each) => each.code === code)
    const said = explainRule(book, 'causes', code, whole, at, { names: true })
    if (!cause || !said) return []
    return [
      {
        code,
        label: cause.label,
        plain: cause.plain,
        computed: computed(code),
        stated: stated(code),
        evidence: evidenceOf(said),
        ask: asksOf(said),
      },
    ]
  })
}

/**
 * What decided. Where a list test was decided by all its members alike (nobody is ill), one line tells it and not a
 * line for each of them.
 */
function evidenceOf(said: Said): Text[] {
  const found: Said[] = []
  const look = (clause: Said): void => {
    const alike = ['exists false', 'all true', 'exists_one false'].includes(`${clause.kind} ${clause.state}`)
    if (alike && clause.clauses.length > 1) return
    const below = clause.clauses.filter((each) => each.decides)
    if (below.length === 0) found.push(clause)
    else below.forEach(look)
  }
  look(said)
  return found.flatMap(decidingSentences)
}

function asksOf(said: Said): Said['ask'] {
  return [...said.ask, ...said.clauses.flatMap(asksOf)]
}
