import type { PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endingHash, sealEndings } from './secrets/endings.ts'
import { migrate, readMigrations } from './migrate.ts'
import { openRegistry, type Registry } from './open.ts'
import { emptyDatabase } from './testing/testing.ts'

// Data of every earlier version opens with this one (F60). Migrations run one by one over a registry that is lived in:
// after each, every table that it made has a row, so that whatever comes later meets data. Rows that a migration has to
// convert are written before it as the product wrote them then.

let registry: Registry
let client: PoolClient
let drop: () => Promise<void>
const all = readMigrations()
const county = '360781'

/** Rows as they stood before a migration, by its number. */
const before: Record<string, () => Promise<void>> = {
  '0017': chained,
  '0019': decided,
  '0022': twice,
  '0023': running,
  '0026': accounts,
  '0039': endings,
}

beforeAll(async () => {
  const made = await emptyDatabase()
  drop = made.drop
  registry = await openRegistry({ ...made.options, migrations: all.slice(0, 1) })
  client = await registry.pools.owner.connect()
  for (const [index, migration] of all.entries()) {
    await before[migration.name.slice(0, 4)]?.()
    await migrate(registry.pools.owner, all.slice(0, index + 1))
    await fill()
  }
})
afterAll(async () => {
  client.release()
  await registry.close()
  await drop()
})

const rows = async <Row extends object = Record<string, unknown>>(statement: string): Promise<Row[]> =>
  (await client.query<Row>(statement)).rows
const insert = (table: string, values: Record<string, unknown>) =>
  client.query(
    `insert into ${table} (${Object.keys(values).join(', ')})
      values (${Object.keys(values)
        .map((_, index) => `$${index + 1}`)
        .join(', ')})`,
    Object.values(values),
  )

interface Column {
  table: string
  name: string
  type: string
  check: string | null
}

/** Where a check asks that columns agree with one another. */
const agreeing: Record<string, Record<string, unknown>> = { household_change: { effect: 'refused' } }

/** One row in every table that has none: every column that must be there, by its type and its check. */
async function fill(): Promise<void> {
  const columns =
    await rows<Column>(`select c.relname as table, a.attname as name, format_type(a.atttypid, null) as type,
      (select pg_get_constraintdef(k.oid) from pg_constraint k where k.conrelid = c.oid and k.contype = 'c'
        and a.attnum = any(k.conkey) and pg_get_constraintdef(k.oid) like '%ARRAY[%' limit 1) as check
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'doorstep'::regnamespace and c.relkind = 'r' and c.relname <> 'schema_migration'
      and a.attnotnull and not a.atthasdef and a.attgenerated = '' order by c.oid, a.attnum`)
  for (const [table, own] of Map.groupBy(columns, (column) => column.table)) {
    const [{ some } = { some: true }] = await rows<{ some: boolean }>(`select exists (select 1 from ${table}) as some`)
    const values = Object.fromEntries(own.map((column) => [column.name, valueOf(column)]))
    if (!some) await insert(table, { ...values, ...agreeing[table] })
  }
}

function valueOf({ name, type, check }: Column): unknown {
  if (name === 'county_code' || name === 'area_code') return county
  if (name === 'level') return 'county'
  const choice = check?.includes(`(${name} =`) ? /ARRAY\['([^']+)'/.exec(check)?.[1] : undefined
  if (choice !== undefined) return choice
  if (/^(?:integer|bigint|smallint|numeric|double)/.test(type)) return 1
  if (/^(?:timestamp|date)/.test(type)) return '2015-01-01'
  if (type === 'boolean') return false
  if (type === 'jsonb') return '{}'
  return type.endsWith('[]') ? '{}' : 'x'
}

const made = { created_at: '2015-01-01', changed_at: '2015-01-01' }
const household = (household_id: string, state: string, merged_into: string | null = null) =>
  insert('household', {
    county_code: county,
    household_id,
    area_code: county,
    head_name: household_id,
    household_size: 1,
    first_instance_id: 'x',
    current_instance_id: 'x',
    state,
    merged_into,
    ...made,
  })
