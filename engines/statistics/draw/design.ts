import { at, needFinite, needWhole, places, refuse } from '../refuse.ts'

/**
 * How a sample was drawn, as arrays of one entry per record, so that the variance can follow the drawing.
 *
 * `weight`  inverse of the inclusion probability
 * `stages`  from the first: `unit` names the sampled unit of the record at this stage, `stratum` the stratum within
 *           the stage before, `population` the units in that stratum (leave out where sampling with replacement is
 *           the better description). No stages: every record is its own unit.
 * `lonely`  a stratum with one sampled unit: 'refuse' (default), 'certain' (adds nothing) or 'centre' (distance from
 *           the mean over all units of the stage; conservative)
 */
export type Design = {
  weight: ArrayLike<number>
  stages?: readonly Stage[]
  lonely?: 'refuse' | 'certain' | 'centre'
}

export type Stage = {
  unit: ArrayLike<string | number>
  stratum?: ArrayLike<string | number>
  population?: ArrayLike<number>
}

/**
 * Variance of the total of the linearised values z (already weighted): sum over strata of
 * (1 - n/N) n/(n-1) sum of (z_unit - mean)^2, and below a sampled unit the same again times n/N
 * (Cochran 1977, 11.7; Saerndal, Swensson and Wretman 1992, 4.3). Where a stage gives no population, later stages
 * add nothing: it is the with-replacement form. Refuses `lonely_unit`.
 */
export function designVariance(z: ArrayLike<number>, design: Design): number {
  needFinite(z, 'Value')
  for (const { population } of design.stages ?? []) if (population) needFinite(population, 'Population')
  const rows = places(z.length)
  const [first = { unit: rows }, ...later] = design.stages ?? []
  return stageVariance({ z, lonely: design.lonely ?? 'refuse' }, rows, first, later)
}

function stageVariance(
  of: { z: ArrayLike<number>; lonely: 'refuse' | 'certain' | 'centre' },
  rows: readonly number[],
  stage: Stage,
  later: readonly Stage[],
): number {
  const { z, lonely } = of
  const [next, ...after] = later
  let variance = 0
  const strata = groups(rows, stage.stratum)
  const grand = lonely === 'centre' ? sum(z, rows) / units(rows, stage) : 0
  for (const members of strata.values()) {
    const clusters = groups(members, stage.unit)
    const n = clusters.size
    const N = populationOf(stage, members)
    if (N !== undefined && N < n) refuse('sample_exceeds_population', `${n} units sampled of ${N}`)
    const fraction = N === undefined ? 0 : n / N
    if (n === 1 && fraction < 1) {
      if (lonely === 'refuse') refuse('lonely_unit', 'A stratum with one sampled unit gives no variance')
      if (lonely === 'centre') variance += (1 - fraction) * (sum(z, members) - grand) ** 2
    } else if (n > 1) {
      const totals = [...clusters.values()].map((cluster) => sum(z, cluster))
      const mean = totals.reduce((a, b) => a + b, 0) / n
      const squares = totals.reduce((a, t) => a + (t - mean) ** 2, 0)
      variance += (1 - fraction) * (n / (n - 1)) * squares
    }
    if (fraction > 0 && next) {
      for (const cluster of clusters.values()) variance += fraction * stageVariance(of, cluster, next, after)
    }
  }
  return variance
}

/** The population of a stratum, as its first record has it; undefined where the stage gives none. */
function populationOf({ population }: Stage, members: readonly number[]): number | undefined {
  return population?.[at(members, 0)]
}

function units(rows: readonly number[], stage: Stage): number {
  let n = 0
  for (const members of groups(rows, stage.stratum).values()) n += groups(members, stage.unit).size
  return n
}

type Key = string | number | undefined

function groups(rows: readonly number[], key?: ArrayLike<string | number>): Map<Key, number[]> {
  const map = new Map<Key, number[]>()
  for (const i of rows) {
    const k = key ? key[i] : ''
    const list = map.get(k)
    if (list) list.push(i)
    else map.set(k, [i])
  }
  return map
}

const sum = (z: ArrayLike<number>, rows: readonly number[]): number => rows.reduce((s, i) => s + at(z, i), 0)

/** Whether the first stage took every unit of every stratum: then nothing is left to chance there. */
export function isCensus(n: number, design: Design): boolean {
  needWhole(n, 0, 'bad_count', 'A number of records')
  const stage = design.stages?.[0]
  if (stage?.population === undefined) return false
  return [...groups(places(n), stage.stratum).values()].every((members) => {
    const population = populationOf(stage, members)
    return population !== undefined && groups(members, stage.unit).size >= population
  })
}

/** Degrees of freedom of the design: first-stage units less first-stage strata (Korn and Graubard 1999, 5.2). */
export function degreesOfFreedom(n: number, design: Design): number {
  needWhole(n, 0, 'bad_count', 'A number of records')
  const rows = places(n)
  const stage = design.stages?.[0] ?? { unit: rows }
  return units(rows, stage) - groups(rows, stage.stratum).size
}
