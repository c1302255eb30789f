import { z } from 'zod'
import { JoinedCauses } from './joined-causes.ts'
import { tableSource } from '#engines/rules/decision-table.ts'
import { Code, Confidence, Day, Source, sourced, Text } from './base.ts'
import { Parameter } from './parameters.ts'

export { Confidence, Source, Text } from './base.ts'
export { type Computed, Parameter } from './parameters.ts'

/** The shape of every file of a pack. Unknown keys are refused, so that a misspelt one is not silently ignored. */

/** Named sources that a file's entries point to by YAML alias; kept for the reader, not used by code. */
const sources = z.record(z.string(), Source).optional()
const Rule = z.string().min(1)

/** What an example expects. `unknown` = the rule cannot be answered from this record. */
const Expect = z.union([z.boolean(), z.enum(['met', 'unmet', 'unknown']), z.number()])

export const Example = z.strictObject({
  note: Text,
  record: z.record(z.string(), z.unknown()),
  params: z.record(z.string(), z.number()).optional(),
  /** Reference date of ages and parameters; the pack's own where absent. */
  on: Day.optional(),
  expect: Expect,
})
export type Example = z.infer<typeof Example>

const Level = z.strictObject({ level: Code, name: Text, plural: Text, code_length: z.int().positive() })

/**
 * What entries of help and income are held against. Beyond `_max`, `earliest` and `earliest_year` nothing is taken; beyond
 * `_ask` it is taken with a reason. Money in minor units.
 */
export const Plausible = z.strictObject({
  delivery: z.strictObject({
    /** The first day on which help could have been given. */
    earliest: Day,
    cost_max: z.int().positive(),
    /** All that was given of a planned item, as a multiple of its planned cost. */
    over_plan_ask: z.number().positive(),
    /** Units of one line (measures: `unit`). */
    quantity_ask: z.number().positive(),
    /** The same measure to the same household again within so many days. */
    alike_days: z.int().min(0),
  }),
  income: z.strictObject({
    earliest_year: z.int(),
    amount_max: z.int().positive(),
    amount_ask: z.int().positive(),
  }),
  source: Source,
})
export type Plausible = z.infer<typeof Plausible>

export const Manifest = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  version: z.string(),
  title: Text,
  description: Text,
  currency: z.strictObject({ code: z.string().length(3), minor_units: z.int().positive(), symbol: z.string() }),
  languages: z.array(z.string()).min(1),
  default_language: z.string(),
  /** The language of papers that hang in public, where it is another than the reader's default. */
  public_language: z.string().optional(),
  time_zone: z.string(),
  /** The day on which ages are counted and dated parameters are read where nobody says otherwise. */
  reference_date: Day,
  /** Checksum rules of national identity numbers; null where the country has none. */
  national_id: z.string().nullable(),
  demo_area: z.string().optional(),
  demo_county: z.string().optional(),
  levels: z.array(Level).min(1),
  /** At which levels each role is held; a role that is not named is held nowhere. Absent: any role at any level. */
  role_levels: z.record(Code, z.array(Code).min(1)).optional(),
  /** nested: a child's code begins with its parent's code (below the nation). */
  area_codes: z.strictObject({ nested: z.boolean() }),
  registers: z.array(Code),
  /** Fields of any form that hold a personal number: encrypted in the registry, masked on screens. */
  personal_fields: z.array(Code),
  field_bounds: z.record(z.string(), z.strictObject({ min: z.number().optional(), max: z.number().optional() })),
  /** Without it nothing is asked about entries of help and income. */
  plausible: Plausible.optional(),
  forms: z.array(Code).min(1),
  card_form: Code,
  inspection_form: Code.optional(),
  confidence: z.record(Confidence, Text),
  licence: Text,
})

const derivedShape = {
  name: Code,
  type: z.enum(['money', 'int', 'decimal', 'bool']),
  unit: z.string().optional(),
  label: Text,
  examples: z.array(Example).optional(),
  ...sourced,
}

/** Rows of conditions and what is given then, in place of a rule: see engines/rules, decision tables. */
export const Table = z.strictObject({
  columns: z.array(Rule).min(1),
  rows: z.array(z.strictObject({ when: z.array(z.string()).min(1), give: Rule })).min(1),
  hit: z.enum(['first', 'unique']),
  otherwise: Rule.optional(),
})

/** A field worked out by a rule, or by a decision table, which is read as the rule it stands for. */
export const Derived = z
  .strictObject({ ...derivedShape, rule: Rule.optional(), table: Table.optional() })
  .refine(({ rule, table }) => (rule === undefined) !== (table === undefined), {
    message: 'a rule or a table, one of them',
  })
  .transform(({ rule, table, ...rest }) => ({
    ...rest,
    rule: rule ?? (table === undefined ? '' : tableSource(table)),
    ...(table === undefined ? {} : { table }),
  }))
export type Derived = z.infer<typeof Derived>

