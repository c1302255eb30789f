import { degreesOfFreedom, designVariance, isCensus, type Design } from './draw/design.ts'
import { tQuantile } from './distributions.ts'
import { at, needConfidence, needFinite, needLength, needWeights, refuse } from './refuse.ts'

/** `df` degrees of freedom of the design; `n` records in the domain; interval by Student's t on `df`. */
export type Estimate = { estimate: number; se: number; df: number; n: number; lower: number; upper: number }

export type SurveyInput = {
  value: ArrayLike<number>
  design: Design
  /** True for the records that are asked about. The others stay in the variance, as they must. */
  domain?: ArrayLike<boolean>
  confidence?: number
}

function finish(estimate: number, z: ArrayLike<number>, n: number, of: Omit<SurveyInput, 'value'>): Estimate {
  const se = Math.sqrt(Math.max(0, designVariance(z, of.design)))
  const df = degreesOfFreedom(z.length, of.design)
  // One unit says nothing of how units differ: an interval from it would have no width.
  if (df <= 0 && !isCensus(z.length, of.design))
    refuse('no_degrees_of_freedom', 'One sampled unit (or one a stratum) gives an estimate without an interval')
  const t = df > 0 ? tQuantile(1 - (1 - (of.confidence ?? 0.95)) / 2, df) : Infinity
  const half = se === 0 ? 0 : t * se
  return { estimate, se, df, n, lower: estimate - half, upper: estimate + half }
}

function needInput(values: readonly [ArrayLike<number>, ...ArrayLike<number>[]], of: Omit<SurveyInput, 'value'>): void {
  const n = values[0].length
  for (const each of values) {
    needLength(each, n, 'values')
    needFinite(each, 'Value')
  }
  needLength(of.design.weight, n, 'weight')
  needWeights(of.design.weight, n)
  needLength(of.domain, n, 'domain')
  for (const stage of of.design.stages ?? []) {
    needLength(stage.unit, n, 'units')
    needLength(stage.stratum, n, 'strata')
    needLength(stage.population, n, 'population')
    if (stage.population) needFinite(stage.population, 'Population')
  }
  needConfidence(of.confidence)
  if (n === 0) refuse('empty_domain', 'There is no record')
}

const inDomain = (of: { domain?: ArrayLike<boolean> }, i: number): boolean => of.domain?.[i] ?? true

/** Horvitz-Thompson total: sum of weight x value, with its design-based standard error. Refuses as `surveyRatio`. */
export function surveyTotal(of: SurveyInput): Estimate {
  needInput([of.value], of)
  const w = of.design.weight
  let n = 0
  const z = Array.from({ length: of.value.length }, (_, i) => {
    if (!inDomain(of, i)) return 0
    n++
    return at(w, i) * at(of.value, i)
  })
  return finish(
    z.reduce((a, b) => a + b, 0),
    z,
    n,
    of,
  )
}

/** Weighted (Hajek) mean of the domain; standard error by Taylor linearisation. Refuses `empty_domain`. */
export function surveyMean(of: SurveyInput): Estimate {
  return surveyRatio({ ...of, numerator: of.value, denominator: Array.from({ length: of.value.length }, () => 1) })
}

/**
 * Total of `numerator` over total of `denominator`; standard error by Taylor linearisation
 * (Woodruff 1971; Saerndal, Swensson and Wretman 1992, 5.6). A person rate from households is such a ratio.
 * Refuses `empty_domain` where the denominator is 0, `no_degrees_of_freedom` where the first stage has one unit a
 * stratum and is no census, `not_a_number`, `bad_weight`, `unequal_lengths`, `bad_confidence`.
 */
export function surveyRatio(
  of: Omit<SurveyInput, 'value'> & { numerator: ArrayLike<number>; denominator: ArrayLike<number> },
): Estimate {
  needInput([of.numerator, of.denominator], of)
  const w = of.design.weight
  let [top, bottom, n] = [0, 0, 0]
  for (let i = 0; i < of.numerator.length; i++) {
    if (!inDomain(of, i)) continue
    n++
    top += at(w, i) * at(of.numerator, i)
    bottom += at(w, i) * at(of.denominator, i)
  }
  if (bottom === 0) refuse('empty_domain', 'Nothing to divide by: the domain has no weight')
  const ratio = top / bottom
  const z = Array.from({ length: of.numerator.length }, (_, i) =>
    inDomain(of, i) ? (at(w, i) * (at(of.numerator, i) - ratio * at(of.denominator, i))) / bottom : 0,
  )
  return finish(ratio, z, n, of)
}
