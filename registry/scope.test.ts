import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from './audit/audit.ts'
import type { Registry } from './open.ts'
import { testRegistry } from './testing/testing.ts'
import { SYSTEM, transact, transactRead } from './transaction.ts'

let registry: Registry
beforeAll(async () => {
  registry = await testRegistry()
  for (const county_code of ['360781', '360782', '110101']) {
    const entry = { county_code, action: 'made', subject_kind: 'test', subject_id: county_code }
    await transact(registry, SYSTEM, (tx) => audit(tx, entry))
  }
})
afterAll(() => registry.close())

const visible = (scope: string[]): Promise<string[]> =>
  transactRead(registry, { account_id: null, role: 'auditor', scope }, async (tx) => {
    const rows = await tx.selectFrom('audit_event').select('county_code').orderBy('county_code').execute()
    return rows.map((row) => row.county_code)
  })

describe('row-level security by area', () => {
  test.each([
    [['*'], ['110101', '360781', '360782']],
    [['36'], ['360781', '360782']],
    [['360781'], ['360781']],
    [
      ['360781', '110101'],
      ['110101', '360781'],
    ],
    // A township sees nothing of the county's own rows; a county not the next one that shares no prefix.
    [['360781101'], []],
    [['99'], []],
    [[], []],
  ])('scope %j sees %j', async (scope, counties) => {
    expect(await visible(scope)).toEqual(counties)
  })

  test('shows nothing outside a transaction of an actor, to app and read alike', async () => {
    expect(await registry.app.selectFrom('audit_event').selectAll().execute()).toEqual([])
    expect(await registry.read.selectFrom('audit_event').selectAll().execute()).toEqual([])
  })

  test('fails closed on an empty entry and an empty scope', async () => {
    const client = await registry.pools.app.connect()
    for (const scope of ['', ',', '360781,', ',,']) {
      await client.query('begin')
      await client.query(`set local doorstep.scope = '${scope}'`)
      const { rows } = await client.query('select county_code from audit_event')
      expect(rows.map((row: { county_code: string }) => row.county_code)).toEqual(scope === '360781,' ? ['360781'] : [])
      await client.query('rollback')
    }
    client.release()
  })

  test('the helper is inlined into the policy: no function call is left in the plan', async () => {
    const client = await registry.pools.app.connect()
    await client.query('begin')
    await client.query("set local doorstep.scope = '360781'")
    const { rows } = await client.query<{ 'QUERY PLAN': string }>('explain verbose select * from audit_event')
    await client.query('rollback')
    client.release()
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toContain('current_setting')
    expect(plan).not.toContain('in_scope')
  })
})

describe('rights', () => {
  test.each([
    ['app', 'delete from audit_event'],
    ['app', "update audit_event set action = 'x'"],
    ['app', 'truncate audit_event'],
    ['app', 'alter table audit_event disable row level security'],
    ['app', 'drop table account'],
    ['app', "insert into schema_migration values ('9999', '')"],
    ['app', 'set role doorstep_owner'],
    ['read', "insert into setting values ('a', '1')"],
    ['read', 'select password_hash from account'],
    ['read', 'select * from session'],
    ['read', 'select * from national_id_claim'],
  ] as const)('%s may not: %s', async (role, statement) => {
    await expect(registry.pools[role].query(statement)).rejects.toMatchObject({
      code: expect.stringMatching(/^(42501|25006)$/),
    })
  })

  test('the read role may not write even where it lifts its own read-only default', async () => {
    const client = await registry.pools.read.connect()
    await client.query('set default_transaction_read_only = off')
    await expect(client.query("insert into setting values ('a', '1')")).rejects.toMatchObject({ code: '42501' })
    client.release(true)
  })

  test('nobody signs in without the password', async () => {
    const pool = new Pool({ ...registry.connection, password: 'guess' })
    await expect(pool.query('select 1')).rejects.toMatchObject({ code: '28P01' })
    await pool.end()
  })
})
