import { tCdf } from '../distributions.ts'
import { at, float, needFinite, needLength, needWeights, places, refuse } from '../refuse.ts'

export type Coefficient = { estimate: number; se: number; statistic: number; p_value: number }

/** Sum of squares from row `from` down. */
function squares(v: Float64Array, from: number): number {
  let sum = 0
  for (let i = from; i < v.length; i++) sum += float(v, i) ** 2
  return sum
}

/** Takes from `column` its part along `v`, twice: the reflection at the plane across `v`, from row `from` down. */
function reflect(column: Float64Array, v: Float64Array, from: number, length: number): void {
  let dot = 0
  for (let i = from; i < v.length; i++) dot += float(v, i) * float(column, i)
  const factor = (2 * dot) / length
  for (let i = from; i < v.length; i++) column[i] = float(column, i) - factor * float(v, i)
}

/** Makes the columns R, and `right` Q'y, in place. Refuses `collinear`. */
function triangulate(columns: readonly Float64Array[], right: Float64Array, tolerance: number): void {
  for (const [j, v] of columns.entries()) {
    const norm = Math.sqrt(squares(v, j))
    if (norm < tolerance) refuse('collinear', `Column ${j} is a combination of the columns before it`)
    const head = float(v, j)
    const alpha = head > 0 ? -norm : norm
    v[j] = head - alpha
    const length = squares(v, j)
    for (const column of columns.slice(j + 1)) reflect(column, v, j, length)
    reflect(right, v, j, length)
    // The reflector below the diagonal is spent; the column now holds R.
    v.fill(0, j)
    v[j] = alpha
  }
}

/** x with R x = right; R is upper triangular, by columns. */
function backSubstitute(r: readonly Float64Array[], right: ArrayLike<number>): number[] {
  const x = r.map(() => 0)
  for (const [i, diagonal] of [...r.entries()].toReversed()) {
    let sum = at(right, i)
    for (let j = i + 1; j < r.length; j++) sum -= float(at(r, j), i) * at(x, j)
    x[i] = sum / float(diagonal, i)
  }
  return x
}

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
  const root = Float64Array.from({ length: n }, (_, i) => Math.sqrt(weight?.[i] ?? 1))
  const right = root.map((factor, i) => at(y, i) * factor)
  const weighted = places(p).map((j) => Float64Array.from(rows, (row, i) => at(row, j) * float(root, i)))
  const scale = weighted.map((column) => Math.sqrt(column.reduce((sum, x) => sum + x * x, 0)) || 1)
  const r = weighted.map((column, j) => column.map((x) => x / at(scale, j)))
  triangulate(r, right, tolerance)
  const inverseR = places(p).map((k) =>
    backSubstitute(
      r,
      places(p).map((i) => (i === k ? 1 : 0)),
    ),
  )
  const inverse = scale.map((si, i) =>
    scale.map((sj, j) => inverseR.reduce((sum, column) => sum + at(column, i) * at(column, j), 0) / (si * sj)),
  )
  return { coefficients: backSubstitute(r, right).map((x, j) => x / at(scale, j)), inverse }
}

/** Refuses `not_a_number`, `ragged_rows`, `unequal_lengths`, `bad_weight`. */
export function needRows(rows: readonly ArrayLike<number>[], y: ArrayLike<number>, weight?: ArrayLike<number>): void {
  const columns = rows[0]?.length ?? 0
  for (const [i, row] of rows.entries()) {
    if (row.length !== columns) refuse('ragged_rows', `Row ${i} has ${row.length} of ${columns} columns`)
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
  const units = of.rows.map((row, i) => ({ row, y: at(of.y, i), weight: of.weight?.[i] ?? 1 }))
  let [w, wy] = [0, 0]
  for (const { y, weight } of units) {
    w += weight
    wy += weight * y
  }
  let [rss, tss] = [0, 0]
  for (const { row, y, weight } of units) {
    rss += weight * (y - predict(coefficients, row)) ** 2
    tss += weight * (y - wy / w) ** 2
  }
  const s2 = df > 0 ? rss / df : Number.NaN
  return {
    coefficients: coefficients.map((estimate, j) => {
      const se = Math.sqrt(s2 * at(at(inverse, j), j))
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
  for (let j = 0; j < coefficients.length; j++) sum += at(coefficients, j) * at(row, j)
  return sum
}
