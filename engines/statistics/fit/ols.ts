import { tCdf } from '../distributions.ts'
import { needFinite, needLength, needWeights, refuse } from '../refuse.ts'

export type Coefficient = { estimate: number; se: number; statistic: number; p_value: number }

/**
 * Least squares by Householder QR on columns scaled to length 1: X (rows of equal length) and y, weighted.
 * Returns the solution and (X'WX)^-1. Refuses `too_few_rows`, and `collinear`, naming the column of which no more than
 * `tolerance` of its length is its own.
 */
export function leastSquares(
  rows: readonly ArrayLike<number>[],
  y: ArrayLike<number>,
  weight?: ArrayLike<number>,
  tolerance = 1e-11,
): { coefficients: number[]; inverse: number[][] } {
  const n = rows.length
  const p = rows[0]?.length ?? 0
  if (n < p || p === 0) refuse('too_few_rows', `${n} rows do not determine ${p} coefficients`)
  needRows(rows, y, weight)
  const root = Array.from({ length: n }, (_, i) => Math.sqrt(weight?.[i] ?? 1))
  const a = Array.from({ length: p }, (_, j) => Float64Array.from(rows, (row, i) => row[j]! * root[i]!))
  const b = Float64Array.from({ length: n }, (_, i) => y[i]! * root[i]!)
  const scale = a.map((column) => Math.sqrt(column.reduce((sum, x) => sum + x * x, 0)) || 1)
  for (const [j, column] of a.entries()) for (let i = 0; i < n; i++) column[i]! /= scale[j]!

  for (let j = 0; j < p; j++) {
    const v = a[j]!
    let norm = 0
    for (let i = j; i < n; i++) norm += v[i]! ** 2
    norm = Math.sqrt(norm)
    if (norm < tolerance) refuse('collinear', `Column ${j} is a combination of the columns before it`)
    const alpha = v[j]! > 0 ? -norm : norm
    v[j]! -= alpha
    let length = 0
    for (let i = j; i < n; i++) length += v[i]! ** 2
    for (const column of [...a.slice(j + 1), b]) {
      let dot = 0
      for (let i = j; i < n; i++) dot += v[i]! * column[i]!
      const factor = (2 * dot) / length
      for (let i = j; i < n; i++) column[i]! -= factor * v[i]!
    }
    // The reflector below the diagonal is spent; the column now holds R.
    v.fill(0, j)
    v[j] = alpha
  }
  const r = (i: number, j: number): number => a[j]![i]!
  const back = (right: ArrayLike<number>): number[] => {
    const x = Array.from({ length: p }, () => 0)
    for (let i = p - 1; i >= 0; i--) {
      let s = right[i]!
      for (let j = i + 1; j < p; j++) s -= r(i, j) * x[j]!
      x[i] = s / r(i, i)
    }
    return x
  }
  const inverseR = Array.from({ length: p }, (_, k) => back(Array.from({ length: p }, (_, i) => (i === k ? 1 : 0))))
  const inverse = scale.map((si, i) =>
    scale.map((sj, j) => inverseR.reduce((sum, column) => sum + column[i]! * column[j]!, 0) / (si * sj)),
  )
  return { coefficients: back(b).map((x, j) => x / scale[j]!), inverse }
}

/** Refuses `not_a_number`, `ragged_rows`, `unequal_lengths`, `bad_weight`. */
export function needRows(rows: readonly ArrayLike<number>[], y: ArrayLike<number>, weight?: ArrayLike<number>): void {
  for (const [i, row] of rows.entries()) {
    if (row.length !== rows[0]!.length)
      refuse('ragged_rows', `Row ${i} has ${row.length} of ${rows[0]!.length} columns`)
    needFinite(row, 'Value')
  }
  needLength(y, rows.length, 'y')
  needFinite(y, 'y')
  needWeights(weight, rows.length)
}

export type OlsFit = {
  coefficients: Coefficient[]
  r_squared: number
  residual_variance: number
  df: number
}

/**
 * Ordinary or weighted least squares. `rows` hold the columns as given: put a 1 first for the intercept.
 * Standard errors are the classical ones (equal variances; for weights, variance in proportion to 1 / weight).
 * R squared is about the weighted mean. Refuses `too_few_rows`, `collinear`.
 */
export function ols(of: {
  rows: readonly ArrayLike<number>[]
  y: ArrayLike<number>
  weight?: ArrayLike<number>
}): OlsFit {
  const { coefficients, inverse } = leastSquares(of.rows, of.y, of.weight)
  const n = of.rows.length
  const df = n - coefficients.length
  let [w, wy] = [0, 0]
  for (let i = 0; i < n; i++) {
    w += of.weight?.[i] ?? 1
    wy += (of.weight?.[i] ?? 1) * of.y[i]!
  }
  let [rss, tss] = [0, 0]
  for (let i = 0; i < n; i++) {
    const wi = of.weight?.[i] ?? 1
    rss += wi * (of.y[i]! - predict(coefficients, of.rows[i]!)) ** 2
    tss += wi * (of.y[i]! - wy / w) ** 2
  }
  const s2 = df > 0 ? rss / df : Number.NaN
  return {
    coefficients: coefficients.map((estimate, j) => {
      const se = Math.sqrt(s2 * inverse[j]![j]!)
      const statistic = estimate / se
      return { estimate, se, statistic, p_value: df > 0 ? 2 * tCdf(-Math.abs(statistic), df) : Number.NaN }
    }),
    r_squared: tss > 0 ? 1 - rss / tss : Number.NaN,
    residual_variance: s2,
    df,
  }
}

/** Sum of coefficients x row. */
export function predict(coefficients: ArrayLike<number>, row: ArrayLike<number>): number {
  needLength(row, coefficients.length, 'the row')
  needFinite(coefficients, 'Coefficient')
  needFinite(row, 'Value')
  let sum = 0
  for (let j = 0; j < coefficients.length; j++) sum += coefficients[j]! * row[j]!
  return sum
}
