import { type RawBuilder, sql } from 'kysely'
import { countyOfHousehold, type Place } from '#door/permit/area.ts'
import { namePattern } from '#engines/linkage/compare/find-name.ts'
import type { StateOf } from '#registry/tables/states.ts'
import { endingHash } from '#registry/secrets/endings.ts'
import type { Keys } from '#registry/secrets/secrets.ts'
import type { ReadTx } from '#registry/transaction.ts'
import type { HouseholdStatus } from '#registry/tables/see.ts'
import { type Cursor, type ListStage, writeCursor } from './see.ts'
import { inPlace, joinWhole, on_the_list, reached } from './store.ts'

export interface HouseholdLine {
  household_id: string
  area_code: string
  head_name: string
  household_size: number
  status: HouseholdStatus
  verdict: StateOf<'assessment.verdict'> | null
  net_income_per_capita: number | null
  score: number | null
  unmet: string[]
  main_cause: string | null
  alerts_open: number
  registered_on: string | null
  exited_on: string | null
  surveyed_on: string | null
}

export interface HouseholdFilter {
  status?: string | undefined
  reached?: ListStage | undefined
  verdict?: string | undefined
  cause?: string | undefined
  sure?: 'no' | undefined
  unmet?: string | undefined
  alerts?: boolean | undefined
  search?: string | undefined
}

// Sort keys as doubles, so that one comparison serves all: what is not known goes last in either direction.
const sorts: Record<string, { key: RawBuilder<unknown>; down: boolean }> = {
  household_id: { key: sql`0::float8`, down: false },
  income: { key: sql`coalesce(net_income_per_capita::float8, 'infinity')`, down: false },
  '-income': { key: sql`coalesce(net_income_per_capita::float8, '-infinity')`, down: true },
  score: { key: sql`coalesce(score, 'infinity')`, down: false },
  '-score': { key: sql`coalesce(score, '-infinity')`, down: true },
  size: { key: sql`household_size::float8`, down: false },
  '-size': { key: sql`household_size::float8`, down: true },
}

export const sort_keys = Object.keys(sorts) as [string, ...string[]]

function plain(text: string): string {
  return text.replace(/[%_\\]/g, '').trim()
}

const id_ending = /^[0-9]{3}[0-9Xx]$/

/** Which people's names are meant; none where digits say that it is a number. */
function named(text: string): RawBuilder<boolean> | null {
  const pattern = /\d/.test(text) ? null : namePattern(text)
  return pattern === null ? null : sql<boolean>`p.name ~* ${pattern}`
}

/** The household's number, with or without its dash and spaces; a part of it is enough. */
function numbered(text: string): RawBuilder<boolean> | null {
  const digits = text.replace(/[\s-]/g, '')
  return /^[\dA-Za-z]*\d[\dA-Za-z]*$/.test(digits)
    ? sql<boolean>`replace(h.household_id, '-', '') like ${`%${digits}%`}`
    : null
}

/**
 * Households that a person means by what he types: the name of any member, in characters, with a space or by its sound;
 * the household's number; the code that stands on its survey card; the last four characters of an identity number.
 * Never the whole number: it is not kept in clear.
 */
function hitsOf(text: string, place: Place, keys: Keys): RawBuilder<unknown>[] {
  const word = plain(text)
  const name = named(word)
  const number = numbered(word)
  const here = (alias: string) => inPlace(place, alias)
  return [
    // The number of a household that was merged away, off an old handbook, leads to the one it counts for.
    ...(number
      ? [
          sql`select h.county_code, coalesce(h.merged_into, h.household_id) as household_id, null::text as member_name,
            null::text as national_id_hash, 0 as rank, 'household_id' as by from household h
            where ${here('h')} and ${number}`,
        ]
      : []),
    ...(/\d/.test(word)
      ? [
          sql`select l.county_code, l.household_id, null::text, null::text, 0, 'household_code'
            from submission s join link l on l.county_code = s.county_code and l.left_kind = 'submission'
              and l.left_id = s.instance_id and l.withdrawn_at is null
            where ${here('s')} and s.household_code = ${word}`,
        ]
      : []),
    ...(name
      ? [
          sql`select p.county_code, p.household_id, p.name, p.national_id_hash,
            case when p.name = ${word} then 1 when p.relation = 'head' then 2 else 3 end, 'name'
            from person p where ${here('p')} and p.state = 'active' and ${name}`,
        ]
      : []),
    ...(id_ending.test(word)
      ? [
          sql`select p.county_code, p.household_id, p.name, p.national_id_hash, 1, 'id_ending'
            from person p where ${here('p')} and p.state = 'active' and p.national_id_ending = ${endingHash(keys, word)}`,
        ]
      : []),
  ]
}

