import { sql, type Insertable } from 'kysely'
import type { StateOf } from '#registry/tables/states.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import type { AreaExitTable } from '#registry/tables/exit.ts'
import type { Evaluated } from './evaluated.ts'
import type { CountyPlace } from './store.ts'

/** People of all surveyed households of a place, and of those on the list that have not exited. */
export async function peopleOf(tx: ReadTx, place: CountyPlace): Promise<{ people: number; registered_people: number }> {
  const rows = await sql<{ people: number; registered_people: number }>`
    select coalesce(sum(h.household_size), 0)::int as people,
      coalesce(sum(h.household_size) filter (where r.status = 'registered' and x.household_id is null), 0)::int
        as registered_people
    from household h
    left join register_household r on r.county_code = h.county_code and r.household_id = h.household_id
    left join left_list x on x.county_code = h.county_code and x.household_id = h.household_id
    where h.county_code = ${place.county_code} and h.area_code ^@ ${place.prefix} and h.state = 'active'`.execute(tx)
  return rows.rows[0] ?? { people: 0, registered_people: 0 }
}

const stratum_of: Record<string, keyof Evaluated['strata']> = {
  wrong_exit: 'exited',
  still_poor: 'registered',
  missed: 'never_registered',
}

/** Evaluations of exactly this area and year that are closed, after appeals where there were any. */
export async function evaluationsOf(tx: ReadTx, place: CountyPlace, year: number): Promise<Evaluated[]> {
  const rows = await tx
    .selectFrom('closed_rate')
    .selectAll()
    .where('county_code', '=', place.county_code)
    .where('area_code', '=', place.area_code)
    .where('year', '=', year)
    .execute()
  return [...Map.groupBy(rows, (row) => row.evaluation_id).values()].flatMap((own): Evaluated[] => {
    const [first] = own
    if (!first) return []
    const { evaluation_id, closed_at, overall, confidence, open_appeals } = first
    const none = { known: 0, population: 0 }
    const strata = { exited: none, registered: none, never_registered: none }
    for (const row of own) {
      const stratum = stratum_of[row.measure]
      if (stratum) strata[stratum] = { known: row.known ?? 0, population: row.population_households ?? 0 }
    }
    const rates = Object.fromEntries(own.map((row) => [row.measure, row.estimate]))
    return [{ evaluation_id, year, closed_at, overall: overall ?? '', confidence, open_appeals, rates, strata }]
  })
}

export async function saveAreaExit(tx: Tx, row: Insertable<AreaExitTable>): Promise<void> {
  await tx.insertInto('area_exit').values(row).execute()
}

/** A proposal that stands (open or approved) for an area and year. */
export function standingAreaExit(tx: ReadTx, county_code: string, area_code: string, year: number) {
  return tx
    .selectFrom('area_exit')
    .select(['area_exit_id', 'state'])
    .where('county_code', '=', county_code)
    .where('area_code', '=', area_code)
    .where('year', '=', year)
    .where('state', '<>', 'refused')
    .executeTakeFirst()
}

export function areaExitById(tx: ReadTx, area_exit_id: string) {
  // cross-county: a province decides on counties; row-level security shows it those within its scope
  return tx.selectFrom('area_exit').selectAll().where('area_exit_id', '=', area_exit_id).executeTakeFirst()
}

export async function decideAreaExit(
  tx: Tx,
  county_code: string,
  area_exit_id: string,
  decided: { state: StateOf<'area_exit.state'>; reason: string; now: string; account_id: string },
): Promise<void> {
  await tx
    .updateTable('area_exit')
    .set({ state: decided.state, reason: decided.reason, decided_at: decided.now, decided_by: decided.account_id })
    .where('county_code', '=', county_code)
    .where('area_exit_id', '=', area_exit_id)
    .execute()
}

export function listAreaExits(tx: ReadTx, place: CountyPlace) {
  return tx
    .selectFrom('area_exit')
    .innerJoin('area', 'area.area_code', 'area_exit.area_code')
    .selectAll('area_exit')
    .select('area.name')
    .where('area_exit.county_code', '=', place.county_code)
    .where('area_exit.area_code', '^@', place.prefix)
    .orderBy('area_exit.proposed_at', 'desc')
    .execute()
}
