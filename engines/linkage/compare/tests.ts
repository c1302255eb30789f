import type { Comparison, LevelTest } from '../model/model.ts'
import { damerauLevenshtein, levenshtein, plainJaroWinkler } from './plain-distance.ts'

/** A text as its distances are counted: UTF-16 units, and in `bag` a bit for each of them (modulo 32) that occurs. */
type Measured = { codes: Int32Array; bag: number }

/** Values of one record by the comparison's columns; `measured` only where a distance is asked for, else null. */
export type PreparedTests = {
  values: readonly (string | null)[]
  measured: (Measured | null)[]
  numbers: number[]
}

const DISTANCES = new Set(['levenshtein', 'damerau_levenshtein', 'jaro_winkler'])

function columnsTested(comparison: Comparison, tests: (test: LevelTest['test']) => boolean): boolean[] {
  const named = comparison.levels.flatMap((level) =>
    (level.tests ?? []).flatMap((t) => (t.test !== 'reversed' && tests(t.test) ? [t.column] : [])),
  )
  return comparison.columns.map((column) => named.includes(column))
}

const needs_of = new WeakMap<Comparison, { distance: boolean[]; within: boolean[] }>()

function needsOf(comparison: Comparison) {
  const known = needs_of.get(comparison)
  if (known) return known
  const needs = {
    distance: columnsTested(comparison, (test) => DISTANCES.has(test)),
    within: columnsTested(comparison, (test) => test === 'within'),
  }
  needs_of.set(comparison, needs)
  return needs
}

/** Null when every column is empty. */
export function prepareTests(values: readonly (string | null)[], comparison: Comparison): PreparedTests | null {
  if (values.every((value) => value === null || value === '')) return null
  const { distance, within } = needsOf(comparison)
  const plain = values.map((value) => (value === '' ? null : value))
  return {
    values: plain,
    measured: plain.map((value, i) => (value !== null && distance[i] ? measure(value) : null)),
    numbers: plain.map((value, i) => (value !== null && within[i] ? Number(value.trim() || NaN) : NaN)),
  }
}

function measure(text: string): Measured {
  const codes = Int32Array.from({ length: text.length }, (_, k) => text.charCodeAt(k))
  return { codes, bag: codes.reduce((bag, code) => bag | (1 << (code & 31)), 0) }
}

function bitCount(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555)
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Each edit brings at most one new code and takes at most one away. */
const fewestEdits = (x: number, y: number) => Math.max(bitCount(x & ~y), bitCount(y & ~x))

/** What Jaro-Winkler cannot exceed: every bit missing on the other side is a character without a partner there. */
function mostSimilar(a: Measured, b: Measured): number {
  const [n, m] = [a.codes.length, b.codes.length]
  const common = Math.min(n - bitCount(a.bag & ~b.bag), m - bitCount(b.bag & ~a.bag))
  if (common <= 0) return 0
  const jaro = (common / n + common / m + 1) / 3
  return a.codes[0] === b.codes[0] ? jaro + 0.4 * (1 - jaro) : jaro
}

function holds(test: LevelTest, a: PreparedTests, b: PreparedTests, columns: readonly string[]): boolean {
  if (test.test === 'reversed') {
    const [i, j] = [columns.indexOf(test.columns[0]), columns.indexOf(test.columns[1])]
    const [w, x, y, z] = [a.values[i], b.values[j], a.values[j], b.values[i]]
    return w != null && w === x && y != null && y === z
  }
  const i = columns.indexOf(test.column)
  const [x, y] = [a.values[i], b.values[i]]
  if (x == null || y == null) return false
  if (test.test === 'equal') return x === y
  if (test.test === 'within') return Math.abs((a.numbers[i] ?? NaN) - (b.numbers[i] ?? NaN)) <= test.at_most
  const [p, q] = [a.measured[i], b.measured[i]]
  return p && q ? isNear(test, p, q) : false
}

type DistanceTest = Extract<LevelTest, { test: 'levenshtein' | 'damerau_levenshtein' | 'jaro_winkler' }>

function isNear(test: DistanceTest, p: Measured, q: Measured): boolean {
  if (test.test === 'jaro_winkler') {
    // a hair below the bound, which sums in another order
    if (mostSimilar(p, q) < test.at_least - 1e-9) return false
    return plainJaroWinkler(p.codes, q.codes) >= test.at_least
  }
  if (fewestEdits(p.bag, q.bag) > test.at_most) return false
  const distance = test.test === 'levenshtein' ? levenshtein : damerauLevenshtein
  return distance(p.codes, q.codes, test.at_most) <= test.at_most
}

/** The first level whose tests all hold; -1 where no column has a value on both sides. */
export function compareTests(a: PreparedTests, b: PreparedTests, comparison: Comparison): number {
  const { columns, levels } = comparison
  if (!a.values.some((value, i) => value !== null && b.values[i] !== null)) return -1
  const last = levels.length - 1
  const first = levels.findIndex(({ tests = [] }, k) => k < last && tests.every((test) => holds(test, a, b, columns)))
  return first < 0 ? last : first
}

/** The value that two records share exactly when they reach the first level, where that is equality of one column. */
export function testKeys(comparison: Comparison): ((prepared: PreparedTests) => string | null)[] {
  const [test, ...others] = comparison.levels[0]?.tests ?? []
  if (test?.test !== 'equal' || others.length > 0) return []
  const i = comparison.columns.indexOf(test.column)
  return [(prepared) => prepared.values[i] ?? null]
}
