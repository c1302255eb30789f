import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { FIRST_SETTING, type Labelled, type Setting, type Universe } from '../decide/thresholds.ts'

export interface DatedSetting extends Setting {
  setting_id: string
  set_at: string
  why: string
  set_by: { en: string; zh: string } | null
}

/** All thresholds a county has set, newest first. */
export async function settingsOf(tx: ReadTx, county_code: string): Promise<DatedSetting[]> {
  const { rows } = await sql<DatedSetting>`
    select s.setting_id, s.accept, s.review, s.second_share, s.set_at, s.why, a.name as set_by
    from match_setting s left join account a on a.account_id = s.account_id
    where s.county_code = ${county_code} order by s.set_at desc, s.setting_id`.execute(tx)
  return rows
}

/** The thresholds that the next run of a county takes. */
export async function settingOf(tx: ReadTx, county_code: string): Promise<Setting> {
  const { rows } = await sql<Setting>`
    select accept, review, second_share from match_setting
    where county_code = ${county_code} order by set_at desc, setting_id limit 1`.execute(tx)
  return rows[0] ?? FIRST_SETTING
}

export async function saveSetting(
  tx: Tx,
  county_code: string,
  setting: Setting & { why: string },
  by: { account_id: string | null; now: string },
): Promise<string> {
  const setting_id = randomUUID()
  await tx
    .insertInto('match_setting')
    .values({
      county_code,
      setting_id,
      area_code: county_code,
      accept: setting.accept,
      review: setting.review,
      second_share: setting.second_share,
      why: setting.why,
      account_id: by.account_id,
      set_at: by.now,
    })
    .execute()
  return setting_id
}

/** When the last run of a county began: settings that are newer wait for the next. */
export async function lastRunAt(tx: ReadTx, county_code: string): Promise<string | null> {
  const { rows } = await sql<{ started_at: string }>`
    select started_at from match_run where county_code = ${county_code} and finished_at is not null
    order by started_at desc limit 1`.execute(tx)
  return rows[0]?.started_at ?? null
}

/** Decided questions that a threshold could have decided, of a county. */
export async function labelledIn(tx: ReadTx, county_code: string): Promise<Labelled[]> {
  const { rows } = await sql<{ decisive: number; same: boolean; checked: boolean }>`
    select decisive, state = 'accepted' as same, evidence ->> 'kind' = 'check' as checked from match_review
    where county_code = ${county_code} and decisive is not null and state in ('accepted', 'rejected')
    order by decisive, review_id`.execute(tx)
  return rows.map(({ checked, ...row }) => ({ ...row, from: checked ? 'check' : 'asked' }))
}

/** How many there are to decide on: questions that a threshold could have decided, and cards linked automatically. */
export async function universeOf(tx: ReadTx, county_code: string): Promise<Universe> {
  const { rows: asked } = await sql<{ count: number }>`
    select count(*)::int as count from match_review
    where county_code = ${county_code} and decisive is not null
      and evidence ->> 'kind' <> 'check'`.execute(tx)
  const { rows: linked } = await sql<{ count: number }>`
    select count(*)::int as count from link
    where county_code = ${county_code} and left_kind = 'submission' and withdrawn_at is null
      and method in ('exact_id', 'probabilistic')`.execute(tx)
  return { asked: asked[0]?.count ?? 0, check: linked[0]?.count ?? 0 }
}
