import { sql, type Insertable } from 'kysely'
import { offices } from '#door/permit/roles.ts'
import type { Place } from '#door/permit/area.ts'
import type { StateOf } from '#registry/tables/states.ts'
import type { EvaluationTable } from '#registry/tables/evaluate.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { Design, FrameRow, Stratum } from './draw.ts'

export type CountyPlace = Place & { county_code: string }

/** The county of an evaluation is not in its id; row-level security shows only what the asker may see. */
export async function evaluationById(tx: ReadTx, evaluation_id: string) {
  return await tx
    // cross-county
    .selectFrom('evaluation')
    .select([
      'county_code',
      'evaluation_id',
      'area_code',
      'year',
      'design',
      'seed_sha256',
      'seed',
      'witness',
      'frame_sha256',
      'populations',
      'state',
      'created_at',
      'created_by',
      'drawn_at',
      'published_at',
      'closed_at',
      'decision',
    ])
    .where('evaluation_id', '=', evaluation_id)
    .executeTakeFirst()
}

/** Hold an evaluation until the transaction ends. */
export async function holdEvaluation(tx: Tx, held: { county_code: string; evaluation_id: string }): Promise<void> {
  await tx
    .selectFrom('evaluation')
    .select('evaluation_id')
    .where('county_code', '=', held.county_code)
    .where('evaluation_id', '=', held.evaluation_id)
    .forNoKeyUpdate()
    .execute()
}

/** An evaluation of the area and year that waits for its draw, with this design and, where one is named, this seed. */
export async function sameDesign(
  tx: ReadTx,
  wanted: { county_code: string; area_code: string; year: number; design: Design; seed_sha256: string | null },
): Promise<{ evaluation_id: string } | undefined> {
  const { rows } = await sql<{ evaluation_id: string }>`
    select evaluation_id from evaluation
    where county_code = ${wanted.county_code} and area_code = ${wanted.area_code} and year = ${wanted.year}
      and state = 'designed' and design = ${JSON.stringify(wanted.design)}::jsonb
      and (${wanted.seed_sha256}::text is null or seed_sha256 = ${wanted.seed_sha256})
    limit 1`.execute(tx)
  return rows[0]
}

export type Evaluation = NonNullable<Awaited<ReturnType<typeof evaluationById>>>

export async function listEvaluations(tx: ReadTx, place: CountyPlace) {
  const rows = await sql<{
    evaluation_id: string
    area_code: string
    area_name: { en: string; zh: string } | null
    year: number
    state: StateOf<'evaluation.state'>
    seed_sha256: string
    created_at: string
    drawn_at: string | null
    published_at: string | null
    closed_at: string | null
    decision: unknown
  }>`select e.evaluation_id, e.area_code, a.name as area_name, e.year, e.state, e.seed_sha256, e.created_at, e.drawn_at,
      e.published_at, e.closed_at, e.decision
    from evaluation e left join area a on a.area_code = e.area_code
    where e.county_code = ${place.county_code}
      and (e.area_code ^@ ${place.prefix} or starts_with(${place.area_code}, e.area_code))
    order by e.created_at desc, e.evaluation_id`.execute(tx)
  return rows.rows
}

/**
 * Another evaluation of the same area and year that was drawn; undefined where there is none. The asker holds the area.
 */
export async function drawnBefore(
  tx: ReadTx,
  of: { county_code: string; area_code: string; year: number; evaluation_id: string },
): Promise<string | undefined> {
  const found = await tx
    .selectFrom('evaluation')
    .select('evaluation_id')
    .where('county_code', '=', of.county_code)
    .where('area_code', '=', of.area_code)
    .where('year', '=', of.year)
    .where('drawn_at', 'is not', null)
    .where('evaluation_id', '<>', of.evaluation_id)
    .executeTakeFirst()
  return found?.evaluation_id
}

export async function saveEvaluation(tx: Tx, row: Insertable<EvaluationTable>): Promise<void> {
  await tx.insertInto('evaluation').values(row).execute()
}

