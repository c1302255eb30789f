import { type GroupShare, shareByGroup } from './poverty.ts'
import { needLength, needWeights, refuse } from './refuse.ts'

export type AlkireFosterInput = {
  /**
   * Weights of the indicators in whole points, so that a score meets its cutoff exactly: thirds of dimensions with
   * six equal living-standard indicators are 3 points and 1 point of 18, and 1/3 is 6 points. Floating thirds are not.
   */
  indicators: readonly { name: string; points: number }[]
  /** Poor at this many points or more. */
  cutoff_points: number
  /** One row per unit: 1 deprived, 0 not, null not known. */
  deprived: readonly (readonly (0 | 1 | null)[])[]
  weight?: ArrayLike<number>
  group?: ArrayLike<string>
}

export type IndicatorShare = {
  name: string
  /** Share deprived, whether poor or not. */
  uncensored: number
  /** Share deprived and poor. */
  censored: number
  /** Points share x censored headcount: sums to M0. */
  absolute: number
  /** Share of M0: sums to 1 (0 where nobody is poor). */
  contribution: number
}

export type AlkireFoster = {
  /** Headcount ratio. */
  H: number
  /** Mean deprivation share of the poor; 0 where nobody is poor. */
  A: number
  /** Adjusted headcount ratio, H x A. */
  M0: number
  indicators: IndicatorShare[]
  /** M0 by group, where groups were given. */
  groups: GroupShare[]
  /** Weight share of units left out because an indicator is not known. */
  left_out: number
  /** H between its extremes over all units: unknowns all not deprived, and all deprived. */
  H_bounds: { lower: number; upper: number }
}

/**
 * Alkire and Foster's adjusted headcount (2011, Journal of Public Economics 95:476), ordinal case.
 * Units with an unknown indicator leave the estimates (as the global MPI does) and enter `H_bounds`.
 * Refuses `bad_points`, `bad_cutoff`, `ragged_rows`, `empty_domain`.
 */
export function alkireFoster(of: AlkireFosterInput): AlkireFoster {
  const points = of.indicators.map((indicator) => indicator.points)
  const all = points.reduce((a, b) => a + b, 0)
  if (points.some((p) => !Number.isInteger(p) || p <= 0)) refuse('bad_points', 'Points are whole numbers above 0')
  if (!(of.cutoff_points > 0 && of.cutoff_points <= all)) refuse('bad_cutoff', `The cutoff lies in 1 to ${all}`)

  needWeights(of.weight, of.deprived.length)
  needLength(of.group, of.deprived.length, 'group')
  let [known, unknown, sure, possible] = [0, 0, 0, 0]
  const uncensored = points.map(() => 0)
  const censored = points.map(() => 0)
  const parts: number[] = []
  const kept: number[] = []
  let [poor, sum] = [0, 0]
  for (const [i, row] of of.deprived.entries()) {
    if (row.length !== points.length) refuse('ragged_rows', `Row ${i} has ${row.length} of ${points.length} indicators`)
    const strange = row.find((d) => d !== 0 && d !== 1 && d !== null)
    if (strange !== undefined) refuse('bad_indicator', `Row ${i} has ${String(strange)}: 0, 1 or null`)
    const w = of.weight?.[i] ?? 1
    const score = row.reduce<number>((s, d, j) => s + (d === 1 ? points[j]! : 0), 0)
    const highest = row.reduce<number>((s, d, j) => s + (d === 0 ? 0 : points[j]!), 0)
    if (score >= of.cutoff_points) sure += w
    if (highest >= of.cutoff_points) possible += w
    if (row.includes(null)) {
      unknown += w
      continue
    }
    known += w
    const isPoor = score >= of.cutoff_points
    for (const [j, d] of row.entries()) {
      if (d !== 1) continue
      uncensored[j]! += w
      if (isPoor) censored[j]! += w
    }
    if (isPoor) poor += w
    const part = isPoor ? score / all : 0
    sum += w * part
    parts.push(part)
    kept.push(i)
  }
  if (!(known > 0)) refuse('empty_domain', 'No unit has every indicator known')
  const M0 = sum / known
  return {
    H: poor / known,
    A: poor > 0 ? sum / poor : 0,
    M0,
    indicators: of.indicators.map(({ name }, j) => {
      const absolute = (points[j]! / all) * (censored[j]! / known)
      return {
        name,
        uncensored: uncensored[j]! / known,
        censored: censored[j]! / known,
        absolute,
        contribution: M0 > 0 ? absolute / M0 : 0,
      }
    }),
    groups: of.group
      ? shareByGroup(
          parts,
          kept.map((i) => of.group![i]!),
          (i) => of.weight?.[kept[i]!] ?? 1,
        )
      : [],
    left_out: unknown / (known + unknown),
    H_bounds: { lower: sure / (known + unknown), upper: possible / (known + unknown) },
  }
}
