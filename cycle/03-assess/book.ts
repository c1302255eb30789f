// The pack as a readable book: every rule in plain words, in CEL, with its source and its worked examples.
import { compileRule, isRefused } from '#engines/rules/check.ts'
import { workExamples } from '#packs/examples.ts'
import { alertSchemaOf, areaSchemaOf, verdictSchemaOf } from '#packs/rule-schema.ts'
import type { Rulebook } from '#packs/rulebook.ts'
import type { Example, Source, Text } from '#packs/schema.ts'

export interface BookEntry {
  chapter: string
  code: string
  label: Text
  plain: Text | null
  rule: string
  valid_from: string
  source: Source
  examples: { note: Text; record: unknown; expect: unknown; got: unknown; holds: boolean }[]
  /** What else the entry says, by chapter: what a cause closes, what a measure costs. */
  more: Record<string, unknown>
}

interface Entry {
  code: string
  label: Text
  plain?: Text
  valid_from: string
  source: Source
  examples?: Example[] | undefined
}

/** All entries of the pack in the order of the campaign. */
export function bookOf(book: Rulebook): BookEntry[] {
  const { pack, compiled } = book
  const worked = workExamples(pack, compiled)
  const entry = (chapter: string, from: Entry, rule: string, more: Record<string, unknown> = {}): BookEntry => ({
    chapter,
    code: from.code,
    label: from.label,
    plain: from.plain ?? null,
    rule,
    valid_from: from.valid_from,
    source: from.source,
    examples: (from.examples ?? []).map((example, index) => {
      const mine = worked.filter((each) => each.file === chapter && each.code === from.code)
      const { note, record, expect } = example
      return { note, record, expect, got: mine[index]?.got ?? null, holds: mine[index]?.holds ?? false }
    }),
    more,
  })
  return [
    ...pack.derived.map((each) =>
      entry('derived', { ...each, code: each.name }, each.rule, { type: each.type, unit: each.unit }),
    ),
    ...pack.indicators.map((each) =>
      entry('indicators', each, each.met, { group: each.group, applies: each.applies, followup: each.followup }),
    ),
    ...pack.verdicts.map((each) => entry('verdict', each, each.rule)),
    ...(pack.priority ? [entry('verdict', { ...pack.priority, code: 'priority' }, pack.priority.rule)] : []),
    ...pack.vetoes.map((each) => entry('vetoes', each, each.rule)),
    ...pack.causes.map((each) => entry('causes', each, each.rule, { closes: each.closes, main: each.main })),
    ...pack.measures.map((each) =>
      entry('measures', each, each.condition, {
        batch: each.batch,
        causes: each.causes,
        cost: each.cost,
        cost_period: each.cost_period,
        unit: each.unit,
        closes: each.closes,
      }),
    ),
    ...pack.alerts.map((each) => entry('alerts', each, each.rule, { severity: each.severity })),
    ...(['household', 'stops', 'village', 'county'] as const).flatMap((part) =>
      (pack.exit?.[part] ?? []).map((each) => entry('exit', each, each.rule, { part })),
    ),
  ]
}

/** Which schema a rule of a chapter reads. */
function schemaOf(book: Rulebook, chapter: string) {
  const { pack, compiled } = book
  if (chapter === 'verdict' || chapter === 'exit') return verdictSchemaOf(pack, compiled.schema)
  if (chapter === 'alerts') return alertSchemaOf(compiled.schema)
  if (chapter === 'area') return areaSchemaOf(compiled.schema)
  return compiled.schema
}

/** Check a rule somebody is writing: its type and what it reads, or every problem with its place. */
export function checkRule(book: Rulebook, rule: string, chapter: string) {
  const compiled = compileRule(rule, schemaOf(book, chapter))
  if (isRefused(compiled)) return { ok: false as const, problems: compiled }
  const { type, fields, lists, parameters } = compiled
  return { ok: true as const, type, fields, lists, parameters }
}
