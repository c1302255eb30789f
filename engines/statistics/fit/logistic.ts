import { normalCdf } from '../distributions.ts'
import { type Coefficient, leastSquares, needRows, predict } from './ols.ts'
import { at, refuse } from '../refuse.ts'

export type LogisticFit = {
  coefficients: Coefficient[]
  deviance: number
  null_deviance: number
  iterations: number
}

/** 1 / (1 + e^-x), without overflow. */
export function logistic(x: number): number {
  if (Number.isNaN(x)) refuse('not_a_number', 'The value is not a number')
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))
}

/**
 * Logistic regression by iteratively reweighted least squares (McCullagh and Nelder 1989, 2.5), stopping when the
 * deviance moves by less than 1e-10 of itself. `rows` hold the columns as given: put a 1 first for the intercept.
 * `y` 0 or 1. `weight` counts of like units, not survey weights: with those the estimates hold, the errors do not.
 * Refuses `separated` where some combination of columns tells 0 from 1 perfectly (no finite maximum), `collinear`,
 * `not_converged`.
 */
export function logisticRegression(of: {
  rows: readonly ArrayLike<number>[]
  y: ArrayLike<number>
  weight?: ArrayLike<number>
}): LogisticFit {
  needRows(of.rows, of.y, of.weight)
  for (let i = 0; i < of.y.length; i++)
    if (of.y[i] !== 0 && of.y[i] !== 1) refuse('bad_outcome', `An outcome is 0 or 1, not ${of.y[i]}`)
  const n = of.rows.length
  const units = of.rows.map((row, i): Unit => ({ row, y: at(of.y, i), weight: of.weight?.[i] ?? 1 }))
  let beta = Array.from({ length: of.rows[0]?.length ?? 0 }, () => 0)
  let deviance = Infinity
  for (let iterations = 1; iterations <= 100; iterations++) {
    beta = reweighted(units, beta).coefficients
    const now = devianceOf(units, ({ row }) => logistic(predict(beta, row)))
    if (now < 1e-8 * n) refuse('separated', 'The columns tell the two outcomes apart perfectly: no finite estimate')
    // One step more, so that the errors belong to the estimates returned and not to the ones before.
    if (Math.abs(deviance - now) <= 1e-10 * (now + 0.1)) {
      return { ...fitted(units, reweighted(units, beta)), deviance: now, iterations }
    }
    deviance = now
  }
  return refuse('not_converged', 'The estimates still move after 100 rounds')
}

type Unit = { row: ArrayLike<number>; y: number; weight: number }

/** One round: least squares of the working values, weighted by their variance under the estimates so far. */
function reweighted(units: readonly Unit[], beta: readonly number[]): ReturnType<typeof leastSquares> {
  const working = new Float64Array(units.length)
  const weights = new Float64Array(units.length)
  for (const [i, { row, y, weight }] of units.entries()) {
    const eta = predict(beta, row)
    const mu = logistic(eta)
    // Beyond this floor 1 - mu rounds to 0 and the working value to infinity.
    const v = Math.max(mu * (1 - mu), 2.2e-16)
    working[i] = eta + (y - mu) / v
    weights[i] = weight * v
  }
  return leastSquares(
    units.map(({ row }) => row),
    working,
    weights,
  )
}

/** Refuses `separated` where one column alone tells an outcome apart. */
function fitted(
  units: readonly Unit[],
  { coefficients, inverse }: ReturnType<typeof leastSquares>,
): Pick<LogisticFit, 'coefficients' | 'null_deviance'> {
  const variances = inverse.map((row, j) => at(row, j))
  const certain = units
    .map(({ row }) => logistic(predict(coefficients, row)))
    .some((mu) => mu < 1e-10 || mu > 1 - 1e-10)
  if (certain && variances.some((variance) => variance > 1e8)) {
    refuse('separated', 'A column tells one outcome apart perfectly: no finite estimate')
  }
  let [sw, sy] = [0, 0]
  for (const { y, weight } of units) {
    sw += weight
    sy += weight * y
  }
  return {
    coefficients: coefficients.map((estimate, j) => {
      const se = Math.sqrt(at(variances, j))
      return { estimate, se, statistic: estimate / se, p_value: 2 * normalCdf(-Math.abs(estimate / se)) }
    }),
    null_deviance: devianceOf(units, () => sy / sw),
  }
}

function devianceOf(units: readonly Unit[], mu: (unit: Unit) => number): number {
  let sum = 0
  for (const unit of units) {
    const m = mu(unit)
    sum -= 2 * unit.weight * Math.log(Math.max(unit.y === 1 ? m : 1 - m, 1e-300))
  }
  return sum
}
