import { betaQuantile, normalQuantile, tQuantile } from './distributions.ts'
import type { Estimate } from './mean.ts'
import { needConfidence, refuse } from './refuse.ts'

export type Interval = { estimate: number; lower: number; upper: number; confidence: number }

/**
 * Wilson's score interval without continuity correction (Wilson 1927, JASA 22:209; Newcombe 1998, method 3).
 *
 * `events` of `n`, both may be fractional (an effective sample). `design_effect` divides n. `population` gives the
 * finite population correction: n is further divided by (N - n)/(N - 1), so a census has no width.
 * Refuses `bad_count`.
 */
export function wilsonInterval(of: {
  events: number
  n: number
  confidence?: number
  population?: number
  design_effect?: number
}): Interval {
  const { events, n, confidence = 0.95, population, design_effect = 1 } = of
  check(events, n, confidence)
  needEffect(design_effect)
  if (population !== undefined && !Number.isFinite(population)) refuse('bad_count', 'The population is not a number')
  const p = events / n
  const correction = population === undefined || population <= 1 ? 1 : (population - n) / (population - 1)
  if (population !== undefined && population < n) refuse('sample_exceeds_population', `${n} sampled of ${population}`)
  if (population !== undefined && population <= n) return { estimate: p, lower: p, upper: p, confidence }
  const m = n / (design_effect * correction)
  const z = normalQuantile(1 - (1 - confidence) / 2)
  return { estimate: p, ...wilson(p, m, z), confidence }
}

function wilson(p: number, n: number, z: number): { lower: number; upper: number } {
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))
  // At 0 and n the bound is 0 and 1 exactly; floating point leaves a crumb.
  return { lower: p === 0 ? 0 : Math.max(0, centre - half), upper: p === 1 ? 1 : Math.min(1, centre + half) }
}

/** Clopper and Pearson's exact interval (1934, Biometrika 26:404); `events` and `n` may be fractional. */
export function clopperPearsonInterval(of: { events: number; n: number; confidence?: number }): Interval {
  const { events, n, confidence = 0.95 } = of
  check(events, n, confidence)
  const alpha = 1 - confidence
  return {
    estimate: events / n,
    lower: events <= 0 ? 0 : betaQuantile(alpha / 2, events, n - events + 1),
    upper: events >= n ? 1 : betaQuantile(1 - alpha / 2, events + 1, n - events),
    confidence,
  }
}

/** One-sided exact upper limit: the largest rate at which `events` or fewer has probability 1 - confidence. */
export function exactUpperLimit(of: { events: number; n: number; confidence?: number }): number {
  check(of.events, of.n, of.confidence)
  return of.events >= of.n ? 1 : betaQuantile(of.confidence ?? 0.95, of.events + 1, of.n - of.events)
}

function check(events: number, n: number, confidence?: number): void {
  if (!(n > 0 && n < Infinity) || !(events >= 0 && events <= n)) refuse('bad_count', `${events} events among ${n}`)
  needConfidence(confidence)
}

function needEffect(design_effect: number): void {
  if (!(design_effect > 0 && design_effect < Infinity))
    refuse('bad_design_effect', `A design effect is above 0: ${design_effect}`)
}

export type DesignInterval = Interval & {
  method: 'korn_graubard' | 'wilson_effective'
  /** The sample of independent units that would be as informative. */
  effective_n: number
  /** True where the design shows no variation (no event, or nothing but events) and `effective_n` is an assumption. */
  degenerate: boolean
}

/** What rounding may leave a proportion outside 0 to 1. */
const CRUMB = 1e-9

/**
 * Interval of a proportion estimated from a complex sample, on its effective size
 * p(1-p)/se^2 x (t[n-1] / t[df])^2 (Korn and Graubard 1998, Survey Methodology 24:193).
 *
 * 'korn_graubard' is Clopper-Pearson on that size; 'wilson_effective' is Wilson on it with t[n-1] for the normal point,
 * which is p(1-p)/se^2 with t[df], as R's survey package has it. The size is cut at n, as the authors
 * and NCHS do (Parker et al. 2017), unless `cut_at_n` is false. Where p is 0 or 1 the design shows no variance: n is
 * then divided by `design_effect` (default 1), and `degenerate` says so. For rates of persons in households give `n`
 * in households: persons of one household are one observation.
 * Refuses `no_variation` where se is 0 and p is neither 0 nor 1, `no_degrees_of_freedom`, `bad_count`, `not_a_number`.
 */
export function designInterval(
  of: DesignEstimate & {
    method?: 'korn_graubard' | 'wilson_effective'
    confidence?: number
    design_effect?: number
    cut_at_n?: boolean
  },
): DesignInterval {
  const { se, df, n, method = 'korn_graubard', confidence = 0.95, design_effect = 1, cut_at_n = true } = of
  needConfidence(confidence)
  needEffect(design_effect)
  needProportion(of)
  const p = Math.min(1, Math.max(0, of.estimate))
  const degenerate = isDegenerate({ p, se, df })
  const tail = 1 - (1 - confidence) / 2
  const informative = degenerate ? n / design_effect : independentUnits({ p, se, df, n }, tail)
  const effective_n = cut_at_n && !degenerate ? Math.min(informative, n) : informative
  const events = p * effective_n
  const point = degenerate || n <= 1 ? normalQuantile(tail) : tQuantile(tail, n - 1)
  const { lower, upper } =
    method === 'korn_graubard'
      ? clopperPearsonInterval({ events, n: effective_n, confidence })
      : wilson(p, effective_n, point)
  return { estimate: p, lower, upper, confidence, method, effective_n, degenerate }
}

