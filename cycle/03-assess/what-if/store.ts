// A county's evidence as typed Parquet tables for DuckDB, taken out once through the role that cannot write.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { sql } from 'kysely'
import { loadRecords } from '#cycle/record.ts'
import type { Place } from '#door/permit/area.ts'
import { quoteName } from '#engines/rules/sql/dialect.ts'
import type { RuleRecord } from '#engines/rules/schema.ts'
import { literal } from '#registry/copies/files.ts'
import { dropOlderFolders, makeFolder, openDuck, withLines, writePart } from '#registry/copies/analytics.ts'
import type { ReadTx } from '#registry/transaction.ts'
import { duckType, formOfTaken, takeRecord, type TakenField, type TakenFields } from './fields.ts'

const chunk = 2000

/** Counties at or below a place, in order; a county itself where the place lies in one. */
export async function countiesOf(tx: ReadTx, place: Place): Promise<string[]> {
  if (place.county_code !== null) return [place.county_code]
  // cross-county: the reference table of areas, to go through a province or the nation county by county.
  const rows = await tx
    .selectFrom('area')
    .select('area_code')
    .where('level', '=', 'county')
    .where('area_code', '^@', place.prefix)
    .where('valid_to', 'is', null)
    .orderBy('area_code')
    .execute()
  return rows.map((row) => row.area_code)
}

/**
 * Tells whether the evidence of a county is another than it was: households and their submissions in force, who is
 * linked to whom, who died, left or came since, and what other departments' lists say. Sums of hashes, so that the order of rows does not matter.
 */
export async function evidenceMark(tx: ReadTx, county_code: string): Promise<{ mark: string; households: number }> {
  const { rows } = await sql<{ n: number; sum: string }>`
    select count(*)::int as n, sum(hashtextextended(concat_ws('|', household_id, area_code, current_instance_id), 0)::numeric)::text as sum
    from household where household.county_code = ${county_code} and household.state = 'active'
    union all
    select count(*)::int, sum(hashtextextended(concat_ws('|', link.left_id, person.person_id, person.household_id), 0)::numeric)::text
    from link join person on person.county_code = link.county_code and person.person_id = link.person_id
    where link.county_code = ${county_code} and link.left_kind = 'record' and link.withdrawn_at is null
      and person.state not in ('merged', 'gone', 'dead')
    union all
    select count(*)::int, sum(hashtextextended(household_change_id, 0)::numeric)::text
    from member_change where member_change.county_code = ${county_code}
    union all
    select count(*)::int, sum(hashtextextended(concat_ws('|', register, record_id, value, detail, since), 0)::numeric)::text
    from register_record where register_record.county_code = ${county_code}`.execute(tx)
  return { mark: rows.map((row) => `${row.n}:${row.sum ?? ''}`).join('/'), households: rows[0]?.n ?? 0 }
}

/** Heads of some households of a county, for a list that people read. */
export async function headsOf(tx: ReadTx, county_code: string, household_ids: readonly string[]) {
  if (household_ids.length === 0) return []
  return tx
    .selectFrom('household')
    .select(['household_id', 'head_name'])
    .where('county_code', '=', county_code)
    .where('household_id', 'in', household_ids)
    .execute()
}

/** Every active household of a county as rules read it, a few thousand at a time. */
export async function* recordsOf(tx: ReadTx, county_code: string): AsyncGenerator<EvidenceRow[]> {
  const place = { area_code: county_code, level: 'county', county_code, prefix: county_code }
  for (let after = ''; ;) {
    const records = await loadRecords(tx, place, { after, limit: chunk })
    const last = records.at(-1)
    if (!last) return
    after = last.household_id
    yield records
  }
}

export interface EvidenceRow {
  county_code: string
  household_id: string
  area_code: string
  record: RuleRecord
}

/** The folder of a county's evidence with this mark, in the form these fields give it. */
export function evidenceFolder(root: string, county_code: string, mark: string, fields: TakenFields): string {
  const evidence = createHash('sha256').update(mark).digest('hex').slice(0, 16)
  return join(root, county_code, `${formOfTaken(fields)}-${evidence}`)
}

export interface EvidenceTaken {
  fields: TakenFields
  batches: AsyncIterable<EvidenceRow[]>
  /** Called with the households written so far, batch by batch. */
  progress?: (households: number) => void
}

/**
 * Writes `households/<name>.parquet`, and one folder for each list, into `folder`: the layout of a nation's snapshot.
 * Names and remarks stay behind unless a rule reads them. Returns at once where the folder is there already; a folder
 * is whole or not there.
 */
export async function writeEvidence(
  folder: string,
  name: string,
  { fields, batches, progress = () => {} }: EvidenceTaken,
): Promise<void> {
  await makeFolder(folder, async (making) => {
    let count = 0
    async function* lines(): AsyncGenerator<string[]> {
      for await (const batch of batches) {
        yield batch.map(({ record, county_code, household_id, area_code }) =>
          JSON.stringify({ county_code, household_id, area_code, a: takeRecord(record, fields) }),
        )
        count += batch.length
        progress(count)
      }
    }
    await withLines(join(making, 'evidence.ndjson'), lines(), (file) => toParquet(making, file, name, fields))
  })
}

/** How many states of a county's evidence are kept: another run may still read the one before. */
const KEPT = 3

/** Lets go of all but the newest states of a county's evidence. */
export const dropOlder = (root: string, county_code: string): void => dropOlderFolders(join(root, county_code), KEPT)

async function toParquet(folder: string, lines: string, name: string, fields: TakenFields): Promise<void> {
  const typed = (own: TakenField[]) => own.map((each) => `${quoteName(each.name)} ${duckType(each.type)}`)
  const lists = Object.entries(fields.lists).filter(([, own]) => own.length > 0)
  const answers = [
    ...typed(fields.household),
    ...lists.map(([list, own]) => `${quoteName(list)} struct(${typed(own).join(', ')})[]`),
  ]
  const source = `read_json(${literal(lines)}, format = 'newline_delimited', columns = {county_code: 'varchar',
    household_id: 'varchar', area_code: 'varchar', a: ${literal(`struct(${answers.join(', ')})`)}})`
  const own = fields.household.map((each) => `a.${quoteName(each.name)}`)
  const present = lists.map(([list]) => `a.${quoteName(list)} is not null as ${quoteName(`${list}_present`)}`)
  const key = 'county_code, household_id'
  const duck = await openDuck()
  const copy = (part: string, select: string) => writePart(duck, folder, part, name, select)
  try {
    await copy('households', `select ${[key, 'area_code', ...own, ...present].join(', ')} from ${source}`)
    for (const [list] of lists) {
      const items = `select ${key}, unnest(a.${quoteName(list)}) as item from ${source}`
      await copy(list, `select ${key}, unnest(item) from (${items})`)
    }
  } finally {
    duck.close()
  }
}
