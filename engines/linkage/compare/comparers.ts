import { codePoints, editDistance, jaroWinkler, normalizeText } from './distance.ts'
import { at } from '../at.ts'
import type { Comparison, ComparisonKind, Level } from '../model/model.ts'
import { FIXED_OUTCOMES } from '../model/model.ts'
import { compareNames, prepareName } from './names.ts'
import type { PreparedName } from './names.ts'
import { comparePersonIds, prepareDate, preparePersonId, compareDates } from '../model/person-id.ts'
import type { PreparedDate, PreparedPersonId } from '../model/person-id.ts'
import { compareTests, prepareTests, testKeys } from './tests.ts'
import type { PreparedTests } from './tests.ts'

/**
 * One comparison made ready: `prepare` reads the values of one record once (null: nothing to compare), `level` gives the
 * index of the model's level (-1: nothing comparable on both), and `keys[i]` is a text that two records share exactly when they reach level i or better,
 * for as many of the first levels as have one. The same code scores in the browser, in a small batch and over DuckDB's
 * candidate pairs, so that no two engines can differ.
 */
export type Comparer = {
  /** The text of one column of a record prepared by a comparison of kind `tests`; null for other kinds. */
  columnText(prepared: unknown, column: number): string | null
  prepare(values: readonly (string | null)[]): unknown
  level(a: unknown, b: unknown): number
  keys: ((prepared: unknown) => string | null)[]
}

type Outcomes<T> = {
  prepare(values: readonly (string | null)[], comparison: Comparison): T | null
  outcome(a: T, b: T, comparison: Comparison): number
  keys: ((prepared: T) => string | null)[]
  columnText?(prepared: T, column: number): string | null
}

/** `bag` has a bit for each character (modulo 32) that occurs. */
type Text = { key: string; codes: Int32Array; bag: number }

/** What Jaro-Winkler cannot exceed: every bit missing on the other side is a character without a partner there. */
function atMostSimilar(a: Text, b: Text): number {
  const [n, m] = [a.codes.length, b.codes.length]
  const common = Math.min(n - bits(a.bag & ~b.bag), m - bits(b.bag & ~a.bag))
  if (common <= 0) return 0
  const jaro = (common / n + common / m + 1) / 3
  return a.codes[0] === b.codes[0] ? jaro + 0.4 * (1 - jaro) : jaro
}

/** Bits set in a 32-bit int. */
function bits(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555)
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

function makeText(key: string): Text {
  const codes = codePoints(key)
  return { key, codes, bag: codes.reduce((bag, code) => bag | (1 << (code & 31)), 0) }
}

function prepareText(values: readonly (string | null)[]): Text | null {
  const key = normalizeText(values[0] ?? '')
  return key === '' ? null : makeText(key)
}

/** The first level whose conditions hold; the last one holds always. */
function firstLevel({ levels }: Comparison, holds: (level: Level) => boolean): number {
  const last = levels.length - 1
  let i = 0
  for (const level of levels) {
    if (i === last || holds(level)) return i
    i++
  }
  return last
}

const exact: Outcomes<Text> = {
  prepare: prepareText,
  outcome: (a, b) => (a.key === b.key ? 0 : 1),
  keys: [(a) => a.key],
}

const text: Outcomes<Text> = {
  prepare: prepareText,
  outcome(a, b, comparison) {
    if (a.key === b.key) return 0
    let [edits, similarity] = [-1, -1]
    return firstLevel(comparison, ({ at_least, max_edits }) => {
      if (max_edits !== undefined && Math.abs(a.codes.length - b.codes.length) <= max_edits) {
        if (edits < 0) edits = editDistance(a.codes, b.codes)
        if (edits <= max_edits) return true
      }
      if (at_least === undefined || atMostSimilar(a, b) < at_least) return false
      if (similarity < 0) similarity = jaroWinkler(a.codes, b.codes)
      return similarity >= at_least
    })
  },
  keys: [(a) => a.key],
}