type DesignEstimate = Pick<Estimate, 'estimate' | 'se' | 'df' | 'n'>

/** Refuses `bad_count`, `not_a_number`. */
function needProportion({ estimate, se, df, n }: DesignEstimate): void {
  if (!(n > 0 && n < Infinity) || !(df >= 0)) refuse('bad_count', `${n} units, ${df} degrees of freedom`)
  if (!(se >= 0 && se < Infinity) || !(estimate >= -CRUMB && estimate <= 1 + CRUMB))
    refuse('not_a_number', `${estimate} is no proportion, or ${se} no standard error`)
}

/** Whether nothing varies at all. Refuses `no_variation`, `no_degrees_of_freedom`. */
function isDegenerate({ p, se, df }: { p: number; se: number; df: number }): boolean {
  if (se === 0 && (p === 0 || p === 1)) return true
  // All of one stratum and none of another: the design shows no variation, and says nothing of how wide to be.
  if (se === 0) refuse('no_variation', `${p} without a standard error has no interval`)
  if (df === 0) refuse('no_degrees_of_freedom', 'A standard error needs two units or more')
  return false
}

/** The size of a simple random sample with the same standard error, its degrees of freedom allowed for. */
function independentUnits(of: { p: number; se: number; df: number; n: number }, tail: number): number {
  const { p, se, df, n } = of
  const size = (p * (1 - p)) / (se * se)
  return n > 1 && df > 0 ? size * (tQuantile(tail, n - 1) / tQuantile(tail, df)) ** 2 : size
}

export type StratumCount = { stratum: string; population: number; n: number; events: number }

export type StratifiedProportion = DesignInterval & Pick<Estimate, 'se' | 'df' | 'n'>

/**
 * A proportion from simple random samples in strata: sum of N_h/N x p_h, variance
 * sum of (N_h/N)^2 (1 - n_h/N_h) p_h (1 - p_h) / (n_h - 1) (Cochran 1977, 5.6 and 3.2), interval by `designInterval`.
 *
 * A stratum with one unit sampled lends no variance of its own: p(1-p) of the whole estimate stands in, over 1.
 * With no event anywhere (or nothing but events) the effective size is that of the weights,
 * (sum N_h)^2 / sum(N_h^2 / n_h) (Kish 1965). Refuses `unsampled_stratum`, `bad_count`, `sample_exceeds_population`,
 * and `no_variation` where every stratum is all or nothing, but not all the same: 0 of 20 beside 20 of 20.
 */
export function stratifiedProportion(of: {
  strata: readonly StratumCount[]
  method?: 'korn_graubard' | 'wilson_effective'
  confidence?: number
}): StratifiedProportion {
  for (const s of of.strata)
    if (!(s.population >= 0 && s.population < Infinity))
      refuse('bad_count', `"${s.stratum}" has a population of ${s.population}`)
  const strata = of.strata.filter((s) => s.population > 0)
  needConfidence(of.confidence)
  const N = strata.reduce((sum, s) => sum + s.population, 0)
  if (N === 0) refuse('empty_domain', 'No stratum has a population')
  for (const s of strata) {
    if (s.n === 0) refuse('unsampled_stratum', `Nothing was sampled in the stratum "${s.stratum}"`)
    check(s.events, s.n)
    if (s.n > s.population) refuse('sample_exceeds_population', `${s.n} sampled of ${s.population} in "${s.stratum}"`)
  }
  const n = strata.reduce((sum, s) => sum + s.n, 0)
  const none = strata.every((s) => s.events === 0)
  const all = strata.every((s) => s.events === s.n)
  const p = none ? 0 : all ? 1 : strata.reduce((sum, s) => sum + (s.population / N) * (s.events / s.n), 0)
  let variance = 0
  let df = 0
  for (const s of strata) {
    const own = s.events / s.n
    const spread = s.n > 1 ? (own * (1 - own)) / (s.n - 1) : p * (1 - p)
    variance += (s.population / N) ** 2 * (1 - s.n / s.population) * spread
    df += s.n - 1
  }
  const se = Math.sqrt(variance)
  const kish = (N * N) / strata.reduce((sum, s) => sum + (s.population * s.population) / s.n, 0)
  const census = strata.every((s) => s.n === s.population)
  if (census) {
    const method = of.method ?? 'korn_graubard'
    const confidence = of.confidence ?? 0.95
    return {
      estimate: p,
      lower: p,
      upper: p,
      confidence,
      method,
      effective_n: Infinity,
      degenerate: false,
      se: 0,
      df,
      n,
    }
  }
  const interval = designInterval({ ...of, estimate: p, se, df, n, design_effect: n / kish })
  return { ...interval, se, df, n }
}