export const Indicator = z.strictObject({
  code: Code,
  group: z.string(),
  label: Text,
  plain: Text,
  /** FALSE = the question does not arise for this household; `met` is then TRUE by itself. */
  applies: Rule.optional(),
  met: Rule,
  met_reason: Text,
  unmet_reason: Text,
  unknown_reason: Text,
  followup: Text,
  examples: z.array(Example).min(1),
  ...sourced,
})
export type Indicator = z.infer<typeof Indicator>

export const VERDICTS = ['eligible', 'not_eligible', 'needs_verification'] as const
export const Verdict = z.strictObject({ code: z.enum(VERDICTS), label: Text, plain: Text, rule: Rule, ...sourced })
export const Verdicts = z.strictObject({
  sources,
  verdicts: z.array(Verdict).min(1),
  priority: z.strictObject({ label: Text, plain: Text, rule: Rule, ...sourced }).optional(),
})

export const Veto = z.strictObject({
  code: Code,
  label: Text,
  plain: Text,
  rule: Rule,
  reason: Text,
  examples: z.array(Example).optional(),
  ...sourced,
})
export type Veto = z.infer<typeof Veto>

/** `income`, `expense`: CEL giving money a year. `indicators`: the needs that would be met. */
const Closes = z.strictObject({ income: Rule, expense: Rule.optional(), indicators: z.array(Code) })

export const Cause = z.strictObject({
  code: z.string(),
  name: Code,
  /** false: only ever a further cause. */
  main: z.boolean(),
  label: Text,
  plain: Text,
  rule: Rule,
  closes: Closes,
  reason: Text,
  unknown_reason: Text,
  ...sourced,
})
export type Cause = z.infer<typeof Cause>

/**
 * `causes`: those it is a remedy for, each of which a plan answers where it can. `first_for`: causes of these that it
 * answers before others: where a household can have it, nothing weaker and cheaper takes its place. `right`: whoever meets
 * the condition has a claim to it, so it stands in the plan whatever else does.
 */
export const Measure = z.strictObject({
  code: Code,
  batch: z.string(),
  label: Text,
  plain: Text,
  condition: Rule,
  causes: z.array(z.string()),
  first_for: z.array(z.string()).default([]),
  right: z.boolean().default(false),
  unit: Text,
  cost: Rule,
  cost_period: z.enum(['once', 'yearly']),
  closes: Closes,
  excludes: z.array(Code).default([]),
  requires: z.array(Code).default([]),
  starts: z.strictObject({ after_months: z.int().min(0) }),
  ...sourced,
})
export type Measure = z.infer<typeof Measure>

/**
 * How the year's money and places are shared out between plans; what is not said is not done. `floor_percent`: each area of
 * the level `compare` has at least this part of what the worst served one could have. `depth_percent`: so much more a plan
 * counts whose household is most urgent.
 */
export const Sharing = z.strictObject({
  compare: Code,
  floor_percent: z.number().min(0).max(100),
  depth_percent: z.number().min(0).max(1000),
  plain: Text,
  source: Source,
})
export type Sharing = z.infer<typeof Sharing>

export const Criterion = z.strictObject({
  code: Code,
  label: Text,
  plain: Text,
  rule: Rule,
  veto: z.boolean().optional(),
  ...sourced,
})
export type Criterion = z.infer<typeof Criterion>

export const Step = z.strictObject({
  code: Code,
  label: Text,
  plain: Text.optional(),
  days: z.int().min(0),
  by: z.string(),
  ...sourced,
})
export type Step = z.infer<typeof Step>

/**
 * What an evaluation must have been for a county to leave the list on it: passed, at least so sure, with at least so many
 * households of each stratum found as they are (all of them where there are fewer).
 */
const CountyEvaluation = z.strictObject({
  confidence: z.number().min(0.5).lt(1),
  households: z.strictObject({
    exited: z.int().positive(),
    registered: z.int().positive(),
    never_registered: z.int().positive(),
  }),
  label: Text,
  plain: Text,
  ...sourced,
})

export const Exit = z.strictObject({
  sources,
  household: z.array(Criterion),
  /** TRUE keeps a household on the list, whatever the criteria say. */
  stops: z.array(Criterion).default([]),
  village: z.array(Criterion).default([]),
  county: z.array(Criterion).default([]),
  county_evaluation: CountyEvaluation.optional(),
  steps: z.record(z.string(), z.array(Step)),
  after_exit: z.strictObject({ support_months: z.int().min(0), label: Text, ...sourced }).optional(),
})
export type Exit = z.infer<typeof Exit>

export const Alert = z.strictObject({
  code: Code,
  label: Text,
  plain: Text,
  rule: Rule,
  severity: z.enum(['high', 'medium', 'low']),
  /** Kinds of change (words: `change_kind`) that raise it as soon as they are told, without a survey. */
  raised_by: z.array(Code).default([]),
  visit_within_days: z.int().positive(),
  ...sourced,
})
export type Alert = z.infer<typeof Alert>