/** Short numbers (a house, a group) are one edit from many others: there a slip cannot be recognised. */
function oneEdit(a: Text, b: Text): boolean {
  const [n, m] = [a.codes.length, b.codes.length]
  if (Math.min(n, m) < 5 || Math.abs(n - m) > 1 || bits(a.bag ^ b.bag) > 2) return false
  return editDistance(a.codes, b.codes) === 1
}

const digits: Outcomes<Text> = {
  prepare(values) {
    const key = (values[0] ?? '')
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[^0-9A-Z]/g, '')
    return key === '' ? null : makeText(key)
  },
  outcome: (a, b) => (a.key === b.key ? 0 : oneEdit(a, b) ? 1 : 2),
  keys: [(a) => a.key],
}

const number: Outcomes<number> = {
  prepare(values) {
    const value = Number((values[0] ?? '').trim() || NaN)
    return Number.isFinite(value) ? value : null
  },
  outcome: (a, b, comparison) => firstLevel(comparison, ({ within = 0 }) => Math.abs(a - b) <= within),
  keys: [],
}

/** The first characters of a text; the whole without `length`. */
const startOf = ({ key }: Text, length?: number) =>
  length === undefined || key.length <= length ? key : Array.from(key).slice(0, length).join('')

const prefix = ({ levels }: Comparison): Outcomes<Text> => ({
  prepare: prepareText,
  outcome: (a, b, comparison) => firstLevel(comparison, ({ length }) => startOf(a, length) === startOf(b, length)),
  keys: levels.slice(0, -1).map(
    ({ length }) =>
      (a) =>
        startOf(a, length),
  ),
})

const date: Outcomes<PreparedDate> = {
  prepare: (values) => prepareDate(values[0] ?? ''),
  outcome: compareDates,
  keys: [(a) => String(a.day_number)],
}

const chinese_name: Outcomes<PreparedName> = {
  prepare: (values) => prepareName(values[0] ?? ''),
  outcome: compareNames,
  keys: [(a) => a.key, (a) => a.folded_key, (a) => a.tone_key, (a) => a.sound_key],
}

const person_id: Outcomes<PreparedPersonId> = {
  prepare: (values) => preparePersonId(values[0] ?? '', values[1] ?? '', values[2] ?? ''),
  outcome: comparePersonIds,
  keys: [(a) => a.id],
}

const tests = (comparison: Comparison): Outcomes<PreparedTests> => ({
  prepare: prepareTests,
  outcome: compareTests,
  keys: testKeys(comparison),
  columnText: ({ values }, column) => values[column] ?? null,
})

function build<T>(comparison: Comparison, kind: Outcomes<T>): Comparer {
  const outcomes = FIXED_OUTCOMES[comparison.kind]
  // a model may leave levels out: an outcome then falls to the next weaker one it lists (or the weakest)
  const level_of = outcomes?.map((_, rank) => {
    const found = comparison.levels.findIndex((level) => outcomes.indexOf(level.name) >= rank)
    return found < 0 ? comparison.levels.length - 1 : found
  })
  const keys = outcomes
    ? comparison.levels.flatMap((level) => kind.keys[outcomes.indexOf(level.name)] ?? [])
    : kind.keys
  // what this comparer has prepared itself: its callers hand it back unread
  const own = (prepared: unknown) => prepared as T
  return {
    prepare: (values) => kind.prepare(values, comparison),
    level(a, b) {
      const outcome = kind.outcome(own(a), own(b), comparison)
      return level_of && outcome >= 0 ? at(level_of, outcome) : outcome
    },
    keys: keys.map((key) => (a: unknown) => key(own(a))),
    columnText: (a, column) => kind.columnText?.(own(a), column) ?? null,
  }
}

/** The comparer of one comparison of a checked model. */
export function comparerOf(comparison: Comparison): Comparer {
  const builders: Record<ComparisonKind, () => Comparer> = {
    exact: () => build(comparison, exact),
    text: () => build(comparison, text),
    date: () => build(comparison, date),
    number: () => build(comparison, number),
    digits: () => build(comparison, digits),
    prefix: () => build(comparison, prefix(comparison)),
    chinese_name: () => build(comparison, chinese_name),
    person_id: () => build(comparison, person_id),
    tests: () => build(comparison, tests(comparison)),
  }
  return builders[comparison.kind]()
}
