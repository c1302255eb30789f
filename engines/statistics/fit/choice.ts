import { at, places, refuse } from '../refuse.ts'

/** One choice: the columns of each alternative, and which of them was taken. */
export interface ChoiceSet {
  alternatives: readonly (readonly number[])[]
  /** Index of the one taken. */
  taken: number
}

export interface ChoiceFit {
  coefficients: number[]
  /** From the inverse of the information matrix. */
  standard_errors: number[]
  log_likelihood: number
  iterations: number
}

/** Probability of each alternative: exp(its score) over the sum of all. */
export function choiceProbabilities(
  coefficients: readonly number[],
  alternatives: ChoiceSet['alternatives'],
): number[] {
  const scores = alternatives.map((columns) =>
    columns.reduce((sum, value, j) => sum + value * (coefficients[j] ?? 0), 0),
  )
  const top = Math.max(...scores)
  const parts = scores.map((score) => Math.exp(score - top))
  const all = parts.reduce((sum, part) => sum + part, 0)
  return parts.map((part) => part / all)
}

/**
 * Conditional logit (McFadden 1974, "Conditional logit analysis of qualitative choice behavior"): weights of columns that
 * make what was taken most likely, by Newton's method. `ridge` is taken off for each squared weight (default 1e-6): it
 * keeps a column that decides alone from running away. Refuses `bad_choice` and `not_converged`.
 */
export function conditionalLogit(sets: readonly ChoiceSet[], ridge = 1e-6): ChoiceFit {
  const width = sets[0]?.alternatives[0]?.length ?? 0
  if (width === 0) refuse('bad_choice', 'No choice, or one without columns')
  for (const { alternatives, taken } of sets) {
    if (alternatives[taken] === undefined) refuse('bad_choice', `Alternative ${taken} was taken and is not there`)
    if (alternatives.some((columns) => columns.length !== width || !columns.every(Number.isFinite)))
      refuse('bad_choice', `Every alternative has ${width} finite numbers`)
  }
  let weights = zeros(width)
  let before = -Infinity
  for (let iterations = 1; iterations <= 100; iterations++) {
    const { value, slope, information } = likelihood(sets, weights, ridge)
    const inverse = invert(information)
    if (Math.abs(value - before) <= 1e-10 * (Math.abs(value) + 0.1)) {
      const standard_errors = inverse.map((row, j) => Math.sqrt(row[j] ?? NaN))
      return { coefficients: weights, standard_errors, log_likelihood: value, iterations }
    }
    before = value
    const step = inverse.map((row) => row.reduce((sum, each, k) => sum + each * (slope[k] ?? 0), 0))
    weights = climb(sets, weights, step, { value, ridge })
  }
  return refuse('not_converged', 'The weights still move after 100 rounds')
}

const zeros = (width: number): number[] => Array.from({ length: width }, () => 0)

/** Half the step as long as it leads down. */
function climb(
  sets: readonly ChoiceSet[],
  from: readonly number[],
  step: readonly number[],
  of: { value: number; ridge: number },
): number[] {
  for (let part = 1; part > 1e-6; part /= 2) {
    const to = from.map((weight, j) => weight + part * (step[j] ?? 0))
    if (likelihood(sets, to, of.ridge).value >= of.value) return to
  }
  return [...from]
}

function likelihood(sets: readonly ChoiceSet[], weights: readonly number[], ridge: number) {
  const width = weights.length
  let value = (-ridge / 2) * weights.reduce((sum, each) => sum + each * each, 0)
  const slope = weights.map((each) => -ridge * each)
  const information = weights.map((_, j) => weights.map((__, k) => (j === k ? ridge : 0)))
  for (const { alternatives, taken } of sets) {
    const chances = choiceProbabilities(weights, alternatives)
    value += Math.log(Math.max(at(chances, taken), 1e-300))
    const chosen = at(alternatives, taken)
    const mean = places(width).map((j) =>
      alternatives.reduce((sum, columns, i) => sum + at(chances, i) * at(columns, j), 0),
    )
    for (const [j, row] of information.entries()) {
      slope[j] = at(slope, j) + at(chosen, j) - at(mean, j)
      for (const [k, sum] of row.entries()) row[k] = sum + covariance(alternatives, chances, mean, [j, k])
    }
  }
  return { value, slope, information }
}

/** Of two columns over the alternatives, weighted by their chances. */
function covariance(
  alternatives: ChoiceSet['alternatives'],
  chances: readonly number[],
  mean: readonly number[],
  [j, k]: readonly [number, number],
): number {
  return alternatives.reduce(
    (sum, columns, i) => sum + at(chances, i) * (at(columns, j) - at(mean, j)) * (at(columns, k) - at(mean, k)),
    0,
  )
}

/** Gauss and Jordan with the largest pivot. */
function invert(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length
  const work = matrix.map((row, i) => [...row, ...zeros(n).map((_, j) => (i === j ? 1 : 0))])
  for (let column = 0; column < n; column++) {
    const below = work.slice(column).map((row) => Math.abs(row[column] ?? 0))
    const pivot = column + below.indexOf(Math.max(...below))
    const found = work[pivot]
    const here = work[column]
    if (!found || !here || Math.abs(found[column] ?? 0) < 1e-12) return refuse('collinear', 'Columns say the same')
    work[pivot] = here
    const by = found[column] ?? 1
    const scaled = found.map((each) => each / by)
    work[column] = scaled
    for (const [i, row] of work.entries()) {
      const factor = row[column] ?? 0
      if (i !== column && factor !== 0) work[i] = row.map((each, k) => each - factor * (scaled[k] ?? 0))
    }
  }
  return work.map((row) => row.slice(n))
}
