// The pack as a readable book: every rule in plain words, in CEL, with its source and its worked examples.
import { compileRule, isRefused } from '#engines/rules/check/check.ts'
import type { FieldKind, RuleSchema } from '#engines/rules/schema.ts'
import { workExamples } from '#packs/check/examples.ts'
import { alertSchemaOf, areaSchemaOf, verdictSchemaOf } from '#packs/schema/rules.ts'
import type { Rulebook } from '#packs/rulebook.ts'
import type { Example, Source, Text } from '#packs/schema/schema.ts'

export interface BookEntry {
  /** Chapter and code together, as an address within the page. */
  id: string
  chapter: string
  code: string
  label: Text
  plain: Text | null
  /** CEL; null where the entry is a step for people and nothing is computed. */
  rule: string | null
  valid_from: string
  source: Source
  examples: {
    note: Text
    record: Record<string, unknown>
    expect: Example['expect']
    got: Example['expect']
    holds: boolean
  }[]
  /** What else the entry says: rules beside the main one (when it applies, what it closes) and plain facts. */
  rules: { name: string; rule: string }[]
  facts: { name: string; values: string[] }[]
}

interface Entry {
  code: string
  label: Text
  plain?: Text | undefined
  valid_from: string
  source: Source
  examples?: Example[] | undefined
}

interface More {
  rules?: Record<string, string | undefined>
  facts?: Record<string, string | number | readonly string[] | undefined>
  /** Where one chapter has several lists. */
  part?: string
}

const books = new WeakMap<Rulebook, BookEntry[]>()

/** All entries of the pack in the order of the campaign. Worked out once for each pack. */
export function bookOf(book: Rulebook): BookEntry[] {
  const known = books.get(book)
  if (known) return known
  const made = writeBook(book)
  books.set(book, made)
  return made
}

function writeBook(book: Rulebook): BookEntry[] {
  const { pack, compiled } = book
  const worked = Map.groupBy(workExamples(pack, compiled), (each) => `${each.file}.${each.code}`)
  const entry = (chapter: string, from: Entry, rule: string | null, more: More = {}): BookEntry => ({
    id: [chapter, more.part, from.code].filter((part) => part !== undefined).join('.'),
    chapter,
    code: from.code,
    label: from.label,
    plain: from.plain ?? null,
    rule,
    valid_from: from.valid_from,
    source: from.source,
    examples: (from.examples ?? []).map(({ note, record, expect }, index) => {
      const mine = worked.get(`${chapter}.${from.code}`)?.[index]
      return { note, record, expect, got: mine?.got ?? 'unknown', holds: mine?.holds ?? false }
    }),
    rules: Object.entries(more.rules ?? {}).flatMap(([name, source]) =>
      source === undefined ? [] : [{ name, rule: source }],
    ),
    facts: Object.entries({ part: more.part, ...more.facts }).flatMap(([name, value]) => {
      const values = (Array.isArray(value) ? value : [value]).filter((each) => each !== undefined).map(String)
      return values.length === 0 ? [] : [{ name, values }]
    }),
  })
  const closes = (of: { income: string; expense?: string | undefined }) => ({
    closes_income: of.income,
    closes_expense: of.expense,
  })
  return [
    ...pack.derived.map((each) =>
      entry('derived', { ...each, code: each.name }, each.rule, { facts: { type: each.type, unit: each.unit } }),
    ),
    ...pack.indicators.map((each) =>
      entry('indicators', each, each.met, { rules: { applies: each.applies }, facts: { group: each.group } }),
    ),
    ...pack.verdicts.map((each) => entry('verdict', each, each.rule)),
    ...(pack.priority ? [entry('verdict', { ...pack.priority, code: 'priority' }, pack.priority.rule)] : []),
    ...pack.vetoes.map((each) => entry('vetoes', each, each.rule)),
    ...(pack.appraisal?.steps ?? []).map((each) =>
      entry('appraisal', each, null, { facts: { by: each.by, days: each.days } }),
    ),
    ...pack.causes.map((each) =>
      entry('causes', each, each.rule, {
        rules: closes(each.closes),
        facts: { closes_indicators: each.closes.indicators, main: each.main ? 'main' : 'further' },
      }),
    ),
    ...pack.measures.map((each) =>
      entry('measures', each, each.condition, {
        rules: { cost: each.cost, ...closes(each.closes) },
        facts: {
          batch: each.batch,
          cost_period: each.cost_period,
          after_months: each.starts.after_months,
          causes: each.causes,
          closes_indicators: each.closes.indicators,
          excludes: each.excludes,
          requires: each.requires,
        },
      }),
    ),
    ...pack.alerts.map((each) =>
      entry('alerts', each, each.rule, {
        facts: { severity: each.severity, visit_within_days: each.visit_within_days },
      }),
    ),
    ...(['household', 'stops', 'village', 'county'] as const).flatMap((part) =>
      (pack.exit?.[part] ?? []).map((each) => entry('exit', each, each.rule, { part })),
    ),
  ]
}

/** What a rule that somebody is writing may be for: it decides what it may read and what it must give. */
export const CHAPTERS = [
  'derived',
  'indicators',
  'verdict',
  'vetoes',
  'causes',
  'measures',
  'alerts',
  'exit_household',
  'exit_village',
] as const
export type Chapter = (typeof CHAPTERS)[number]

function schemaOf({ pack, compiled }: Rulebook, chapter: Chapter): RuleSchema {
  if (chapter === 'verdict' || chapter === 'exit_household') return verdictSchemaOf(pack, compiled.schema)
  if (chapter === 'alerts') return alertSchemaOf(compiled.schema)
  return chapter === 'exit_village' ? areaSchemaOf(compiled.schema) : compiled.schema
}

/** Check a rule somebody is writing: its type and what it reads, or every problem with its place (offsets in `rule`). */
export function checkRule(book: Rulebook, rule: string, chapter: Chapter) {
  const wanted: FieldKind | undefined = chapter === 'derived' ? undefined : 'bool'
  const compiled = compileRule(rule, schemaOf(book, chapter), wanted)
  if (isRefused(compiled)) return { ok: false as const, problems: compiled }
  const { type, fields, lists, parameters } = compiled
  return { ok: true as const, type, fields, lists, parameters }
}
