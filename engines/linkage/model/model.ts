import { LinkageError } from '../errors.ts'

/** How a comparison judges two values; README.md says which levels each kind knows. */
export type ComparisonKind =
  | 'exact'
  | 'text'
  | 'date'
  | 'number'
  | 'digits'
  | 'prefix'
  | 'chinese_name'
  | 'person_id'
  | 'tests'

/**
 * One condition of a level of kind `tests`, on columns taken as they stand (nothing folded); false where a value is
 * missing on either side. Texts count by UTF-16 unit: on ASCII as DuckDB and PostgreSQL count.
 */
export type LevelTest =
  | { test: 'equal'; column: string }
  /** The two columns equal each other crosswise: first name and surname exchanged. */
  | { test: 'reversed'; columns: [string, string] }
  | { test: 'levenshtein' | 'damerau_levenshtein'; column: string; at_most: number }
  | { test: 'jaro_winkler'; column: string; at_least: number }
  /** Numbers (days, say) at most so far apart. */
  | { test: 'within'; column: string; at_most: number }

/** One degree of agreement. `m` and `u`: its probability among matches and among non-matches, missing values aside. */
export type Level = {
  name: string
  m: number
  u: number
  /** text: least Jaro-Winkler similarity by characters (0..1). */
  at_least?: number
  /** text: most edits by characters. */
  max_edits?: number
  /** number: greatest absolute difference. */
  within?: number
  /** prefix: characters that must agree from the start. */
  length?: number
  /** tests: all must hold. The last level has none: it is everything else. */
  tests?: LevelTest[]
  /**
   * tests: the column whose frequency adjusts this level, by log2(u / share): u of the level that is equality of this
   * column alone, share the greater of the two values' shares where they differ.
   */
  term_frequency?: string
  /** As learnt from one list: the part of agreement on a value that is chance, and not copies of the same record. */
  chance?: number
}

export type Comparison = {
  name: string
  /** For people who read the model: why it is compared so. */
  note?: string
  columns: string[]
  kind: ComparisonKind
  /** From the strongest agreement to the weakest. A missing value on either side is no evidence: weight 0. */
  levels: Level[]
  /** Full agreement on a rare value counts more than on a common one. */
  term_frequency?: boolean
  /** What a household has in common (address, telephone): no evidence of which member it is. */
  shared_in_household?: boolean
  /** The strongest level that whole families reach together (the surname): no positive evidence inside a household. */
  shared_from_level?: string
}

/** All weights are bits: log2 of odds. 0 is even odds, 10 is about 1 in 1,000 wrong. */
export type Thresholds = {
  accept: number
  review: number
  /** Least lead of an accepted pair over the next best of either record; less goes to review. Default 3. */
  margin?: number
}

export type HouseholdSettings = {
  /** Least weight of a pair that vouches for its household. */
  anchor: number
  /** Bits for each other anchor between the same two households, and how many of them count. */
  bits_per_anchor: number
  max_anchors: number
  /** As learnt: bits by number of other anchors from 0 up, in place of the two above. */
  support_bits?: number[]
  /** Never linked merely because the rest of the household is. */
  vetoes: LevelReference[]
  /**
   * Levels that stand in for `accept_requires` where another sure link joins the two households, and nobody else there
   * has what it asks for.
   */
  second_evidence?: LevelReference[]
  /** Levels that mean another place: a household most of whose members reach them has moved. */
  moved?: LevelReference
}

export type LevelReference = { comparison: string; levels: string[] }

/** A whole linkage, as plain JSON: what is compared, how, what agreement is worth, and where the bands lie. */
export type LinkageModel = {
  format: 'linkage-model/1'
  name: string
  comparisons: Comparison[]
  /** Each rule is a list of keys, `column` or `column:transform`; records that agree on all of them are compared. */
  blocking_rules: string[][]
  /** Probability that two records drawn at random are the same. */
  prior: number
  thresholds: Thresholds
  /** A pair is accepted only if one of these holds; else it goes to review. None: no such condition. */
  accept_requires?: LevelReference[]
  /** Never accepted, never helped by the household, never completed. */
  vetoes?: LevelReference[]
  households?: HouseholdSettings
}

/** Fixed outcomes of the kinds that have them, strongest first. A model lists those it wants, in this order. */
export const FIXED_OUTCOMES: Partial<Record<ComparisonKind, readonly string[]>> = {
  exact: ['exact', 'different'],
  date: ['exact', 'near', 'year', 'different'],
  digits: ['exact', 'one_edit', 'different'],
  chinese_name: ['exact', 'variant', 'same_tone', 'same_sound', 'permuted', 'one_character', 'surname', 'different'],
  person_id: [
    'same_id',
    'near_id',
    'same_birth',
    'other_id_same_birth',
    'borrowed_id',
    'near_birth',
    'different',
    'id_conflict',
  ],
}

/** The fixed outcomes of a kind that has them. Throws RangeError for any other. */
export function outcomesOf(kind: ComparisonKind): readonly string[] {
  const outcomes = FIXED_OUTCOMES[kind]
  if (!outcomes) throw new RangeError(`Comparisons of kind ${kind} have no fixed outcomes`)
  return outcomes
}

/** Measured without labels on three household data sets: anchors of 7 to 8 bits, 2 bits for each other anchor, cap 3. */
export const DEFAULT_HOUSEHOLDS: HouseholdSettings = { anchor: 7.5, bits_per_anchor: 2, max_anchors: 3, vetoes: [] }

function refuse(model: LinkageModel, message: string, detail: Record<string, unknown> = {}): never {
  throw new LinkageError('linkage_bad_model', `The model "${model.name}" cannot be used: ${message}.`, detail)
}

