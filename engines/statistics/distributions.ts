import { needWhole, refuse } from './refuse.ts'

/**
 * The few distributions the intervals need, in double precision.
 * Sources: log-gamma by Lanczos (g = 7, n = 9); incomplete beta by Lentz's continued fraction (Press et al.,
 * Numerical Recipes, 6.4); quantiles by bisection, which cannot diverge.
 */

const LANCZOS_FIRST = 0.99999999999980993
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Gamma(x), x > 0. */
export function logGamma(x: number): number {
  if (!(x > 0 && x < Infinity)) refuse('bad_shape', `ln Gamma needs a number above 0, not ${x}`)
  return lanczos(x)
}

function lanczos(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lanczos(1 - x)
  let sum = LANCZOS_FIRST
  for (const [i, coefficient] of LANCZOS.entries()) sum += coefficient / (x - 1 + (i + 1))
  const t = x + 6.5
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}

function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  let c = 1
  let d = 1 - ((a + b) * x) / (a + 1)
  d = 1 / (Math.abs(d) < tiny ? tiny : d)
  let h = d
  for (let m = 1; m <= 10_000; m++) {
    for (const step of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 + step * d
      d = 1 / (Math.abs(d) < tiny ? tiny : d)
      c = 1 + step / c
      if (Math.abs(c) < tiny) c = tiny
      h *= d * c
    }
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return h
}

/** Regularised incomplete beta function I_x(a, b): the beta distribution's cumulative probability. a, b > 0. */
export function betaCdf(x: number, a: number, b: number): number {
  if (!(a > 0 && a < Infinity) || !(b > 0 && b < Infinity))
    refuse('bad_shape', `Beta shapes must be positive, not ${a} and ${b}`)
  needNumber(x)
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b
}

function needNumber(x: number): void {
  if (Number.isNaN(x)) refuse('not_a_number', 'The value is not a number')
}

function bisect(cdf: (x: number) => number, p: number, from: number, to: number): number {
  let [lo, hi] = [from, to]
  for (let i = 0; i < 200; i++) {
    const mid = (lo + hi) / 2
    if (mid === lo || mid === hi) break
    if (cdf(mid) < p) lo = mid
    else hi = mid
  }
  return (lo + hi) / 2
}

/** The x with I_x(a, b) = p. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) refuse('bad_probability', `A quantile needs 0 <= p <= 1, not ${p}`)
  // Near its end the cumulative probability rounds to 1 long before x does.
  if (p === 0 || p === 1) return p
  return bisect((x) => betaCdf(x, a, b), p, 0, 1)
}

/** Student's t cumulative probability; df = Infinity gives the normal. */
export function tCdf(t: number, df: number): number {
  needNumber(t)
  if (!(df > 0)) refuse('no_degrees_of_freedom', `Student's t needs degrees of freedom above 0, not ${df}`)
  if (!Number.isFinite(t)) return t > 0 ? 1 : 0
  if (!Number.isFinite(df)) return normalCdf(t)
  const tail = betaCdf(df / (df + t * t), df / 2, 0.5) / 2
  return t > 0 ? 1 - tail : tail
}

/** Student's t quantile; df = Infinity gives the normal. */
export function tQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) refuse('bad_probability', `A quantile of Student's t needs 0 < p < 1, not ${p}`)
  if (df === Infinity) return normalQuantile(p)
  if (!(df > 0)) refuse('no_degrees_of_freedom', `Student's t needs degrees of freedom above 0, not ${df}`)
  if (p === 0.5) return 0
  if (p > 0.5) return -tQuantile(1 - p, df)
  // For t < 0, P(T < t) = I_{df/(df+t^2)}(df/2, 1/2) / 2, so the beta quantile gives t exactly.
  const x = betaQuantile(2 * p, df / 2, 0.5)
  return -Math.sqrt((df * (1 - x)) / x)
}

/** Lower regularised incomplete gamma P(a, x), by series or Lentz's continued fraction (Numerical Recipes, 6.2). */
export function gammaCdf(x: number, a: number): number {
  if (!(a > 0 && a < Infinity)) refuse('bad_shape', `A gamma shape must be positive, not ${a}`)
  needNumber(x)
  if (x === Infinity) return 1
  if (x <= 0) return 0
  const front = Math.exp(-x + a * Math.log(x) - logGamma(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; n < 10_000 && Math.abs(term) > Math.abs(sum) * 1e-17; n++) sum += term *= x / (a + n)
    return sum * front
  }
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let h = d
  for (let n = 1; n < 10_000; n++) {
    const an = -n * (n - a)
    b += 2
    d = 1 / (an * d + b)
    c = b + an / c
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return 1 - front * h
}

/** Standard normal cumulative probability. */
export function normalCdf(z: number): number {
  needNumber(z)
  const half = gammaCdf((z * z) / 2, 0.5) / 2
  return z < 0 ? 0.5 - half : 0.5 + half
}

/** Standard normal quantile. Refuses `bad_probability` outside (0, 1). */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) refuse('bad_probability', `A normal quantile needs 0 < p < 1, not ${p}`)
  return p === 0.5 ? 0 : bisect(normalCdf, p, -40, 40)
}

/** P(X <= k) for X binomial(n, p). */
export function binomialCdf(k: number, n: number, p: number): number {
  needNumber(k)
  if (!(n >= 0 && n < Infinity)) refuse('bad_count', `Binomial of ${n}`)
  if (!(p >= 0 && p <= 1)) refuse('bad_probability', `A probability lies between 0 and 1: ${p}`)
  if (k < 0) return 0
  if (k >= n || p <= 0) return 1
  if (p >= 1) return 0
  return betaCdf(1 - p, n - k, k + 1)
}

const logChoose = (a: number, b: number): number => logGamma(a + 1) - logGamma(b + 1) - logGamma(a - b + 1)

/** P(X <= k) where X is the number of marked units among n drawn without replacement from N of which M are marked. */
export function hypergeometricCdf(k: number, N: number, M: number, n: number): number {
  needNumber(k)
  for (const [value, what] of [
    [N, 'The population'],
    [M, 'What is marked'],
    [n, 'A sample'],
  ] as const)
    needWhole(value, 0, 'bad_count', what)
  if (M > N || n > N) refuse('sample_exceeds_population', `${n} drawn and ${M} marked of ${N}`)
  let sum = 0
  for (let i = Math.max(0, n - (N - M)); i <= Math.min(k, n, M); i++) {
    sum += Math.exp(logChoose(M, i) + logChoose(N - M, n - i) - logChoose(N, n))
  }
  return Math.min(1, sum)
}
