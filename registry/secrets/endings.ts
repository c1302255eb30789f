import type { Pool } from 'pg'
import { searchHash, type Keys } from './secrets.ts'

/** The keyed hash by which a number is found by its last four characters: neither they nor the number can be read off it. */
export const endingHash = (keys: Keys, number: string): string =>
  searchHash(keys, 'national_id_ending', number.slice(-4))

// Any fixed number of its own (migrations have another).
const LOCK = 7_361_290_443

/**
 * Endings that stand in clear, written before migration 0039, become their keyed hash. There are at most 11,000 different
 * ones, so that it is one statement a thousand of them, however many persons there are. Returns how many endings it met.
 */
export async function sealEndings(owner: Pool, keys: Keys): Promise<number> {
  const clear = 'select distinct national_id_last4 as ending from person where national_id_last4 is not null limit 1000'
  if ((await owner.query(clear)).rows.length === 0) return 0
  // Of two servers that start at once on earlier data one does it, the other finds it done.
  const client = await owner.connect()
  try {
    await client.query(`select pg_advisory_lock(${LOCK})`)
    for (let met = 0; ;) {
      const { rows } = await client.query<{ ending: string }>(clear)
      if (rows.length === 0) return met
      const pairs = rows.map(({ ending }) => ({ ending, hash: endingHash(keys, ending) }))
      await client.query(
        `update person p set national_id_ending = e.hash, national_id_last4 = null
          from json_to_recordset($1::json) as e(ending text, hash text) where p.national_id_last4 = e.ending`,
        [JSON.stringify(pairs)],
      )
      met += rows.length
    }
  } finally {
    await client.query(`select pg_advisory_unlock(${LOCK})`).catch(() => {})
    client.release()
  }
}
