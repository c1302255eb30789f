import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import { foldName, reading, surnameLength, surnameOf } from '#engines/linkage/compare/names.ts'
import { generateLists } from '#synthetic/country/lists.ts'
import type { SpecName } from './spec.ts'

/** Everything that this bench makes and keeps between runs. */
export const CACHE = join(tmpdir(), 'doorstep-linkage-bench')
const REFERENCE = fileURLToPath(new URL('../../../shared/reference/linkage/', import.meta.url))

/** One prepared data set: `left.parquet`, `right.parquet` (link_only), `truth.parquet` in `folder`. */
export type Data = { name: string; spec: SpecName; folder: string; records: string }

/** The data sets by name; `people`: made by generateLists (seed 1 where none is told), else read from the reference folder. */
export const DATA_SETS: Record<string, { spec: SpecName; people?: number; seed?: number }> = {
  fake_1000: { spec: 'fake_1000' },
  febrl3: { spec: 'febrl3' },
  febrl4: { spec: 'febrl4' },
  historical_50k: { spec: 'historical_50k' },
  lists_100k: { spec: 'lists', people: 100_000 },
  // for judging what was tuned on the one above
  lists_100k_11: { spec: 'lists', people: 100_000, seed: 11 },
  lists_100k_12: { spec: 'lists', people: 100_000, seed: 12 },
  lists_100k_13: { spec: 'lists', people: 100_000, seed: 13 },
  lists_100k_14: { spec: 'lists', people: 100_000, seed: 14 },
  lists_1m: { spec: 'lists', people: 1_000_000 },
  lists_5m: { spec: 'lists', people: 5_000_000 },
}

/** Columns that both sides compare as they stand: trimmed, lower-case ASCII; empty is missing. */
const ascii = (column: string) => `nullif(regexp_replace(lower(trim(strip_accents(${column}))), '[^ -~]', '', 'g'), '')`
const days = (column: string, format: string) =>
  `(try_strptime(${column}, '${format}')::date - date '1970-01-01')::integer`

const febrl = (
  file: string,
) => `select rec_id as record_id, ${ascii('given_name')} as given_name, ${ascii('surname')} as surname,
  ${ascii('street_number')} as street_number, ${ascii('address_1')} as address_1, ${ascii('postcode')} as postcode, ${ascii('state')} as state,
  case when try_strptime(trim(date_of_birth), '%Y%m%d') is not null then trim(date_of_birth) end as date_of_birth,
  ${days('trim(date_of_birth)', '%Y%m%d')} as birth_days, ${ascii('soc_sec_id')} as soc_sec_id, split_part(rec_id, '-', 2) as entity
from (select trim(COLUMNS(*)) from read_csv('${file}', all_varchar = true, normalize_names = true))`

const fake = (
  file: string,
) => `select unique_id as record_id, ${ascii('first_name')} as first_name, ${ascii('surname')} as surname,
  case when try_strptime(dob, '%Y-%m-%d') is not null then dob end as dob, ${days('dob', '%Y-%m-%d')} as dob_days,
  ${ascii('city')} as city, ${ascii('email')} as email, nullif(split_part(${ascii('email')}, '@', 1), '') as email_user, cluster as entity
from read_csv('${file}', all_varchar = true)`

const historical = (
  file: string,
) => `select *, substr(first_name, 1, 2) as first_name_2, substr(first_name, 1, 3) as first_name_3,
  substr(surname, 1, 2) as surname_2, substr(surname, 1, 4) as surname_4, first_name || ' ' || surname as first_name_surname,
  substr(dob, 1, 4) as dob_year, substr(postcode, 1, 2) as postcode_2, substr(postcode, 1, 3) as postcode_3,
  nullif(regexp_extract(postcode, '^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9]'), '') as sector,
  nullif(regexp_extract(postcode, '^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?'), '') as district,
  nullif(regexp_extract(postcode, '^[A-Za-z]{1,2}'), '') as postal_area
from (select unique_id as record_id, ${ascii('first_name')} as first_name, ${ascii('surname')} as surname,
  case when try_strptime(dob, '%Y-%m-%d') is not null then dob end as dob, ${days('dob', '%Y-%m-%d')} as dob_days,
  ${ascii('postcode_fake')} as postcode, ${ascii('birth_place')} as birth_place, ${ascii('occupation')} as occupation, cluster as entity
  from read_parquet('${file}'))`

/** Pinyin without tones of a name, in ASCII; what has no Latin writing is left out. */
function soundOf(name: string): string | null {
  const folded = foldName(name)
  const length = surnameLength(folded)
  const sound = Array.from(folded, (c, i) => reading(c, i < length)).join('')
  return sound.replace(/[^a-z]/g, '') || null
}

