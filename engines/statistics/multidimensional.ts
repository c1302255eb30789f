import { type GroupShare, shareByGroup } from './poverty.ts'
import { at, needLength, needWeights, refuse } from './refuse.ts'

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
  const all = needPoints(of)
  needWeights(of.weight, of.deprived.length)
  needLength(of.group, of.deprived.length, 'group')
  const units = of.deprived.map((row, i): Unit => {
    needRow(row, i, of.indicators.length)
    return { ...pointsOf(row, of.indicators), row, weight: of.weight?.[i] ?? 1, group: of.group?.[i] }
  })
  const known = units.filter(({ row }) => !row.includes(null))
  const poor = known.filter(({ least }) => least >= of.cutoff_points)
  const known_weight = weightOf(known)
  if (!(known_weight > 0)) refuse('empty_domain', 'No unit has every indicator known')
  const sum = poor.reduce((s, { weight, least }) => s + weight * (least / all), 0)
  const poor_weight = weightOf(poor)
  const M0 = sum / known_weight
  const unknown = weightOf(units.filter(({ row }) => row.includes(null)))
  const everyone = known_weight + unknown
  return {
    H: poor_weight / known_weight,
    A: poor_weight > 0 ? sum / poor_weight : 0,
    M0,
    indicators: of.indicators.map(({ name, points }, j) => {
      const deprived = (among: readonly Unit[]): number => weightOf(among.filter(({ row }) => row[j] === 1))
      const censored = deprived(poor) / known_weight
      const absolute = (points / all) * censored
      const contribution = M0 > 0 ? absolute / M0 : 0
      return { name, uncensored: deprived(known) / known_weight, censored, absolute, contribution }
    }),
    groups: of.group
      ? shareByGroup(
          known.map(({ least }) => (least >= of.cutoff_points ? least / all : 0)),
          known.map(({ group }) => group ?? ''),
          (i) => at(known, i).weight,
        )
      : [],
    left_out: unknown / everyone,
    H_bounds: {
      lower: weightOf(units.filter(({ least }) => least >= of.cutoff_points)) / everyone,
      upper: weightOf(units.filter(({ most }) => most >= of.cutoff_points)) / everyone,
    },
  }
}

type Row = AlkireFosterInput['deprived'][number]

/** `least` and `most`: its points where all unknown indicators are not deprived, and where all are. */
type Unit = { row: Row; weight: number; group: string | undefined; least: number; most: number }

const weightOf = (units: readonly Unit[]): number => units.reduce((sum, { weight }) => sum + weight, 0)

/** The points of all indicators. Refuses `bad_points`, `bad_cutoff`. */
function needPoints({ indicators, cutoff_points }: AlkireFosterInput): number {
  const all = indicators.reduce((sum, { points }) => sum + points, 0)
  if (indicators.some(({ points }) => !Number.isInteger(points) || points <= 0))
    refuse('bad_points', 'Points are whole numbers above 0')
  if (!(cutoff_points > 0 && cutoff_points <= all)) refuse('bad_cutoff', `The cutoff lies in 1 to ${all}`)
  return all
}

/** Refuses `ragged_rows`, `bad_indicator`. */
function needRow(row: Row, i: number, indicators: number): void {
  if (row.length !== indicators) refuse('ragged_rows', `Row ${i} has ${row.length} of ${indicators} indicators`)
  const strange = row.find((d) => d !== 0 && d !== 1 && d !== null)
  if (strange !== undefined) refuse('bad_indicator', `Row ${i} has ${String(strange)}: 0, 1 or null`)
}

function pointsOf(row: Row, indicators: AlkireFosterInput['indicators']): Pick<Unit, 'least' | 'most'> {
  let [least, most] = [0, 0]
  for (const [j, { points }] of indicators.entries()) {
    if (row[j] === 1) least += points
    if (row[j] !== 0) most += points
  }
  return { least, most }
}
