import { sql } from 'kysely'
import type { Answers } from '#door/personal.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { KeptRules } from '../rulebook/kept.ts'

/** Keep the rules that an assessment is made by; once for each pack_hash. */
export async function keepRules(tx: Tx, pack_hash: string, rules: KeptRules, now: string): Promise<void> {
  await tx
    .insertInto('assessed_rules')
    .values({ pack_hash, kept_at: now, rules: JSON.stringify(rules) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Say under which rules a run of the county begins, and keep them. Those of an earlier run stop at their next step. */
export async function beginTurn(
  tx: Tx,
  county_code: string,
  { pack_hash, rules, now }: { pack_hash: string; rules: KeptRules; now: string },
): Promise<void> {
  await keepRules(tx, pack_hash, rules, now)
  await sql`insert into assessment_turn (county_code, pack_hash, turn) values (${county_code}, ${pack_hash}, 1)
    on conflict (county_code) do update set pack_hash = excluded.pack_hash, turn = assessment_turn.turn + 1`.execute(tx)
}

/** The rules under which the latest run of the county began. */
export async function turnOf(tx: ReadTx, county_code: string): Promise<string | null> {
  const row = await tx
    .selectFrom('assessment_turn')
    .select('pack_hash')
    .where('county_code', '=', county_code)
    .executeTakeFirst()
  return row?.pack_hash ?? null
}

/** Answers of some submissions, by instance_id. */
export async function answersOf(tx: ReadTx, county_code: string, instance_ids: readonly string[]) {
  if (instance_ids.length === 0) return new Map<string, Answers>()
  const rows = await tx
    .selectFrom('submission')
    .select(['instance_id', 'answers'])
    .where('county_code', '=', county_code)
    .where('instance_id', 'in', instance_ids)
    .execute()
  return new Map(rows.map((row) => [row.instance_id, row.answers as Answers]))
}

/** Kept rules by pack_hash; none for packs that assessed before rules were kept. */
export async function keptRules(tx: ReadTx, pack_hashes: readonly string[]) {
  if (pack_hashes.length === 0) return new Map<string, KeptRules>()
  // cross-county: rules are the nation's, the same for every county.
  const rows = await tx
    .selectFrom('assessed_rules')
    .select(['pack_hash', 'rules'])
    .where('pack_hash', 'in', pack_hashes)
    .execute()
  return new Map(rows.map((row) => [row.pack_hash, row.rules as unknown as KeptRules]))
}