/** What changes as an evaluation goes on. */
export async function moveEvaluation(
  tx: Tx,
  county_code: string,
  evaluation_id: string,
  set: Partial<{
    state: StateOf<'evaluation.state'>
    seed: string
    witness: string | null
    frame: string
    frame_sha256: string
    populations: string
    drawn_at: string
    published_at: string
    closed_at: string
    decision: string
  }>,
): Promise<void> {
  await tx
    .updateTable('evaluation')
    .set(set)
    .where('county_code', '=', county_code)
    .where('evaluation_id', '=', evaluation_id)
    .execute()
}

export async function frameOf(tx: ReadTx, county_code: string, evaluation_id: string): Promise<string | null> {
  const row = await tx
    .selectFrom('evaluation')
    .select('frame')
    .where('county_code', '=', county_code)
    .where('evaluation_id', '=', evaluation_id)
    .executeTakeFirst()
  return row?.frame ?? null
}

/** Households of the county in the reader's sight: row-level security leaves those of his own area. */
export async function ownHouseholds(tx: ReadTx, county_code: string): Promise<Set<string>> {
  const rows = await tx.selectFrom('household').select('household_id').where('county_code', '=', county_code).execute()
  return new Set(rows.map((row) => row.household_id))
}

/** Every active household of a place with its stratum at this moment: exited, on the list, or neither. */
export async function readFrameNow(tx: ReadTx, place: CountyPlace): Promise<(FrameRow & { area_code: string })[]> {
  const rows = await sql<FrameRow & { area_code: string }>`
    select h.household_id, h.area_code, h.household_size as people,
      case when r.status = 'registered' and x.household_id is not null then 'exited'
        when r.status = 'registered' then 'registered'
        else 'never_registered' end as stratum
    from household h
    left join register_household r on r.county_code = h.county_code and r.household_id = h.household_id
    left join left_list x on x.county_code = h.county_code and x.household_id = h.household_id
    where h.county_code = ${place.county_code} and h.area_code ^@ ${place.prefix} and h.state = 'active'
    order by h.household_id`.execute(tx)
  return rows.rows
}

export interface NewUnit {
  household_id: string
  area_code: string
  stratum: string
  people: number
  draw_order: number
  inclusion_probability: number
  weight: number
  inspector_id: string
}

export async function saveUnits(
  tx: Tx,
  county_code: string,
  evaluation_id: string,
  units: readonly NewUnit[],
): Promise<void> {
  if (units.length === 0) return
  await sql`insert into evaluation_unit (county_code, evaluation_id, household_id, area_code, stratum, people, draw_order,
      inclusion_probability, weight, inspector_id)
    select ${county_code}, ${evaluation_id}, r.household_id, r.area_code, r.stratum, r.people, r.draw_order,
      r.inclusion_probability, r.weight, r.inspector_id
    from jsonb_to_recordset(${JSON.stringify(units)}::jsonb) as r(household_id text, area_code text, stratum text,
      people int, draw_order int, inclusion_probability double precision, weight double precision, inspector_id text)
    `.execute(tx)
}

export interface UnitRow {
  household_id: string
  area_code: string
  group_name: { en: string; zh: string } | null
  head_name: string
  stratum: Stratum
  people: number
  draw_order: number
  inspector_id: string | null
  published_at: string | null
  inspected_on: string | null
  /** As inspected, for those who may read inspections; else as published. */
  found_poor: boolean | null
  found_criteria: string[] | null
  nonresponse: StateOf<'inspection.nonresponse'> | null
  recognises_help: boolean | null
  people_met: number | null
}

/** Drawn households in the order in which one walks to them. */
export async function unitsOf(
  tx: ReadTx,
  county_code: string,
  evaluation_id: string,
  wanted: { inspector_id?: string | undefined; household_ids?: readonly string[] } = {},
): Promise<UnitRow[]> {
  const rows = await sql<UnitRow>`
    select u.household_id, u.area_code, a.name as group_name, h.head_name, u.stratum, u.people, u.draw_order,
      u.inspector_id, u.published_at, i.inspected_on, coalesce(i.found_poor, u.found_poor) as found_poor,
      coalesce(array(select jsonb_array_elements_text(i.result->'unmet')), u.found_criteria) as found_criteria,
      coalesce(i.nonresponse, u.nonresponse) as nonresponse, i.recognises_help, i.people as people_met
    from evaluation_unit u
    join household h on h.county_code = u.county_code and h.household_id = u.household_id
    left join area a on a.area_code = u.area_code
    left join inspection i on i.county_code = u.county_code and i.evaluation_id = u.evaluation_id
      and i.household_id = u.household_id
    where u.county_code = ${county_code} and u.evaluation_id = ${evaluation_id}
      and (${wanted.inspector_id === undefined} or u.inspector_id = ${wanted.inspector_id ?? ''})
      and (${wanted.household_ids === undefined} or u.household_id = any(${[...(wanted.household_ids ?? [])]}))
    order by u.area_code, u.household_id`.execute(tx)
  return rows.rows
}

