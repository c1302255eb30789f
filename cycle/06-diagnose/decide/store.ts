import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { ReadTx, Tx } from '#registry/transaction.ts'

/** The diagnosis in force of a household. */
export function currentDiagnosis(tx: ReadTx, county_code: string, household_id: string) {
  return tx
    .selectFrom('diagnosis')
    .select(['diagnosis_id', 'main_cause', 'computed_cause', 'other_causes'])
    .where('county_code', '=', county_code)
    .where('household_id', '=', household_id)
    .where('superseded_at', 'is', null)
    .executeTakeFirst()
}

export interface Decision {
  county_code: string
  diagnosis_id: string
  main_cause: string
  other_causes: string[]
  reason: string
  now: string
  account_id: string | null
}

/** The same diagnosis with another main cause takes the place of the one in force; what the evidence says is copied. */
export async function saveDecision(tx: Tx, decided: Decision): Promise<string> {
  const { county_code, diagnosis_id, now } = decided
  await tx
    .updateTable('diagnosis')
    .set({ superseded_at: now })
    .where('county_code', '=', county_code)
    .where('diagnosis_id', '=', diagnosis_id)
    .where('superseded_at', 'is', null)
    .execute()
  const next = randomUUID()
  await sql`insert into diagnosis (county_code, diagnosis_id, household_id, area_code, assessment_id, instance_id,
      pack_hash, diagnosed_at, income_shortfall, unmet_indicators, main_cause, computed_cause, certainty, sure,
      other_causes, causes, stated_cause, stated_other_causes, agrees, account_id, decided_by, decided_reason)
    select county_code, ${next}, household_id, area_code, assessment_id, instance_id, pack_hash, ${now}::timestamptz,
      income_shortfall, unmet_indicators, ${decided.main_cause}, computed_cause, null, true, ${decided.other_causes},
      causes, stated_cause, stated_other_causes, agrees, account_id, ${decided.account_id}, ${decided.reason}
    from diagnosis where county_code = ${county_code} and diagnosis_id = ${diagnosis_id}`.execute(tx)
  return next
}