function found(text: string, place: Place, keys: Keys): RawBuilder<boolean> {
  const hits = hitsOf(text, place, keys)
  if (hits.length === 0) return sql<boolean>`false`
  return sql<boolean>`household_id in (
    select f.household_id from (${sql.join(hits, sql` union all `)}) as f(county_code, household_id, member_name,
      national_id_hash, rank, by))`
}

function filtered(place: Place, filter: HouseholdFilter, keys: Keys): RawBuilder<boolean> {
  const parts: RawBuilder<unknown>[] = [inPlace(place)]
  if (filter.status) parts.push(sql`status = ${filter.status}`)
  if (filter.reached) parts.push(filter.reached === 'on_the_list' ? on_the_list : reached[filter.reached])
  if (filter.verdict) parts.push(sql`verdict = ${filter.verdict}`)
  if (filter.cause) parts.push(sql`main_cause = ${filter.cause} and register_status is not null`)
  if (filter.sure === 'no') {
    const county = place.county_code === null ? sql`true` : sql`r.county_code = ${place.county_code}`
    parts.push(sql`household_id in (select r.household_id from register_household r
      join diagnosis d on d.county_code = r.county_code and d.household_id = r.household_id and d.superseded_at is null
      where ${county} and r.status = 'registered' and d.sure is false)`)
  }
  if (filter.alerts) parts.push(sql`alerts_open > 0`)
  if (filter.unmet) parts.push(sql`${filter.unmet} = any(unmet_indicators)`)
  if (filter.search && plain(filter.search)) parts.push(found(filter.search, place, keys))
  return sql<boolean>`${sql.join(parts, sql` and `)}`
}

/** One page of households, keyset by the sort's value and household_id, and how many there are in all. */
export async function listHouseholds(
  tx: ReadTx,
  place: Place,
  query: HouseholdFilter & { sort: string; limit: number; after: Cursor | null },
  keys: Keys,
) {
  const where = filtered(place, query, keys)
  const sort = sorts[query.sort] ?? { key: sql`0::float8`, down: false }
  const compare = sort.down ? sql`<` : sql`>`
  const after = query.after
    ? sql`and (${sort.key} ${compare} ${query.after.value}::float8
        or (${sort.key} = ${query.after.value}::float8 and household_id > ${query.after.household_id}))`
    : sql``
  const order = sort.down ? sql`sort_key desc, household_id` : sql`sort_key, household_id`
  await joinWhole(tx)
  // First which households: only the joins that the filter and the sort name are made. The first page counts in passing.
  const page = await sql<{ county_code: string; household_id: string; sort_key: number; total: number }>`
    select county_code, household_id, ${sort.key} as sort_key, count(*) over () as total
    from household_road where ${where} ${after} order by ${order} limit ${query.limit}`.execute(tx)
  const total = query.after
    ? (await sql<{ total: number }>`select count(*) as total from household_road where ${where}`.execute(tx)).rows[0]
    : page.rows[0]
  const last = page.rows.at(-1)
  return {
    total: total?.total ?? 0,
    items: await linesOf(tx, page.rows),
    next:
      last && page.rows.length === query.limit
        ? writeCursor({ value: String(last.sort_key), household_id: last.household_id })
        : null,
  }
}

