import { jaro, withPrefix } from './distance.ts'

// Distances over plain code arrays exactly as DuckDB, PostgreSQL's fuzzystrmatch and most linkage tools define them on
// ASCII text, so that a level means the same there and here.

/** Insertions, deletions and substitutions between two code arrays; `most` + 1 stands for "more than `most`". */
export function levenshtein(a: Int32Array, b: Int32Array, most = Infinity): number {
  let [from, n, m] = [0, a.length, b.length]
  if (Math.abs(n - m) > most) return most + 1
  while (from < n && from < m && a[from] === b[from]) from++
  while (n > from && m > from && a[n - 1] === b[m - 1]) {
    n--
    m--
  }
  if (n === from || m === from) return Math.min(Math.max(n, m) - from, most + 1)
  if (most === 0) return 1
  if (most === 1) return n - from === 1 && m - from === 1 ? 1 : 2
  const width = m - from
  if (row.length <= width) row = new Int32Array(width + 64)
  for (let j = 0; j <= width; j++) row[j] = j
  for (let i = from; i < n; i++) {
    let diagonal = row[0]!
    let least = (row[0] = i - from + 1)
    for (let j = 0; j < width; j++) {
      const above = row[j + 1]!
      const changed = diagonal + (a[i] === b[from + j] ? 0 : 1)
      const value = Math.min(above + 1, row[j]! + 1, changed)
      row[j + 1] = value
      diagonal = above
      if (value < least) least = value
    }
    if (least > most) return most + 1
  }
  return Math.min(row[width]!, most + 1)
}

let row = new Int32Array(64)
let grid = new Int32Array(4096)

/**
 * As `levenshtein`, a swap of neighbours counting one; between the two swapped characters others may have been inserted
 * or deleted (Damerau's distance proper, not the restricted one: "ca" and "abc" are two apart).
 */
export function damerauLevenshtein(a: Int32Array, b: Int32Array, most = Infinity): number {
  let [from, n, m] = [0, a.length, b.length]
  if (Math.abs(n - m) > most) return most + 1
  while (from < n && from < m && a[from] === b[from]) from++
  while (n > from && m > from && a[n - 1] === b[m - 1]) {
    n--
    m--
  }
  n -= from
  m -= from
  if (n === 0 || m === 0) return Math.min(Math.max(n, m), most + 1)
  if (most === 0) return 1
  if (most === 1) {
    if (n === 1 && m === 1) return 1
    return n === 2 && m === 2 && a[from] === b[from + 1] && a[from + 1] === b[from] ? 1 : 2
  }
  const stride = m + 2
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
  const last = new Map<number, number>()
  for (let i = 1; i <= n; i++) {
    let before = 0
    const x = a[from + i - 1]!
    for (let j = 1; j <= m; j++) {
      const y = b[from + j - 1]!
      const row_of_y = last.get(y) ?? 0
      const column_of_x = before
      const same = x === y
      if (same) before = j
      grid[(i + 1) * stride + j + 1] = Math.min(
        grid[i * stride + j]! + (same ? 0 : 1),
        grid[(i + 1) * stride + j]! + 1,
        grid[i * stride + j + 1]! + 1,
        grid[row_of_y * stride + column_of_x]! + (i - row_of_y - 1) + 1 + (j - column_of_x - 1),
      )
    }
    last.set(x, i)
  }
  return Math.min(grid[(n + 1) * stride + m + 1]!, most + 1)
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
