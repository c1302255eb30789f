import type { Pool } from 'pg'
import { searchHash, type Keys } from './secrets.ts'

/** The keyed hash by which a number is found by its last four characters: neither they nor the number can be read off it. */
export const endingHash = (keys: Keys, number: string): string =>
  searchHash(keys, 'national_id_ending', number.slice(-4))

/**
 * Endings that stand in clear, written before migration 0039, become their keyed hash. There are at most 11,000 different
 * ones, so that it is one statement a thousand of them, however many persons there are. Returns how many endings it met.
 */
export async function sealEndings(owner: Pool, keys: Keys): Promise<number> {
  for (let met = 0; ;) {
    const { rows } = await owner.query<{ ending: string }>(
      'select distinct national_id_last4 as ending from person where national_id_last4 is not null limit 1000',
    )
    if (rows.length === 0) return met
    const pairs = rows.map(({ ending }) => ({ ending, hash: endingHash(keys, ending) }))
    await owner.query(
      `update person p set national_id_ending = e.hash, national_id_last4 = null
        from json_to_recordset($1::json) as e(ending text, hash text) where p.national_id_last4 = e.ending`,
      [JSON.stringify(pairs)],
    )
    met += rows.length
  }
}
