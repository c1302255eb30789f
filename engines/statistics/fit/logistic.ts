import { normalCdf } from '../distributions.ts'
import { type Coefficient, leastSquares, needRows, predict } from './ols.ts'
import { refuse } from '../refuse.ts'

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
  const w = (i: number): number => of.weight?.[i] ?? 1
  let beta = Array.from({ length: of.rows[0]?.length ?? 0 }, () => 0)
  let deviance = Infinity
  const step = (at: number[]): ReturnType<typeof leastSquares> => {
    const working = new Float64Array(n)
    const weights = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      const eta = predict(at, of.rows[i]!)
      const mu = logistic(eta)
      // Beyond this floor 1 - mu rounds to 0 and the working value to infinity.
      const v = Math.max(mu * (1 - mu), 2.2e-16)
      working[i] = eta + (of.y[i]! - mu) / v
      weights[i] = w(i) * v
    }
    return leastSquares(of.rows, working, weights)
  }
  for (let iterations = 1; iterations <= 100; iterations++) {
    beta = step(beta).coefficients
    const now = devianceOf(of, (i) => logistic(predict(beta, of.rows[i]!)))
    if (now < 1e-8 * n) refuse('separated', 'The columns tell the two outcomes apart perfectly: no finite estimate')
    if (Math.abs(deviance - now) <= 1e-10 * (now + 0.1)) {
      // One step more, so that the errors belong to the estimates returned and not to the ones before.
      const { coefficients, inverse } = step(beta)
      beta = coefficients
      const fitted = of.rows.map((row) => logistic(predict(beta, row)))
      if (fitted.some((mu) => mu < 1e-10 || mu > 1 - 1e-10) && beta.some((_, j) => inverse[j]![j]! > 1e8)) {
        refuse('separated', 'A column tells one outcome apart perfectly: no finite estimate')
      }
      let [sw, sy] = [0, 0]
      for (let i = 0; i < n; i++) {
        sw += w(i)
        sy += w(i) * of.y[i]!
      }
      return {
        coefficients: beta.map((estimate, j) => {
          const se = Math.sqrt(inverse[j]![j]!)
          return { estimate, se, statistic: estimate / se, p_value: 2 * normalCdf(-Math.abs(estimate / se)) }
        }),
        deviance: now,
        null_deviance: devianceOf(of, () => sy / sw),
        iterations,
      }
    }
    deviance = now
  }
  return refuse('not_converged', 'The estimates still move after 100 rounds')
}

function devianceOf(
  of: { rows: readonly ArrayLike<number>[]; y: ArrayLike<number>; weight?: ArrayLike<number> },
  mu: (i: number) => number,
): number {
  let sum = 0
  for (let i = 0; i < of.rows.length; i++) {
    const m = mu(i)
    sum -= 2 * (of.weight?.[i] ?? 1) * Math.log(Math.max(of.y[i] === 1 ? m : 1 - m, 1e-300))
  }
  return sum
}
