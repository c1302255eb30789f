import { createHash } from 'node:crypto'

/** A villagers' group as the generator needs it; further columns of the pack are welcome and ignored. */
export type GroupArea = {
  /** 15 digits: village 12 + group 3. */
  group_code: string
  /** 12 digits. */
  village_code: string
  longitude?: number | null
  latitude?: number | null
}

/** The groups among a pack's areas (see `readAreas` of `#packs/areas.ts`). */
export function groupsAmong(
  areas: readonly {
    area_code: string
    parent_code: string | null
    level: string
    longitude?: number | null
    latitude?: number | null
  }[],
): GroupArea[] {
  return areas
    .filter((area) => area.level === 'group')
    .map(({ area_code, parent_code, longitude, latitude }) => ({
      group_code: area_code,
      village_code: parent_code ?? area_code.slice(0, 12),
      longitude,
      latitude,
    }))
}

/** A group with its share of the made country. */
export type PlacedGroup = {
  group_index: number
  part: number
  area_code: string
  village_code: string
  county_code: string
  households: number
  first_household: number
  /** Effect of the village on log income. */
  village_effect: number
  village_is_poor: boolean
  village_is_rich: boolean
  /** 0 flat and near the road, 1 high in the hills. */
  hilly: number
  clan_1: string
  clan_2: string
  /** Six digits that no region bears, see `REGION_PREFIX`. */
  region: string
  longitude: number | null
  latitude: number | null
}

/**
 * ID numbers of the made people begin with 999: no province has the code 99, so no real person's number can begin so.
 * The next three digits count the partitions.
 */
export const REGION_PREFIX = '999'

/** Most households that one partition holds: about a million people, which DuckDB works through in under 2 GB. */
const PART_HOUSEHOLDS = 250_000

/** Number in [0, 1) from text, the same on every machine. */
export function draw(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48
}

/** Inverse of the normal distribution function by Newton's steps on its series (error below 1e-9 in the used range). */
function normalQuantile(p: number): number {
  let x = 0
  for (let i = 0; i < 40; i++) {
    let term = x
    let sum = x
    for (let k = 1; k < 120; k++) {
      term *= (x * x) / (2 * k + 1)
      sum += term
    }
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
    x -= (0.5 + density * sum - p) / density
  }
  return x
}

/**
 * Spreads households over groups and groups over partitions (by county, in whole villages), and gives each village
 * its effect. Effects are quantiles dealt out at random within the county, so that a township of thirty villages has
 * the same spread of poor and rich villages with every seed.
 */
export function placeGroups(
  areas: GroupArea[],
  households: number,
  seed: number,
  sigma: number,
  surnameSlots: string[],
): PlacedGroup[] {
  const sorted = [...areas].sort((a, b) => (a.group_code < b.group_code ? -1 : 1))
  const villages = new Map<string, { effect: number; poor: boolean; rich: boolean; hilly: number; clans: string[] }>()
  const byCounty = new Map<string, string[]>()
  for (const { village_code } of sorted) {
    if (villages.has(village_code)) continue
    villages.set(village_code, { effect: 0, poor: false, rich: false, hilly: 0, clans: [] })
    const county = village_code.slice(0, 6)
    byCounty.set(county, [...(byCounty.get(county) ?? []), village_code])
  }
  for (const codes of byCounty.values()) {
    const dealt = codes.map((code) => ({ code, key: draw(`${seed}:village:${code}`) })).sort((a, b) => a.key - b.key)
    for (const [rank, { code }] of dealt.entries()) {
      const p = (rank + 0.5) / dealt.length
      villages.set(code, {
        effect: Math.round(sigma * normalQuantile(p) * 1e6) / 1e6,
        poor: p < 0.3,
        rich: p > 0.7,
        // Poor villages lie higher, though not all of them.
        hilly: 0.65 * (1 - p) + 0.35 * draw(`${seed}:hilly:${code}`),
        clans: [1, 2].map((k) => surnameSlots[Math.floor(draw(`${seed}:clan${k}:${code}`) * 10_000)]!),
      })
    }
  }
  const weights = sorted.map((area) => 0.5 + draw(`${seed}:size:${area.group_code}`))
  const total = weights.reduce((a, b) => a + b, 0)
  const placed: PlacedGroup[] = []
  let sum = 0
  let next = 1
  let part = -1
  let partCounty = ''
  let partVillage = ''
  let partHouseholds = 0
  for (const [i, area] of sorted.entries()) {
    sum += weights[i]!
    const count = Math.round((sum / total) * households) - (next - 1)
    const county = area.village_code.slice(0, 6)
    if (county !== partCounty || (partHouseholds > PART_HOUSEHOLDS && area.village_code !== partVillage)) {
      part++
      partHouseholds = 0
    }
    partCounty = county
    partVillage = area.village_code
    const village = villages.get(area.village_code)!
    placed.push({
      group_index: i + 1,
      part,
      area_code: area.group_code,
      village_code: area.village_code,
      county_code: county,
      households: count,
      first_household: next,
      village_effect: village.effect,
      village_is_poor: village.poor,
      village_is_rich: village.rich,
      hilly:
        Math.round(
          Math.min(1, Math.max(0, village.hilly + 0.2 * (draw(`${seed}:slope:${area.group_code}`) - 0.5) + 0.08)) * 1e6,
        ) / 1e6,
      clan_1: village.clans[0]!,
      clan_2: village.clans[1]!,
      region: REGION_PREFIX + String(part % 1000).padStart(3, '0'),
      longitude: area.longitude ?? null,
      latitude: area.latitude ?? null,
    })
    next += count
    partHouseholds += count
  }
  return placed
}

/**
 * Made groups for a county, when the pack's own are not at hand (tests, scale runs): villages of a township, groups of a
 * village, numbered from one.
 */
export function madeGroups(townshipCode: string, villages: number, groups: number): GroupArea[] {
  return Array.from({ length: groups }, (_, i) => {
    const village = `${townshipCode}${String(200 + (i % villages)).padStart(3, '0')}`
    return { group_code: `${village}${String(1 + Math.floor(i / villages)).padStart(3, '0')}`, village_code: village }
  })
}
