// How well areas are served: plans paid whole, by the level that the pack holds against one another.
import type { Place } from '#door/permit/area.ts'
import type { ReadTx } from '#registry/transaction.ts'
import { areasOfLevel, type AreaShare } from './store.ts'

export interface Served extends AreaShare {
  area_name: Record<string, string> | null
}

/** The area of the compared level that holds this one; itself where none does. */
export function comparedIn(area_code: string, compared: { has(code: string): boolean }): string {
  for (let length = area_code.length; length > 0; length--) {
    const code = area_code.slice(0, length)
    if (compared.has(code)) return code
  }
  return area_code
}

/** Areas with plans, the least served first. */
export async function servedOf(
  tx: ReadTx,
  place: Place & { county_code: string },
  of: { areas: readonly AreaShare[]; level: string | null },
): Promise<Served[]> {
  const names = await areasOfLevel(tx, place.county_code, of.level ?? '')
  const served = new Map<string, Served>()
  for (const { area_code, plans, whole } of of.areas) {
    const code = comparedIn(area_code, names)
    const known = served.get(code) ?? { area_code: code, area_name: names.get(code) ?? null, plans: 0, whole: 0 }
    served.set(code, { ...known, plans: known.plans + plans, whole: known.whole + whole })
  }
  return [...served.values()].toSorted(
    (a, b) => a.whole / a.plans - b.whole / b.plans || a.area_code.localeCompare(b.area_code, 'en'),
  )
}