/** To whom an alert goes up on which nobody called: the office `to`, once it is `late_days` past its day. */
export const Escalation = z.strictObject({ to: Code, late_days: z.int().positive(), ...sourced })
export type Escalation = z.infer<typeof Escalation>

/** A kind of change that, once confirmed, changes who belongs to the household. */
export const MemberChange = z.strictObject({
  /** A kind of change (words: `change_kind`). */
  kind: Code,
  /** What becomes of the person: dead, gone from this household, or of this household from then on. */
  effect: z.enum(['died', 'left', 'joined']),
  /** Roles that may confirm it; never the person who told it. */
  confirmed_by: z.array(Code).min(1),
  /** What must have been seen before it is confirmed. */
  plain: Text,
  ...sourced,
})
export type MemberChange = z.infer<typeof MemberChange>

const Fraction = z.tuple([z.int(), z.int().positive()])
const Days = z.strictObject({ value: z.int().min(0), label: Text, ...sourced })
export const Appraisal = z.strictObject({
  sources,
  /** `strictly_more`: the votes for must be more than, not just as many as, their fraction. */
  quorum: z.strictObject({
    present_of_members: Fraction,
    for_of_present: Fraction,
    strictly_more: z.boolean(),
    label: Text,
    ...sourced,
  }),
  first_notice_days: Days,
  second_notice_days: Days,
  announcement_days: Days,
  objection_answer_days: Days,
  steps: z.array(Step).min(1),
})
export type Appraisal = z.infer<typeof Appraisal>

/** section -> key -> word, for instance `verdict.eligible`. */
export const Words = z.record(z.string(), z.record(z.string(), z.string()))
export type Words = z.infer<typeof Words>

export const files = {
  parameters: z.strictObject({ sources, parameters: z.array(Parameter) }),
  /** `parts`: names for parts of rules, put in where they stand; each may use those before it. */
  derived: z.strictObject({ sources, derived: z.array(Derived), parts: z.record(Code, Rule).optional() }),
  indicators: z.strictObject({ sources, indicators: z.array(Indicator) }),
  verdict: Verdicts,
  vetoes: z.strictObject({ sources, vetoes: z.array(Veto) }),
  causes: z.strictObject({ sources, causes: z.array(Cause), joined: JoinedCauses.optional() }),
  measures: z.strictObject({ sources, sharing: Sharing.optional(), measures: z.array(Measure) }),
  exit: Exit,
  alerts: z.strictObject({ sources, alerts: z.array(Alert), escalation: z.array(Escalation).default([]) }),
  changes: z.strictObject({ sources, changes: z.array(MemberChange) }),
  appraisal: Appraisal,
}

/** A whole pack, as plain data. `forms` and `area_files` hold text as written; `readAreas` and `buildForm` parse them. */
export type Pack = z.infer<typeof Manifest> & {
  /** sha256, hex, over the sorted names and contents of the pack's files. */
  pack_hash: string
  /** The data files themselves, by name: what a draft of other rules is laid over. */
  files: ReadonlyMap<string, Uint8Array>
  form_sources: Record<string, string>
  area_files: Record<string, string>
  /** GeoJSON FeatureCollection of village shapes, where the pack has one. */
  village_shapes: string | null
  parameters: Parameter[]
  derived: Derived[]
  /** Named parts of rules, in order. */
  parts?: Record<string, string> | undefined
  indicators: Indicator[]
  verdicts: z.infer<typeof Verdict>[]
  priority: z.infer<typeof Verdicts>['priority'] | null
  vetoes: Veto[]
  causes: Cause[]
  /** How the computed causes and the surveyor's word are joined; null where the pack says nothing: the computed one is main. */
  joined_causes: JoinedCauses | null
  measures: Measure[]
  /** Null where the pack says nothing: as many whole plans as there can be. */
  sharing: Sharing | null
  exit: Exit | null
  alerts: Alert[]
  /** Steps by which late alerts go up. */
  escalation: Escalation[]
  changes: MemberChange[]
  appraisal: Appraisal | null
  words: Record<string, Words>
}

/** What is wrong with a pack: where, what, and what to do. `at` is a path inside the file, such as `indicators[2].met`. */
export type PackProblem = { code: PackProblemCode; file: string; at?: string; message: string; hint?: string }
export type PackProblemCode =
  | 'pack_missing_file'
  | 'pack_bad_file'
  | 'pack_bad_shape'
  | 'pack_bad_form'
  | 'pack_missing_word'
  | 'pack_duplicate_code'
  | 'pack_unknown_reference'
  | 'pack_idle_measure'
  | 'pack_parameter_gap'
  | 'pack_bad_area'
  | 'pack_bad_procedure'
  | 'pack_bad_computed'
  | 'pack_bad_rule'
  | 'pack_rules_contradict'
  | 'pack_example_fails'

/** The text in the language asked for, else in the pack's own, else in any: never empty where there is one at all. */
export const textIn = (text: Text, language: string, fallback = 'en'): string =>
  text[language] ?? text[fallback] ?? Object.values(text)[0] ?? ''
