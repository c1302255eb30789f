import { randomFrom, sampleWithoutReplacement } from './random.ts'
import { byCodeUnit, needWhole, refuse } from '../refuse.ts'

export type FrameUnit = { unit_id: string; stratum: string }

export type DrawnUnit = {
  unit_id: string
  stratum: string
  /** Place in which the unit was drawn within its stratum, from 1. */
  order: number
  inclusion_probability: number
  weight: number
}

/**
 * Simple random sampling without replacement in each stratum.
 *
 * The same frame, sizes and seed give the same sample in whatever order the frame is handed over: units are put in
 * the order of their identifiers, and each stratum draws from its own generator, `seed` + newline + stratum, so that
 * a change in one stratum leaves the others as they were. A larger size keeps the smaller sample and adds to it.
 *
 * Refuses `duplicate_unit`, `unknown_stratum` (a size for a stratum that the frame lacks), `stratum_without_size`
 * (say 0 where nothing is to be drawn), `size_exceeds_frame`.
 */
export function stratifiedDraw(of: {
  frame: readonly FrameUnit[]
  sizes: Readonly<Record<string, number>>
  seed: string
}): DrawnUnit[] {
  const strata = groupFrame(of.frame)
  for (const stratum of Object.keys(of.sizes)) {
    if (!strata.has(stratum) && of.sizes[stratum] !== 0) {
      refuse('unknown_stratum', `The frame has no stratum "${stratum}"`)
    }
  }
  return [...strata].flatMap(([stratum, ids]) => {
    const n = of.sizes[stratum]
    if (n === undefined) refuse('stratum_without_size', `No sample size for the stratum "${stratum}"`)
    const probability = n / ids.length
    return sampleWithoutReplacement(ids, n, randomFrom(`${of.seed}\n${stratum}`)).map((unit_id, i) => ({
      unit_id,
      stratum,
      order: i + 1,
      inclusion_probability: probability,
      weight: 1 / probability,
    }))
  })
}

/** Identifiers by stratum, both in code-unit order. Refuses `duplicate_unit`. */
function groupFrame(frame: readonly FrameUnit[]): Map<string, string[]> {
  const sorted = frame.toSorted((a, b) => byCodeUnit(a.stratum, b.stratum) || byCodeUnit(a.unit_id, b.unit_id))
  const seen = new Set<string>()
  const strata = new Map<string, string[]>()
  for (const { unit_id, stratum } of sorted) {
    if (seen.has(unit_id)) refuse('duplicate_unit', `The frame names "${unit_id}" more than once`)
    seen.add(unit_id)
    const ids = strata.get(stratum)
    if (ids) ids.push(unit_id)
    else strata.set(stratum, [unit_id])
  }
  return strata
}

export type FrameArea = {
  area_id: string
  stratum: string
  /** Measure of size, usually households on the frame; > 0. */
  size: number
  /** Areas are walked in this order, then by identifier: implicit stratification. */
  walk_key?: string
}

export type DrawnArea = FrameArea & { inclusion_probability: number; certain: boolean }

/**
 * Systematic sampling with probability proportional to size (Madow 1949), within each stratum.
 *
 * An area at least as large as the sampling interval is taken with certainty and the interval worked out again for
 * the rest. The random start is one `uniform()` of the generator `seed` + newline + "areas" + newline + stratum.
 * Refuses `duplicate_unit`, `bad_measure_of_size`, `unknown_stratum`, `stratum_without_size`, `size_exceeds_frame`.
 */
