// Where the made nation lies, and the pack that is asked of it: shared by what makes, measures and compares.
import path from 'node:path'
import { quote } from '#synthetic/duck.ts'
import { loadPack } from '#packs/load.ts'
import type { NationTables } from '#packs/nation.ts'
import { rulebookOf, standAt, type Rulebook, type Standpoint } from '#packs/rulebook.ts'

export const PACK = path.join(import.meta.dirname, '../../packs/china-2014')

export async function loadBook(): Promise<{ book: Rulebook; at: Standpoint }> {
  const { pack, problems } = await loadPack(PACK)
  if (!pack) throw new Error(`the pack does not load: ${problems[0]?.message ?? ''}`)
  const book = rulebookOf(pack)
  return { book, at: standAt(book, pack.reference_date, '') }
}

/** Household ids are unique in the whole nation, so one whole number is the key. */
export const KEY = ['household_id']

const file = (dir: string, table: string, name: string) => `read_parquet(${quote(path.join(dir, table, name))})`

/** No made household has more members; one that had would be told as unknown. Six bits a count. */
const LONGEST = 63

/** One partition as the compiler takes it. `within`: a table of household ids that alone are asked about. */
export function partitionTables(dir: string, name: string, within?: string): NationTables {
  const of = (table: string) =>
    within === undefined
      ? `(select * from ${file(dir, table, name)})`
      : `(select t.* from ${file(dir, table, name)} as t semi join ${within} as w on t.household_id = w.household_id)`
  const list_tables = {
    members: { table: of('members'), longest: LONGEST },
    registers: { table: of('registers'), longest: LONGEST },
  }
  return { household_table: of('households'), list_tables, key: KEY }
}