export interface NewInspection {
  inspection_id: string
  household_id: string
  area_code: string
  answers: unknown
  result: unknown
  found_poor: boolean | null
  recognises_help: boolean | null
  people: number
  nonresponse: StateOf<'inspection.nonresponse'> | null
  inspected_on: string
}

/** Append inspections; they are never changed. */
export async function saveInspections(
  tx: Tx,
  stamp: { county_code: string; evaluation_id: string; now: string; account_id: string },
  rows: readonly NewInspection[],
): Promise<void> {
  if (rows.length === 0) return
  await sql`insert into inspection (county_code, inspection_id, evaluation_id, household_id, area_code, answers, result,
      found_poor, recognises_help, people, nonresponse, inspected_on, recorded_at, account_id)
    select ${stamp.county_code}, r.inspection_id, ${stamp.evaluation_id}, r.household_id, r.area_code, r.answers,
      r.result, r.found_poor, r.recognises_help, r.people, r.nonresponse, r.inspected_on, ${stamp.now}::timestamptz,
      ${stamp.account_id}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(inspection_id text, household_id text, area_code text,
      answers jsonb, result jsonb, found_poor boolean, recognises_help boolean, people int, nonresponse text,
      inspected_on date)`.execute(tx)
}

/** Show the draw to the officials: what was found at each unit, never the family's answers. */
export async function publishUnits(tx: Tx, county_code: string, evaluation_id: string, now: string): Promise<void> {
  await sql`update evaluation_unit u set published_at = ${now}::timestamptz, found_poor = i.found_poor,
      found_criteria = array(select jsonb_array_elements_text(i.result->'unmet')), nonresponse = i.nonresponse
    from inspection i
    where u.county_code = ${county_code} and u.evaluation_id = ${evaluation_id} and i.county_code = u.county_code
      and i.evaluation_id = u.evaluation_id and i.household_id = u.household_id`.execute(tx)
  await tx
    .updateTable('evaluation_unit')
    .set({ published_at: now })
    .where('county_code', '=', county_code)
    .where('evaluation_id', '=', evaluation_id)
    .where('published_at', 'is', null)
    .execute()
  await tx
    .updateTable('evaluation_estimate')
    .set({ published_at: now })
    .where('county_code', '=', county_code)
    .where('evaluation_id', '=', evaluation_id)
    .execute()
}

/** Accounts among these that hold an office in, below or above the county. */
export async function withOffice(
  tx: ReadTx,
  account_ids: readonly string[],
  county_code: string,
): Promise<Set<string>> {
  if (account_ids.length === 0) return new Set()
  const rows = await sql<{ account_id: string }>`
    select distinct r.account_id from account_role r join area a on a.area_code = r.area_code
    where r.account_id = any(${[...account_ids]}) and r.role = any(${offices})
      and (a.level = 'nation' or starts_with(r.area_code, ${county_code}) or starts_with(${county_code}, r.area_code))
    `.execute(tx)
  return new Set(rows.rows.map((row) => row.account_id))
}

/** Accounts that inspect here: the role's area lies around the evaluation's. */
export async function inspectorsFor(tx: ReadTx, area_code: string): Promise<string[]> {
  const rows = await sql<{ account_id: string }>`
    select r.account_id from account_role r join area a on a.area_code = r.area_code
    join account c on c.account_id = r.account_id
    where r.role = 'inspector' and c.disabled_at is null
      and (a.level = 'nation' or starts_with(${area_code}, r.area_code))
    order by c.login`.execute(tx)
  return rows.rows.map((row) => row.account_id)
}