/** Then their lines, each looked up by its key, in the order given. */
async function linesOf(
  tx: ReadTx,
  page: readonly { county_code: string; household_id: string }[],
): Promise<HouseholdLine[]> {
  if (page.length === 0) return []
  await sql.raw('set local enable_nestloop = on').execute(tx)
  // `offset 0` keeps the lookup whole, so that its key reaches into every aggregate of the view.
  const rows = await sql<HouseholdLine>`
    select line.*
    from jsonb_to_recordset(${JSON.stringify(page)}::jsonb) as k(county_code text, household_id text)
    cross join lateral (
      select household_id, area_code, head_name, household_size, status, verdict, net_income_per_capita, score,
        coalesce(unmet_indicators, '{}') as unmet, main_cause, alerts_open, registered_on, exited_on, surveyed_on
      from household_road r where r.county_code = k.county_code and r.household_id = k.household_id offset 0) line`.execute(
    tx,
  )
  const by_id = new Map(rows.rows.map((row) => [row.household_id, row]))
  return page.flatMap(({ household_id }) => by_id.get(household_id) ?? [])
}

/** Where a person's search leads: at most `limit` households of the reader's area, best first. */
export async function searchHouseholds(tx: ReadTx, place: Place, wish: { text: string; limit: number; keys: Keys }) {
  const { text, limit, keys } = wish
  const hits = hitsOf(text, place, keys)
  if (hits.length === 0) return []
  const result = await sql<{
    household_id: string
    area_code: string
    head_name: string
    household_size: number
    status: HouseholdStatus
    /** The member the words fit, and his number's hash, from which its code is made. */
    member_name: string | null
    national_id_hash: string | null
    by: 'household_id' | 'household_code' | 'name' | 'id_ending'
  }>`
    with hits(county_code, household_id, member_name, national_id_hash, rank, by) as (${sql.join(hits, sql` union all `)}),
    best as (select distinct on (household_id) * from hits order by household_id, rank),
    first as (select * from best order by rank, household_id limit ${limit})
    select r.*, f.member_name, f.national_id_hash, f.by
    from first f cross join lateral (
      select household_id, area_code, head_name, household_size, status from household_road v
      where v.county_code = f.county_code and v.household_id = f.household_id offset 0) r
    order by f.rank, r.household_id`.execute(tx)
  return result.rows
}

/** One household's line, with what is not in lists; undefined where there is none (or it is not the reader's). */
export async function householdHead(tx: ReadTx, household_id: string) {
  const county_code = countyOfHousehold(household_id)
  const line = await tx
    .selectFrom('household_road')
    .selectAll()
    .where('county_code', '=', county_code)
    .where('household_id', '=', household_id)
    .executeTakeFirst()
  if (!line) return undefined
  const open = await sql<{ follow_ups: number; reviews: number; helper: string | null; helper_unit: string | null }>`
    select
      (select count(*) from follow_up where county_code = ${county_code} and household_id = ${household_id}
        and state = 'open') as follow_ups,
      (select count(*) from match_review where county_code = ${county_code} and right_household_id = ${household_id}
        and state = 'open') as reviews,
      (select name from helper_now where county_code = ${county_code} and counts_for = ${household_id}
        and valid_to is null order by household_id = counts_for desc, valid_from desc limit 1) as helper,
      (select unit from helper_now where county_code = ${county_code} and counts_for = ${household_id}
        and valid_to is null order by household_id = counts_for desc, valid_from desc limit 1) as helper_unit`.execute(
    tx,
  )
  const waiting = open.rows[0]
  if (!waiting) throw new Error(`the counts of household ${household_id} gave no row`)
  return { ...line, ...waiting }
}

/** A household's own row: where it went, and which went into it. Undefined where there is none of the reader's. */
export async function keptHousehold(tx: ReadTx, household_id: string) {
  const county_code = countyOfHousehold(household_id)
  const own = await tx
    .selectFrom('household')
    .select(['household_id', 'area_code', 'state', 'merged_into'])
    .where('county_code', '=', county_code)
    .where('household_id', '=', household_id)
    .executeTakeFirst()
  if (!own) return undefined
  const joined = await tx
    .selectFrom('household')
    .select(['household_id', 'head_name', 'changed_at'])
    .where('county_code', '=', county_code)
    .where('merged_into', '=', household_id)
    .orderBy('household_id')
    .execute()
  return { ...own, joined }
}