const person = (person_id: string, state: string, hash: string | null = null) =>
  insert('person', {
    county_code: county,
    person_id,
    household_id: 'stands',
    area_code: county,
    name: person_id,
    national_id_hash: hash,
    national_id_valid: hash === null ? null : true,
    state,
    ...made,
  })
const link = (link_id: string, left_kind: string, left_id: string, more: Record<string, unknown> = {}) =>
  insert('link', {
    county_code: county,
    link_id,
    area_code: county,
    left_kind,
    left_id,
    household_id: 'stands',
    method: 'household',
    band: 'auto',
    evidence: '{}',
    linked_at: '2015-01-01',
    ...more,
  })

/** A household that went into one that went into another: two steps to the one that stands. */
async function chained(): Promise<void> {
  await household('stands', 'active')
  await household('second', 'merged', 'stands')
  await household('first', 'merged', 'second')
}

/** Links withdrawn by hand and by a decision, and persons with and without a card. */
async function decided(): Promise<void> {
  await person('named', 'active', 'number')
  await person('unnamed', 'left')
  const gone = { withdrawn_at: '2015-02-01', withdrawn_by: 'x' }
  await link('card', 'submission', 'i1', { ...gone, withdrawn_reason: 'another family' })
  await link('card-member', 'member', 'i1#1', { person_id: 'unnamed', ...gone, withdrawn_reason: 'another family' })
  await link('moved', 'submission', 'i2', { ...gone, withdrawn_reason: 'review r7: the same door' })
  await link('stays', 'member', 'i3#1', { person_id: 'named' })
}

const delivery = (delivery_id: string, more: Record<string, unknown> = {}) =>
  insert('delivery', {
    county_code: county,
    delivery_id,
    household_id: 'stands',
    area_code: county,
    measure_code: 'chickens',
    batch: 'industry',
    delivered_on: '2015-03-01',
    quantity: 10,
    unit: 'head',
    cost: 12_345,
    provider: 'x',
    head_signed: true,
    recorded_at: '2015-03-02',
    ...more,
  })
const income = (ledger_id: string, more: Record<string, unknown> = {}) =>
  insert('income_ledger', {
    county_code: county,
    ledger_id,
    household_id: 'stands',
    area_code: county,
    year: 2015,
    source: 'wage',
    amount: 7_000,
    paid_on: '2015-03-01',
    recorded_at: '2015-03-02',
    ...more,
  })

/** What double clicks left behind: entries recorded twice, and one reversed twice. */
async function twice(): Promise<void> {
  const note = 'once'
  await delivery('d1', { note })
  await delivery('d2', { note, recorded_at: '2015-03-02T00:00:01Z' })
  await delivery('e1', { note: 'reversed' })
  const minus = { note: 'wrong', quantity: -10, cost: -12_345, reverses: 'e1' }
  await delivery('e2', minus)
  await delivery('e3', { ...minus, recorded_at: '2015-03-02T00:00:01Z' })
  await income('l1')
  await income('l2', { recorded_at: '2015-03-02T00:00:01Z' })
  await income('m1', { source: 'other' })
  await income('m2', { source: 'other', amount: -7_000, reverses: 'm1' })
  await income('m3', { source: 'other', amount: -7_000, reverses: 'm1', recorded_at: '2015-03-02T00:00:01Z' })
}

/** A job that ran when the server was stopped for the new version. */
async function running(): Promise<void> {
  const [row] = await rows("select * from job_run where job_id = 'x'")
  await insert('job_run', { ...row, job_id: 'running', status: 'running', result: null, finished_at: null })
}

/** Somebody who signs in with a password, and one of the demo, who had none. */
async function accounts(): Promise<void> {
  await insert('account', { account_id: 'real', login: 'real', name: '{}', password_hash: 'argon2id' })
  await insert('account', { account_id: 'demo', login: 'demo', name: '{}', password_hash: null })
}

/** Persons found by the last four characters of their numbers. */
async function endings(): Promise<void> {
  for (const person_id of ['unsealed', 'twin']) {
    await person(person_id, 'active')
    await rows(`update person set national_id_last4 = '121X' where person_id = '${person_id}'`)
  }
}

