import { int } from '../at.ts'
import { jaro, withPrefix } from './distance.ts'

// Distances over plain code arrays exactly as DuckDB, PostgreSQL's fuzzystrmatch and most linkage tools define them on
// ASCII text, so that a level means the same there and here.

/** Two arrays without their common start and end: what lies from `from` to `n` and `m`. */
function trimmed(a: Int32Array, b: Int32Array): { from: number; n: number; m: number } {
  let [from, n, m] = [0, a.length, b.length]
  while (from < n && from < m && a[from] === b[from]) from++
  while (n > from && m > from && a[n - 1] === b[m - 1]) {
    n--
    m--
  }
  return { from, n, m }
}

let row = new Int32Array(64)

/** The first row counts insertions. */
function startRow(width: number): void {
  if (row.length <= width) row = new Int32Array(width + 64)
  for (let j = 0; j <= width; j++) row[j] = j
}

/** Insertions, deletions and substitutions between two code arrays; `most` + 1 stands for "more than `most`". */
export function levenshtein(a: Int32Array, b: Int32Array, most = Infinity): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  const { from, n, m } = trimmed(a, b)
  if (n === from || m === from) return Math.min(Math.max(n, m) - from, most + 1)
  if (most === 0) return 1
  if (most === 1) return n - from === 1 && m - from === 1 ? 1 : 2
  const width = m - from
  startRow(width)
  for (let i = from; i < n; i++) {
    let diagonal = int(row, 0)
    let least = (row[0] = i - from + 1)
    for (let j = 0; j < width; j++) {
      const above = int(row, j + 1)
      const changed = diagonal + (a[i] === b[from + j] ? 0 : 1)
      const value = Math.min(above + 1, int(row, j) + 1, changed)
      row[j + 1] = value
      diagonal = above
      if (value < least) least = value
    }
    if (least > most) return most + 1
  }
  return Math.min(int(row, width), most + 1)
}

/**
 * As `levenshtein`, a swap of neighbours counting one; between the two swapped characters others may have been inserted
 * or deleted (Damerau's distance proper, not the restricted one: "ca" and "abc" are two apart).
 */
export function damerauLevenshtein(a: Int32Array, b: Int32Array, most = Infinity): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  const { from, n: end_a, m: end_b } = trimmed(a, b)
  const [n, m] = [end_a - from, end_b - from]
  if (n === 0 || m === 0) return Math.min(Math.max(n, m), most + 1)
  if (most === 0) return 1
  if (most > 1) return Math.min(fullDamerau(a.subarray(from, end_a), b.subarray(from, end_b)), most + 1)
  if (n === 1 && m === 1) return 1
  return n === 2 && m === 2 && a[from] === b[from + 1] && a[from + 1] === b[from] ? 1 : 2
}

let grid = new Int32Array(4096)

/** The first row and column of the grid count insertions; the ones before them are out of reach. */
function startGrid(n: number, m: number, stride: number): void {
  if (grid.length < (n + 2) * stride) grid = new Int32Array((n + 2) * stride)
  const far = n + m
  grid[0] = far
  for (let i = 0; i <= n; i++) {
    grid[(i + 1) * stride] = far
    grid[(i + 1) * stride + 1] = i
  }
  for (let j = 0; j <= m; j++) {
    grid[j + 1] = far
    grid[stride + j + 1] = j
  }
}

/** Lowrance and Wagner's algorithm (1975, Journal of the ACM 22:177), over neither array empty. */
function fullDamerau(a: Int32Array, b: Int32Array): number {
  const [n, m] = [a.length, b.length]
  const stride = m + 2
  startGrid(n, m, stride)
  const last = new Map<number, number>()
  for (let i = 1; i <= n; i++) {
    let before = 0
    const x = int(a, i - 1)
    for (let j = 1; j <= m; j++) {
      const y = int(b, j - 1)
      const row_of_y = last.get(y) ?? 0
      const column_of_x = before
      const same = x === y
      if (same) before = j
      grid[(i + 1) * stride + j + 1] = Math.min(
        int(grid, i * stride + j) + (same ? 0 : 1),
        int(grid, (i + 1) * stride + j) + 1,
        int(grid, i * stride + j + 1) + 1,
        int(grid, row_of_y * stride + column_of_x) + (i - row_of_y - 1) + 1 + (j - column_of_x - 1),
      )
    }
    last.set(x, i)
  }
  return int(grid, (n + 1) * stride + m + 1)
}

/**
 * Jaro-Winkler similarity in 0..1 as in Winkler's strcmp95: half the transpositions rounded down, and the common prefix
 * (0.1 each, at most 4) counts only above a Jaro similarity of 0.7. DuckDB looks for the codes of the second text in the
 * first: hence the other order. `jaroWinkler` differs in the rounding and the 0.7 alone; learnt models rest on both.
 */
export function plainJaroWinkler(a: Int32Array, b: Int32Array): number {
  const similarity = jaro(b, a, true)
  return similarity > 0.7 ? withPrefix(similarity, a, b) : similarity
}
