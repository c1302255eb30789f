import { binomialCdf, hypergeometricCdf } from '../distributions.ts'
import { needConfidence, needWhole, refuse } from '../refuse.ts'

/** Nobody draws more: where this many show nothing, no sample does. */
const MOST = 1e12

/**
 * The least sample that shows a rate below `limit` when at most `allowed` events are found: P(X <= allowed) is no
 * more than 1 - confidence where the true rate is the limit. Binomial, or hypergeometric with `population`, of which
 * the whole number nearest to limit x population are then marked.
 * (Acceptance sampling, Dodge and Romig 1929; LQAS, Lemeshow and Taber 1991.) Refuses `no_such_plan`,
 * `bad_limit` outside (0, 1), `bad_count`, `bad_confidence`.
 */
export function acceptancePlan(of: { allowed: number; limit: number; confidence?: number; population?: number }): {
  n: number
  allowed: number
  risk: number
} {
  const { allowed, limit, confidence = 0.95, population } = of
  needWhole(allowed, 0, 'bad_count', 'The number of events allowed')
  if (!(limit > 0 && limit < 1)) refuse('bad_limit', `A limit lies between 0 and 1: ${limit}`)
  needConfidence(confidence)
  if (population !== undefined) needWhole(population, 1, 'bad_count', 'A population')
  const marked = population === undefined ? 0 : Math.round(limit * population)
  const risk = (n: number): number =>
    population === undefined ? binomialCdf(allowed, n, limit) : hypergeometricCdf(allowed, population, marked, n)
  let lo = allowed + 1
  let hi = population ?? 2
  if (population === undefined) while (hi < MOST && risk(hi) > 1 - confidence) hi *= 2
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
  needWhole(of.allowed, 0, 'bad_count', 'The number of events allowed')
  needWhole(of.n, 1, 'bad_count', 'A sample')
  if (!(of.rate >= 0 && of.rate <= 1)) refuse('bad_probability', `A rate lies between 0 and 1: ${of.rate}`)
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
  if (!(interval.lower <= interval.upper) || !Number.isFinite(limit))
    refuse('bad_interval', `${interval.lower} to ${interval.upper} against ${limit}`)
  if (good === 'below') return interval.upper < limit ? 'shown' : interval.lower >= limit ? 'refuted' : 'not_shown'
  return interval.lower >= limit ? 'shown' : interval.upper < limit ? 'refuted' : 'not_shown'
}
