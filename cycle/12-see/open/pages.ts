// The public pages as they stand: counted for the nation as a whole, in the program's own name.
import { steadyNow } from '#door/steady.ts'
import type { Registry } from '#registry/open.ts'
import { SYSTEM, transactRead, type ReadTx } from '#registry/transaction.ts'
import { openPage, openTable, type OpenTable } from './table.ts'
import { villageLength, type Levels } from '../see.ts'
import { causesByChild, countsByChild, placesAbove, yearsByChild } from '../store.ts'

const kept_ms = 60_000
const kept = new WeakMap<Registry, { made: number; table: Promise<OpenTable> }>()

/**
 * The public table of the whole nation: what is withheld at one place depends on what is published at all others. Counted
 * once a minute at most, however many ask.
 */
export function tableOf(registry: Registry, levels: Levels): Promise<OpenTable> {
  const known = kept.get(registry)
  if (known && steadyNow() - known.made < kept_ms) return known.table
  const table = transactRead(registry, SYSTEM, (tx) => countAll(tx, levels))
  kept.set(registry, { made: steadyNow(), table })
  table.catch(() => kept.delete(registry))
  return table
}

async function countAll(tx: ReadTx, levels: Levels): Promise<OpenTable> {
  const length = villageLength(levels)
  const everywhere = { area_code: '', level: levels[0]?.level ?? '', county_code: null, prefix: '' }
  const places = (await placesAbove(tx, length)).map((place) => ({ ...place, name: { ...place.name } }))
  const counts = await countsByChild(tx, everywhere, length)
  const causes = await causesByChild(tx, everywhere, length)
  return openTable(places, { counts, causes, years: await yearsByChild(tx, everywhere, length) }, levels)
}

/** Every public page on which anything is counted or withheld, and which place lies in which. */
export async function openPages(registry: Registry, levels: Levels) {
  const table = await tableOf(registry, levels)
  const counted = [...table.places.values()].filter(
    ({ area_code }) => table.published.get(area_code)?.['households'] !== 0,
  )
  const last = villageLength(levels)
  return {
    pages: counted.map((place) => openPage(table, place, place.area_code.length >= last)),
    parents: new Map(counted.map((place) => [place.area_code, place.parent_code])),
  }
}
