// A draw nobody could foresee or choose, and anybody can repeat. Pure: frame, sizes, commitment, draw.
import { sampleSizeForProportion } from '#engines/statistics/draw/sample-size.ts'
import { stratifiedDraw, type DrawnUnit } from '#engines/statistics/draw/sample.ts'
import { states } from '#registry/tables/states.ts'
import type { Design, Populations, Thresholds, Witness } from '#registry/tables/evaluate.ts'
import { createHmac } from 'node:crypto'
import { sha256Hex } from '#engines/statistics/draw/sha256.ts'

/** never_registered: not on the list now, whether never entered or struck off. */
export const strata = states['evaluation_unit.stratum']
export type Stratum = (typeof strata)[number]

export interface FrameRow {
  household_id: string
  stratum: Stratum
  people: number
}

export type { Design, Populations, Thresholds, Witness }

/** The frame as text, sorted: what its hash is taken of and what a repeated draw reads. */
export function frameText(rows: readonly FrameRow[]): string {
  return rows
    .map((row) => `${row.household_id} ${row.stratum} ${row.people}\n`)
    .sort()
    .join('')
}

/** The rows under identifiers that only whoever holds the key can lead back to households. */
export function blinded(rows: readonly FrameRow[], key: Uint8Array): FrameRow[] {
  return rows.map((row) => ({
    ...row,
    household_id: createHmac('sha256', key).update(row.household_id).digest('hex').slice(0, 24),
  }))
}

export function readFrame(text: string): FrameRow[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [household_id = '', stratum = '', people = '0'] = line.split(' ')
      const found = strata.find((each) => each === stratum)
      if (!found) throw new Error(`a frame's line names the stratum ${stratum}, which there is not`)
      return { household_id, stratum: found, people: Number(people) }
    })
}

export function populationsOf(rows: readonly FrameRow[]): Populations {
  const counts: Populations = {
    exited: { households: 0, people: 0 },
    registered: { households: 0, people: 0 },
    never_registered: { households: 0, people: 0 },
  }
  for (const row of rows) {
    counts[row.stratum].households += 1
    counts[row.stratum].people += row.people
  }
  return counts
}

/** Sample sizes of a design: as given, or from the half-width with the finite population; never more than there are. */
export function sizesOf(design: Design, populations: Populations): Record<Stratum, number> {
  const size = (stratum: Stratum): number => {
    const { households } = populations[stratum]
    if (households === 0) return 0
    if (design.sizes) return Math.min(design.sizes[stratum] ?? 0, households)
    if (design.half_width === undefined) throw new Error('a design has sizes or a half-width')
    return sampleSizeForProportion({
      half_width: design.half_width,
      expected: design.expected,
      confidence: design.confidence,
      population: households,
    })
  }
  return { exited: size('exited'), registered: size('registered'), never_registered: size('never_registered') }
}

/** The text that seeds the draw: the committed seed and, where there is one, the witness's value. */
export const seedText = (seed: string, witness: Witness | null): string =>
  witness ? `${seed}\n${witness.value}` : seed

export function draw(
  frame: readonly FrameRow[],
  sizes: Record<Stratum, number>,
  seed: string,
  witness: Witness | null,
): DrawnUnit[] {
  return stratifiedDraw({
    frame: frame.map((row) => ({ unit_id: row.household_id, stratum: row.stratum })),
    sizes,
    seed: seedText(seed, witness),
  })
}

export const hashOf = (text: string): string => sha256Hex(text)

/** What a repeated draw says: each part by itself, so that a difference shows where it lies. */
export interface Rerun {
  seed_equal: boolean
  frame_equal: boolean
  draw_equal: boolean
  equal: boolean
  drawn: number
  /** Households in only one of the two draws, at most 20. */
  differences: string[]
}

export function rerun(of: {
  frame: string
  frame_sha256: string
  seed: string
  seed_sha256: string
  witness: Witness | null
  sizes: Record<Stratum, number>
  units: readonly { household_id: string; stratum: string; draw_order: number }[]
  /** True where the asker sees only a part of the units: those must all come up again. */
  partial?: boolean
}): Rerun {
  const again = draw(readFrame(of.frame), of.sizes, of.seed, of.witness)
  const line = (household_id: string, stratum: string, order: number) => `${household_id} ${stratum} ${order}`
  const first = new Set(of.units.map((unit) => line(unit.household_id, unit.stratum, unit.draw_order)))
  const second = new Set(again.map((unit) => line(unit.unit_id, unit.stratum, unit.order)))
  const lost = of.partial ? [] : [...second].filter((each) => !first.has(each))
  const differences = [...[...first].filter((each) => !second.has(each)), ...lost].map(
    (each) => each.split(' ')[0] ?? '',
  )
  const seed_equal = hashOf(of.seed) === of.seed_sha256
  const frame_equal = hashOf(of.frame) === of.frame_sha256
  const draw_equal = differences.length === 0
  return {
    seed_equal,
    frame_equal,
    draw_equal,
    equal: seed_equal && frame_equal && draw_equal,
    drawn: again.length,
    differences: [...new Set(differences)].slice(0, 20),
  }
}

/** Units shared out evenly, neighbours together: sorted by area, in blocks that differ by one at most. */
export function assign<T extends { area_code: string; household_id: string }>(
  units: readonly T[],
  inspector_ids: readonly string[],
): (T & { inspector_id: string })[] {
  const sorted = [...units].sort(
    (a, b) => a.area_code.localeCompare(b.area_code) || a.household_id.localeCompare(b.household_id),
  )
  return sorted.map((unit, index) => ({
    ...unit,
    inspector_id: inspector_ids[Math.floor((index * inspector_ids.length) / sorted.length)] ?? '',
  }))
}