function checkLevels(model: LinkageModel, { name, levels, shared_from_level: shared }: Comparison): void {
  if (levels.length < 2) refuse(model, `comparison ${name} needs at least two levels`)
  // a level is written as one byte
  if (levels.length > 127) refuse(model, `comparison ${name} has ${levels.length} levels, more than 127`)
  if (shared !== undefined && !levels.some((level) => level.name === shared)) {
    refuse(model, `${name} has no level "${shared}" to be shared from`)
  }
  for (const level of levels) {
    if (!(level.m > 0 && level.m <= 1 && level.u > 0 && level.u <= 1)) {
      refuse(model, `m and u of ${name}.${level.name} must lie above 0 and at most at 1`, { level })
    }
  }
}

/** The level of a `tests` comparison that is equality of this column alone; -1 if there is none. */
export function equalityLevel(comparison: Comparison, column: string): number {
  return comparison.levels.findIndex(({ tests }) => {
    const [only, ...others] = tests ?? []
    return only?.test === 'equal' && others.length === 0 && only.column === column
  })
}

function checkTests(model: LinkageModel, comparison: Comparison): void {
  const { name, columns, levels } = comparison
  checkLevels(model, comparison)
  if (comparison.term_frequency) refuse(model, `${name} is of kind tests: term_frequency belongs to its levels`)
  for (const [k, level] of levels.entries()) {
    if (k === levels.length - 1 ? level.tests?.length : !level.tests?.length) {
      refuse(model, `every level of ${name} but the last needs tests, and the last has none`)
    }
    const named = (level.tests ?? []).flatMap((test) => (test.test === 'reversed' ? test.columns : [test.column]))
    for (const column of [...named, ...(level.term_frequency ? [level.term_frequency] : [])]) {
      if (!columns.includes(column)) refuse(model, `${name}.${level.name} names "${column}", no column of ${name}`)
    }
    if (level.term_frequency && equalityLevel(comparison, level.term_frequency) < 0) {
      refuse(model, `${name} needs a level that is equality of "${level.term_frequency}" alone, for its frequency`)
    }
  }
}

function checkComparison(model: LinkageModel, comparison: Comparison): void {
  const { name, kind, levels, columns } = comparison
  if (!/^[a-z][a-z0-9_]*$/.test(name)) refuse(model, `"${name}" is no comparison name (a-z, 0-9 and _)`)
  if (columns.length === 0) refuse(model, `comparison ${name} has no columns`)
  if (kind === 'tests') return checkTests(model, comparison)
  if (kind === 'person_id' ? columns.length !== 3 : columns.length !== 1) {
    refuse(
      model,
      `comparison ${name} needs ${kind === 'person_id' ? 'three columns: ID, birth date, sex' : 'one column'}`,
    )
  }
  checkLevels(model, comparison)
  if (kind === 'number' && comparison.term_frequency) refuse(model, `${name} is a number: term_frequency counts texts`)
  const outcomes = FIXED_OUTCOMES[kind]
  if (!outcomes) return
  const ranks = levels.map((level) => outcomes.indexOf(level.name))
  if (ranks.some((rank, i) => rank <= (ranks[i - 1] ?? -1))) {
    refuse(model, `levels of ${name} must be some of ${outcomes.join(', ')}, in this order`)
  }
  if (Math.max(...ranks) < outcomes.indexOf('different'))
    refuse(model, `comparison ${name} must have the level "different"`)
}

function checkReference(model: LinkageModel, reference: LevelReference): void {
  const comparison = model.comparisons.find((c) => c.name === reference.comparison)
  const missing = reference.levels.filter((name) => !comparison?.levels.some((level) => level.name === name))
  if (!comparison || missing.length > 0)
    refuse(model, `no level ${reference.comparison}.${missing.join('/')}`, { reference })
}

/** All levels that a model names outside its comparisons. */
function referencesOf({ accept_requires = [], vetoes = [], households }: LinkageModel): LevelReference[] {
  if (!households) return [...accept_requires, ...vetoes]
  const { second_evidence = [], moved } = households
  return [...accept_requires, ...vetoes, ...households.vetoes, ...second_evidence, ...(moved ? [moved] : [])]
}

/** Throws LinkageError `linkage_bad_model` with the first thing that is wrong. */
export function checkModel(model: LinkageModel): void {
  if (model.format !== 'linkage-model/1') refuse(model, 'its format is not linkage-model/1')
  if (model.comparisons.length === 0) refuse(model, 'it compares nothing')
  if (new Set(model.comparisons.map((c) => c.name)).size < model.comparisons.length)
    refuse(model, 'a name occurs twice')
  if (!(model.prior > 0 && model.prior < 1)) refuse(model, 'prior must lie between 0 and 1')
  if (model.thresholds.review > model.thresholds.accept) refuse(model, 'review lies above accept')
  for (const comparison of model.comparisons) checkComparison(model, comparison)
  for (const reference of referencesOf(model)) checkReference(model, reference)
  const patterns = model.comparisons.reduce((product, c) => product * (c.levels.length + 1), 1)
  if (patterns > 2 ** 31 - 1) refuse(model, 'it has more agreement patterns than fit 31 bits', { patterns })
  if (model.blocking_rules.length === 0 || model.blocking_rules.some((rule) => rule.length === 0)) {
    refuse(model, 'it needs blocking rules, each with at least one key')
  }
}

/** Bits that one level adds: log2(m / u). */
export function levelWeight(level: Level): number {
  return Math.log2(level.m / level.u)
}

/** Bits of the prior: log2 of its odds. */
export function priorWeight(model: Pick<LinkageModel, 'prior'>): number {
  return Math.log2(model.prior / (1 - model.prior))
}

/** Probability of a match weight in bits. */
export function probabilityOf(weight: number): number {
  return 1 / (1 + 2 ** -weight)
}