export function ppsSystematicDraw(of: {
  areas: readonly FrameArea[]
  sizes: Readonly<Record<string, number>>
  seed: string
}): DrawnArea[] {
  const byId = new Map(of.areas.map((area) => [area.area_id, area]))
  const strata = groupFrame(of.areas.map((area) => ({ unit_id: area.area_id, stratum: area.stratum })))
  for (const stratum of Object.keys(of.sizes)) {
    if (!strata.has(stratum) && of.sizes[stratum] !== 0) refuse('unknown_stratum', `No areas in "${stratum}"`)
  }
  return [...strata].flatMap(([stratum, ids]) => {
    const n = of.sizes[stratum]
    if (n === undefined) refuse('stratum_without_size', `No number of areas for the stratum "${stratum}"`)
    needWhole(n, 0, 'bad_size', 'A number of areas')
    if (n > ids.length) refuse('size_exceeds_frame', `Cannot draw ${n} of ${ids.length} areas in "${stratum}"`)
    const areas = ids
      .flatMap((id) => byId.get(id) ?? [])
      .sort((a, b) => byCodeUnit(a.walk_key ?? '', b.walk_key ?? '') || byCodeUnit(a.area_id, b.area_id))
    return ppsInStratum(areas, n, randomFrom(`${of.seed}\nareas\n${stratum}`).uniform())
  })
}

function ppsInStratum(areas: FrameArea[], n: number, start: number): DrawnArea[] {
  for (const area of areas) {
    if (!(area.size > 0 && area.size < Infinity))
      refuse('bad_measure_of_size', `The area "${area.area_id}" has size ${area.size}`)
  }
  if (n === 0) return []
  const certain = new Set<FrameArea>()
  for (;;) {
    const rest = areas.filter((area) => !certain.has(area))
    const wanted = n - certain.size
    const interval = wanted === 0 ? Infinity : rest.reduce((sum, area) => sum + area.size, 0) / wanted
    const large = rest.filter((area) => area.size >= interval)
    if (large.length > 0) {
      for (const area of large) certain.add(area)
      continue
    }
    const drawn: DrawnArea[] = [...certain].map((area) => ({ ...area, inclusion_probability: 1, certain: true }))
    let edge = 0
    let taken = 0
    for (const area of rest) {
      edge += area.size
      // Counting hits, not adding intervals, keeps the number drawn exact whatever the rounding of the sizes.
      if (taken < wanted && (start + taken) * interval < edge) {
        taken++
        drawn.push({ ...area, inclusion_probability: area.size / interval, certain: false })
      }
    }
    return drawn
  }
}

export type TwoStageUnit = DrawnUnit & {
  area_id: string
  area_probability: number
  /** Units of the area on the frame and drawn, for the finite population correction of the second stage. */
  area_units: number
  area_sample: number
}

/**
 * Areas by `ppsSystematicDraw`, then `units_per_area` units of each drawn area by simple random sampling without
 * replacement (all of them where there are fewer). Weight = 1 / (probability of the area x units drawn / units in it);
 * where the measure of size is the number of units on the frame, weights within a stratum are equal.
 * Refuses as `ppsSystematicDraw`, and `empty_area` where a drawn area has no unit on the frame.
 */
export function twoStageDraw(of: {
  areas: readonly FrameArea[]
  areas_to_draw: Readonly<Record<string, number>>
  units: readonly { unit_id: string; area_id: string }[]
  units_per_area: number
  seed: string
}): TwoStageUnit[] {
  needWhole(of.units_per_area, 1, 'bad_size', 'A number of units')
  const units = groupFrame(of.units.map(({ unit_id, area_id }) => ({ unit_id, stratum: area_id })))
  return ppsSystematicDraw({ areas: of.areas, sizes: of.areas_to_draw, seed: of.seed }).flatMap((area) => {
    const ids = units.get(area.area_id)
    if (!ids) refuse('empty_area', `The frame lists no unit in the drawn area "${area.area_id}"`)
    const n = Math.min(of.units_per_area, ids.length)
    const inclusion_probability = area.inclusion_probability * (n / ids.length)
    const random = randomFrom(`${of.seed}\nunits\n${area.area_id}`)
    return sampleWithoutReplacement(ids, n, random).map((unit_id, i) => ({
      unit_id,
      stratum: area.stratum,
      area_id: area.area_id,
      order: i + 1,
      area_probability: area.inclusion_probability,
      area_units: ids.length,
      area_sample: n,
      inclusion_probability,
      weight: 1 / inclusion_probability,
    }))
  })
}
