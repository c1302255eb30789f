import type { Pool } from 'pg'
import { headSeal } from '../audit/audit.ts'
import { RegistryProblem } from '../problem.ts'
import { type Keys, keyFingerprint, sameSecret } from '../secrets/secrets.ts'

/** Where the fingerprint of the registry's key stands (table setting). */
const KEY = 'key_fingerprint'

function foreign(): RegistryProblem {
  return new RegistryProblem(
    'registry_secret_mismatch',
    'This registry was made with another secret key: nothing in it can be read or added to with the one at hand.',
    'Put the secret.key of this registry into the data folder, or set DOORSTEP_SECRET_KEY.',
  )
}

/**
 * Throws `registry_secret_mismatch` where the registry was made with another key: told by its fingerprint, and in a
 * registry from before fingerprints by the seals of its audit chains. An empty registry belongs to any key.
 */
export async function checkKey(owner: Pool, keys: Keys): Promise<void> {
  const { rows: tables } = await owner.query<{ setting: string | null; head: string | null }>(
    "select to_regclass('doorstep.setting')::text as setting, to_regclass('doorstep.audit_head')::text as head",
  )
  if (tables[0]?.setting == null) return
  const { rows } = await owner.query<{ value: unknown }>('select value from setting where key = $1', [KEY])
  const known = rows[0]?.value
  if (typeof known === 'string') {
    if (!sameSecret(known, keyFingerprint(keys))) throw foreign()
    return
  }
  if (tables[0].head == null) return
  const { rows: heads } = await owner.query<{ county_code: string; sequence: number; hash: string; seal: string }>(
    "select county_code, sequence, hash, seal from audit_head where seal <> '' order by county_code limit 1",
  )
  const [head] = heads
  if (head && !sameSecret(head.seal, headSeal(keys, head.county_code, head.sequence, head.hash))) throw foreign()
}

/** Writes the key's fingerprint where none stands yet. */
export async function keepFingerprint(owner: Pool, keys: Keys): Promise<void> {
  if ((await owner.query("select to_regclass('doorstep.setting') as there")).rows[0]?.there == null) return
  await owner.query('insert into setting (key, value) values ($1, $2) on conflict (key) do nothing', [
    KEY,
    JSON.stringify(keyFingerprint(keys)),
  ])
  await checkKey(owner, keys)
}
