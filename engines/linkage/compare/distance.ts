// Distances over arrays of int codes (code points), never bytes: DuckDB's levenshtein counts the bytes of UTF-8, so that
// two names one character apart come out three apart (duckdb/duckdb#25113).

import { int } from '../at.ts'

/** The code point of one character. */
export const codeOf = (character: string): number => character.codePointAt(0) ?? 0

/** Code points of a text after NFKC, trimming and lower-casing. */
export function codePoints(text: string): Int32Array {
  return Int32Array.from(Array.from(normalizeText(text), codeOf))
}

/** NFKC, trimmed, lower case, runs of blanks as one blank: ways of writing that no comparison should see. */
export function normalizeText(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' ')
}

export function sameCodes(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

let rows: [Int32Array, Int32Array, Int32Array] = [new Int32Array(64), new Int32Array(64), new Int32Array(64)]

/** Edits (insert, delete, substitute, swap of neighbours) between two code arrays; optimal string alignment. */
export function editDistance(a: Int32Array, b: Int32Array): number {
  const [n, m] = [a.length, b.length]
  if (n === 0 || m === 0) return Math.max(n, m)
  if (rows[0].length <= m) rows = [new Int32Array(m + 64), new Int32Array(m + 64), new Int32Array(m + 64)]
  let [rowBefore, rowAbove, row] = rows
  for (let j = 0; j <= m; j++) rowAbove[j] = j
  for (let i = 1; i <= n; i++) {
    row[0] = i
    for (let j = 1; j <= m; j++) {
      const substitution = int(rowAbove, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let best = Math.min(int(rowAbove, j) + 1, int(row, j - 1) + 1, substitution)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, int(rowBefore, j - 2) + 1)
      row[j] = best
    }
    const spare = rowBefore
    rowBefore = rowAbove
    rowAbove = row
    row = spare
  }
  return int(rowAbove, m)
}

/** Whether two arrays are equal, or one of them with one code left out is the other, or one code differs. */
export function withinOneEdit(a: Int32Array, b: Int32Array): boolean {
  if (a.length > b.length) return withinOneEdit(b, a)
  if (b.length - a.length > 1) return false
  let i = 0
  while (i < a.length && a[i] === b[i]) i++
  const skip = b.length > a.length ? 0 : 1
  for (let j = i + 1; j < b.length; j++) if (a[j - 1 + skip] !== b[j]) return false
  return true
}

let [takenA, takenB] = [new Uint8Array(64), new Uint8Array(64)]

/** Marks in takenA and takenB the codes that find a partner within `reach`, and counts them. */
function matchCodes(a: Int32Array, b: Int32Array): number {
  const [n, m] = [a.length, b.length]
  const reach = Math.max(0, Math.floor(Math.max(n, m) / 2) - 1)
  if (takenA.length < n) takenA = new Uint8Array(n + 64)
  if (takenB.length < m) takenB = new Uint8Array(m + 64)
  for (let i = 0; i < n; i++) takenA[i] = 0
  for (let j = 0; j < m; j++) takenB[j] = 0
  let common = 0
  for (let i = 0; i < n; i++) {
    const code = a[i]
    const to = i + reach < m ? i + reach : m - 1
    for (let j = i > reach ? i - reach : 0; j <= to; j++) {
      if (b[j] !== code || takenB[j]) continue
      takenA[i] = takenB[j] = 1
      common++
      break
    }
  }
  return common
}

/** Of the codes that `matchCodes` marked, those that stand in another order on the other side. */
function movedCodes(a: Int32Array, b: Int32Array): number {
  let moved = 0
  for (let i = 0, j = 0; i < a.length; i++) {
    if (!takenA[i]) continue
    while (!takenB[j]) j++
    if (a[i] !== b[j]) moved++
    j++
  }
  return moved
}

/**
 * Jaro similarity in 0..1. Each code of `a`, in order, takes the first free equal one of `b` in reach: another order may
 * match other codes. `whole_swaps`: half the transpositions rounded down, as in strcmp95.
 */
export function jaro(a: Int32Array, b: Int32Array, whole_swaps: boolean): number {
  const [n, m] = [a.length, b.length]
  if (n === 0 || m === 0) return n === m ? 1 : 0
  const common = matchCodes(a, b)
  if (common === 0) return 0
  const moved = movedCodes(a, b)
  const swaps = whole_swaps ? Math.floor(moved / 2) : moved / 2
  return (common / n + common / m + (common - swaps) / common) / 3
}

/** A similarity with Winkler's bonus for the common start: 0.1 of what is missing for each code, at most four. */
export function withPrefix(similarity: number, a: Int32Array, b: Int32Array): number {
  let prefix = 0
  while (prefix < Math.min(4, a.length, b.length) && a[prefix] === b[prefix]) prefix++
  return similarity + prefix * 0.1 * (1 - similarity)
}

/** Jaro-Winkler similarity in 0..1 (prefix scale 0.1, at most 4 characters), by code point. */
export function jaroWinkler(a: Int32Array, b: Int32Array): number {
  return withPrefix(jaro(a, b, false), a, b)
}