test('every table has met the migrations after its own with a row in it', async () => {
  const tables = await rows<{ table: string }>(`select relname as table from pg_class
    where relnamespace = 'doorstep'::regnamespace and relkind = 'r'`)
  expect(tables.length).toBeGreaterThan(60)
  for (const { table } of tables) {
    const [found] = await rows(`select exists (select 1 from ${table}) as some`)
    expect({ table, ...found }).toEqual({ table, some: true })
  }
  expect(await migrate(registry.pools.owner)).toEqual([])
})

test('every view and every function of the rooms reads it', async () => {
  const views = await rows<{ view: string }>(`select relname as view from pg_class
    where relnamespace = 'doorstep'::regnamespace and relkind = 'v'`)
  expect(views.length).toBeGreaterThan(20)
  for (const { view } of views) await rows(`select * from ${view}`)
  await rows(`select household_status_at('${county}', 'stands', '2016-01-01')`)
  await rows(`select * from household_members_at('${county}', 'stands', '2016-01-01', '2016-01-01')`)
})

test('0017: merged_into names the household that stands', async () => {
  expect(
    await rows(`select household_id, merged_into from household where merged_into is not null order by 1`),
  ).toEqual([
    { household_id: 'first', merged_into: 'stands' },
    { household_id: 'second', merged_into: 'stands' },
  ])
})

test('0019: a withdrawal is known by what made it; nobody without a card stands; the first has the number', async () => {
  expect(
    await rows(`select link_id, withdrawn_with from link where withdrawn_with is not null order by link_id`),
  ).toEqual([
    { link_id: 'card', withdrawn_with: 'card' },
    { link_id: 'card-member', withdrawn_with: 'card' },
    { link_id: 'moved', withdrawn_with: 'r7' },
  ])
  expect(await rows(`select person_id, state from person where person_id like '%named' order by 1`)).toEqual([
    { person_id: 'named', state: 'active' },
    { person_id: 'unnamed', state: 'gone' },
  ])
  expect(await rows(`select person_id from number_claim where national_id_hash = 'number'`)).toEqual([
    { person_id: 'named' },
  ])
})

test('0022: what was recorded or reversed twice counts once, and nothing was removed', async () => {
  const [given] = await rows(`select sum(cost)::int as cost, sum(quantity)::int as quantity from delivery
    where measure_code = 'chickens'`)
  expect(given).toEqual({ cost: 12_345, quantity: 10 })
  const [earned] = await rows(`select sum(amount)::int as amount from income_ledger where household_id = 'stands'`)
  expect(earned).toEqual({ amount: 7_000 })
  const kept = await rows<{ id: string }>(`select delivery_id as id from delivery where measure_code = 'chickens'`)
  expect(kept.map((row) => row.id)).toEqual(expect.arrayContaining(['d1', 'd2', 'e1', 'e2', 'e3']))
  expect(await rows(`select delivery_id, repeats from delivery where repeats is not null`)).toEqual([
    { delivery_id: 'e3', repeats: 'e2' },
  ])
})

test('0023 and 0026: a job that was cut off is over; the demo’s accounts are known, and no other', async () => {
  expect(await rows(`select status from job_run where job_id = 'running'`)).toEqual([{ status: 'failed' }])
  expect(
    await rows(`select account_id, demo from account where account_id in ('real', 'demo') order by account_id`),
  ).toEqual([
    { account_id: 'demo', demo: true },
    { account_id: 'real', demo: false },
  ])
})

test('0039: an ending that stood in clear is its keyed hash, and nothing is left to do a second time', async () => {
  expect(await sealEndings(registry.pools.owner, registry.keys)).toBe(1)
  expect(await rows(`select person_id from person where national_id_last4 is not null`)).toEqual([])
  const hash = endingHash(registry.keys, '36078119500315121X')
  expect(await rows(`select person_id from person where national_id_ending = '${hash}' order by person_id`)).toEqual([
    { person_id: 'twin' },
    { person_id: 'unsealed' },
  ])
  expect(await sealEndings(registry.pools.owner, registry.keys)).toBe(0)
})
