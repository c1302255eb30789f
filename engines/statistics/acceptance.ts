import { binomialCdf, hypergeometricCdf } from './distributions.ts'
import { refuse } from './refuse.ts'

/**
 * The least sample that shows a rate below `limit` when at most `allowed` events are found: P(X <= allowed) is no
 * more than 1 - confidence where the true rate is the limit. Binomial, or hypergeometric with `population`, of which
 * the whole number nearest to limit x population are then marked.
 * (Acceptance sampling, Dodge and Romig 1929; LQAS, Lemeshow and Taber 1991.) Refuses `no_such_plan`.
 */
export function acceptancePlan(of: { allowed: number; limit: number; confidence?: number; population?: number }): {
  n: number
  allowed: number
  risk: number
} {
  const { allowed, limit, confidence = 0.95, population } = of
  const marked = population === undefined ? 0 : Math.round(limit * population)
  const risk = (n: number): number =>
    population === undefined ? binomialCdf(allowed, n, limit) : hypergeometricCdf(allowed, population, marked, n)
  let lo = allowed + 1
  let hi = population ?? 2
  if (population === undefined) while (risk(hi) > 1 - confidence) hi *= 2
  if (hi < lo || risk(hi) > 1 - confidence) refuse('no_such_plan', `No sample shows a rate below ${limit}`)
  while (lo < hi) {
    const mid = Math.floor((lo + hi) / 2)
    if (risk(mid) <= 1 - confidence) hi = mid
    else lo = mid + 1
  }
  return { n: lo, allowed, risk: risk(lo) }
}

/** Probability that a plan passes (at most `allowed` events among `n`) where the true rate is `rate`. */
export function passProbability(of: { allowed: number; n: number; rate: number }): number {
  return binomialCdf(of.allowed, of.n, of.rate)
}

/**
 * Three-way decision from an interval: `shown` where the whole interval lies on the good side of the limit, `refuted`
 * where it lies on the bad side, else `not_shown`: more has to be sampled. `good` says which side is good.
 */
export function decideAgainstLimit(
  interval: { lower: number; upper: number },
  limit: number,
  good: 'below' | 'at_least',
): 'shown' | 'refuted' | 'not_shown' {
  if (good === 'below') return interval.upper < limit ? 'shown' : interval.lower >= limit ? 'refuted' : 'not_shown'
  return interval.lower >= limit ? 'shown' : interval.upper < limit ? 'refuted' : 'not_shown'
}