/** Photos and files of the survey cards that are this household's today, newest first. */
export async function householdFiles(tx: ReadTx, household_id: string) {
  const county_code = countyOfHousehold(household_id)
  return await tx
    .selectFrom('submission_file as f')
    .select(['f.instance_id', 'f.file_name', 'f.content_type', 'f.size', 'f.received_at'])
    .where('f.county_code', '=', county_code)
    .where('f.instance_id', 'in', (query) =>
      query
        .selectFrom('link')
        .select('left_id')
        .where('county_code', '=', county_code)
        .where('left_kind', '=', 'submission')
        .where('household_id', '=', household_id)
        .where('withdrawn_at', 'is', null),
    )
    .orderBy('f.received_at', 'desc')
    .orderBy('f.file_name')
    .limit(200)
    .execute()
}

/** The names of the areas above a household, from the county down. */
export async function placeChain(tx: ReadTx, area_code: string) {
  const codes = [6, 9, 12, 15].map((length) => area_code.slice(0, length))
  return tx
    .selectFrom('area')
    .select(['area_code', 'level', 'name'])
    .where('area_code', 'in', [...new Set(codes)])
    .orderBy((builder) => builder.fn('length', ['area_code']))
    .execute()
}

/** Income a person a year: of each reference year the assessment that was made last (known by `known_on`). */
export async function incomeByYear(tx: ReadTx, household_id: string, known_on: string | null) {
  const result = await sql<{ year: number; value: number | null; reference_date: string; assessed_at: string }>`
    select distinct on (date_part('year', reference_date)) date_part('year', reference_date)::int as year,
      net_income_per_capita as value, reference_date, assessed_at
    from assessment_now
    where county_code = ${countyOfHousehold(household_id)} and counts_for = ${household_id}
      and (${known_on}::timestamptz is null or assessed_at <= ${known_on}::timestamptz)
    order by date_part('year', reference_date), household_id = counts_for desc, assessed_at desc`.execute(tx)
  return result.rows
}

/** Where a household stood at a moment (ISO), by what was known then; null where nothing was. */
export async function statusAt(tx: ReadTx, household_id: string, at: string): Promise<HouseholdStatus | null> {
  const county_code = countyOfHousehold(household_id)
  const rows = await sql<{ status: HouseholdStatus | null }>`
    select household_status_at(${county_code}, ${household_id}, ${at}::timestamptz) as status`.execute(tx)
  return rows.rows[0]?.status ?? null
}

/** Events that nobody dates: they happened when they were recorded. */
const dated_by_record = [
  'assess.assessed',
  'assess.verified',
  'appraise.opened',
  'appraise.resolved',
  'appraise.reviewed',
  'diagnose.diagnosed',
  'prescribe.planned',
  'prescribe.approved',
  'monitor.alerted',
  'monitor.handled',
  'monitor.taken_back',
  'evaluate.published',
  'match.merged',
  'match.parted',
]

/** Everything that happened to a household, newest first, with the name of who did it; days as they are in the zone. */
export async function timelineOf(tx: ReadTx, household_id: string, time_zone: string) {
  const result = await sql<{
    kind: string
    happened_on: string
    recorded_at: string
    account_name: { en: string; zh: string } | null
    subject_id: string
    detail: Record<string, unknown>
    written_for: string
  }>`
    select t.kind, d.happened_on, t.recorded_at, a.name as account_name, t.subject_id, t.detail, t.written_for
    from timeline t left join account a on a.account_id = t.account_id
    cross join lateral (select case when t.kind = any(${dated_by_record})
      then (t.recorded_at at time zone ${time_zone}::text)::date else t.happened_on end as happened_on) d
    where t.county_code = ${countyOfHousehold(household_id)} and t.household_id = ${household_id}
    order by d.happened_on desc, t.recorded_at desc, t.kind, t.subject_id`.execute(tx)
  return result.rows
}