async function prepareLists(connection: DuckDBConnection, people: number, seed: number, folder: string): Promise<void> {
  const raw = join(CACHE, seed === 1 ? `made_${people}` : `made_${people}_${seed}`)
  if (!existsSync(join(raw, 'lists.json'))) await generateLists({ people, seed, out_dir: raw, threads: 2 })
  const file = (name: string) => `read_parquet('${join(raw, name)}.parquet')`
  await connection.run(
    `create table names as select distinct name from (select name from ${file('register')} union select name from ${file('survey')}) where name is not null`,
  )
  await connection.run('create table sounds (name varchar, name_sound varchar, surname varchar)')
  const appender = await connection.createAppender('sounds')
  const names = await connection.stream('select name from names')
  for (let chunk = await names.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await names.fetchChunk()) {
    for (const name of chunk.getColumnValues(0)) {
      const sound = soundOf(String(name))
      appender.appendVarchar(String(name))
      if (sound === null) appender.appendNull()
      else appender.appendVarchar(sound)
      appender.appendVarchar(surnameOf(String(name)))
      appender.endRow()
    }
  }
  appender.closeSync()
  for (const [side, name] of [
    ['left', 'register'],
    ['right', 'survey'],
  ] as const) {
    await connection.run(
      `copy (select record_id, p.name, name_sound, surname, national_id, strftime(birth_date, '%Y%m%d') as birth, year(birth_date)::varchar as birth_year,
  (birth_date - date '1970-01-01')::integer as birth_days, sex, area_code as village, substr(area_code, 1, 9) as township, substr(area_code, 1, 6) as county, phone
from ${file(name)} p left join sounds using (name) order by record_id) to '${join(folder, side)}.parquet' (format parquet)`,
    )
  }
  await connection.run(`copy (from ${file('truth')}) to '${join(folder, 'truth.parquet')}' (format parquet)`)
}

async function prepareReference(connection: DuckDBConnection, name: string, folder: string): Promise<void> {
  const path = (file: string) => join(REFERENCE, file)
  const selects: Record<string, string[]> = {
    fake_1000: [fake(path('splink_datasets/fake_1000.csv'))],
    febrl3: [febrl(path('febrl/dataset3.csv'))],
    febrl4: [febrl(path('febrl/dataset4a.csv')), febrl(path('febrl/dataset4b.csv'))],
    historical_50k: [historical(path('splink_datasets/historical_figures_with_errors_50k.parquet'))],
  }
  const [left, right] = selects[name]!
  await connection.run(`create table p_left as ${left}`)
  if (right) await connection.run(`create table p_right as ${right}`)
  for (const side of right ? ['left', 'right'] : ['left']) {
    const to = `'${join(folder, side)}.parquet' (format parquet)`
    await connection.run(`copy (select * exclude (entity) from p_${side} order by record_id) to ${to}`)
  }
  const pairs = right
    ? 'select l.record_id as left_id, r.record_id as right_id from p_left l join p_right r using (entity)'
    : 'select l.record_id as left_id, r.record_id as right_id from p_left l join p_left r on l.entity = r.entity and l.record_id < r.record_id'
  await connection.run(`copy (${pairs}) to '${join(folder, 'truth.parquet')}' (format parquet)`)
}

/** Makes a data set ready, once; null where its source is not on this machine. Throws for an unknown name. */
export async function prepareData(name: string): Promise<Data | null> {
  const known = DATA_SETS[name]
  if (!known) throw new RangeError(`no data set "${name}": ${Object.keys(DATA_SETS).join(', ')}`)
  if (!known.people && !existsSync(REFERENCE)) return null
  const folder = join(CACHE, 'data', name)
  const done = join(folder, 'ready')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run('set threads = 2')
    if (!existsSync(done)) {
      mkdirSync(folder, { recursive: true })
      if (known.people) await prepareLists(connection, known.people, known.seed ?? 1, folder)
      else await prepareReference(connection, name, folder)
      writeFileSync(done, '')
    }
    const count = async (side: string) => {
      const file = join(folder, `${side}.parquet`)
      if (!existsSync(file)) return []
      const rows = (await connection.runAndReadAll(`select count(*)::double from read_parquet('${file}')`)).getRows()
      return [Number(rows[0]![0]).toLocaleString('en-US')]
    }
    return {
      name,
      spec: known.spec,
      folder,
      records: [...(await count('left')), ...(await count('right'))].join(' x '),
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
