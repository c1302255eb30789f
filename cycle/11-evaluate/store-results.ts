import { sql, type Insertable } from 'kysely'
import type { StateOf } from '#registry/tables/states.ts'
import type { AppealTable } from '#registry/tables/evaluate.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Estimated } from './estimate.ts'

export type Basis = StateOf<'evaluation_estimate.basis'>

interface Stamp {
  county_code: string
  evaluation_id: string
  area_code: string
  basis: Basis
  confidence: number
  now: string
  published_at: string | null
}

/** Put the estimates of one basis in place of the earlier ones. */
export async function saveEstimates(tx: Tx, stamp: Stamp, estimates: readonly Estimated[]): Promise<void> {
  const rows = JSON.stringify(estimates)
  await sql`insert into evaluation_estimate (county_code, evaluation_id, basis, measure, area_code, numerator,
      denominator, estimate, low, high, confidence, method, threshold, result, detail, recorded_at, published_at)
    select ${stamp.county_code}, ${stamp.evaluation_id}, ${stamp.basis}, r.measure, ${stamp.area_code}, r.numerator,
      r.denominator, r.estimate, r.low, r.high, ${stamp.confidence}::double precision, r.method, r.threshold, r.result,
      r.detail, ${stamp.now}::timestamptz, ${stamp.published_at}::timestamptz
    from jsonb_to_recordset(${rows}::jsonb) as r(measure text, numerator int, denominator int,
      estimate double precision, low double precision, high double precision, method text, threshold double precision,
      result text, detail jsonb)
    on conflict (county_code, evaluation_id, basis, measure) do update set numerator = excluded.numerator,
      denominator = excluded.denominator, estimate = excluded.estimate, low = excluded.low, high = excluded.high,
      method = excluded.method, threshold = excluded.threshold, result = excluded.result, detail = excluded.detail,
      recorded_at = excluded.recorded_at, published_at = excluded.published_at`.execute(tx)
}

const order = [
  'incidence',
  'wrong_exit',
  'missed',
  'recognition',
  'still_poor',
  'wrong_exit_households',
  'missed_households',
  'still_poor_households',
  'recognition_weighted',
]

/** Estimates in the order in which they are read: the four limits first. */
export async function estimatesOf(tx: ReadTx, county_code: string, evaluation_id: string) {
  const rows = await tx
    .selectFrom('evaluation_estimate')
    .select([
      'basis',
      'measure',
      'numerator',
      'denominator',
      'estimate',
      'low',
      'high',
      'confidence',
      'method',
      'threshold',
      'result',
      'detail',
      'recorded_at',
    ])
    .where('county_code', '=', county_code)
    .where('evaluation_id', '=', evaluation_id)
    .orderBy('basis', 'desc')
    .execute()
  return rows.sort((a, b) => order.indexOf(a.measure) - order.indexOf(b.measure))
}

export async function saveAppeals(tx: Tx, rows: readonly Insertable<AppealTable>[]): Promise<void> {
  if (rows.length > 0)
    await tx
      .insertInto('appeal')
      .values([...rows])
      .execute()
}

export function appealsOf(tx: ReadTx, county_code: string, evaluation_id: string) {
  return tx
    .selectFrom('appeal')
    .selectAll()
    .where('county_code', '=', county_code)
    .where('evaluation_id', '=', evaluation_id)
    .orderBy('made_at')
    .orderBy('appeal_id')
    .execute()
}

export async function decideAppeal(
  tx: Tx,
  county_code: string,
  appeal_id: string,
  decided: { state: StateOf<'appeal.state'>; reason: string; now: string; account_id: string },
): Promise<void> {
  await tx
    .updateTable('appeal')
    .set({ state: decided.state, reason: decided.reason, decided_at: decided.now, decided_by: decided.account_id })
    .where('county_code', '=', county_code)
    .where('appeal_id', '=', appeal_id)
    .execute()
}
