import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Registry } from '../open.ts'
import { testRegistry } from '../testing/testing.ts'

// The rules of a registry that can be spread over many machines, read from PostgreSQL's own catalogue
// (design 4; reference/registry.md 2 says what goes wrong without each).

/** The same on every machine: no county in their keys. */
const REFERENCE = [
  'area',
  'assessed_rules',
  'form',
  'form_file',
  'pack_version',
  'rule_version',
  'rule_draft',
  'rule_draft_edit',
]
/** Of the one machine that takes the requests. */
const LOCAL = [
  'account',
  'account_code',
  'account_role',
  'session',
  'device_key',
  'setting',
  'job_run',
  'schema_migration',
]
/** What must be unique in the nation, spread by what it claims. */
const CLAIMS = ['national_id_claim', 'instance_claim']
/** Distributed by county, but of the county and not of any household in it: no row-level security. */
const OPEN_TO_ALL = ['audit_head', 'household_serial', 'assessment_turn']

/** Secrets, and whose number is whose in other counties: read where something is written with it, and nowhere else. */
const NOT_READ_ALONE = ['account', 'account_code', 'device_key', 'national_id_claim', 'session']

let registry: Registry
let tables: { name: string; secured: boolean; forced: boolean; columns: string[] }[]
beforeAll(async () => {
  registry = await testRegistry()
  const { rows } = await registry.pools.owner.query(
    `select relname as name, relrowsecurity as secured, relforcerowsecurity as forced,
      (select array_agg(attname::text order by attnum) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns
     from pg_class c where relnamespace = 'doorstep'::regnamespace and relkind in ('r', 'p') order by 1`,
  )
  tables = rows
})
afterAll(() => registry.close())

const query = async (statement: string): Promise<string[]> =>
  (await registry.pools.owner.query<{ line: string }>(statement)).rows.map((row) => row.line)

const named = new Set([...REFERENCE, ...LOCAL, ...CLAIMS])
const distributed = (): typeof tables => tables.filter((table) => !named.has(table.name))

describe('the catalogue', () => {
  test('has the ground’s tables, and county_code in every table that is not on a list', () => {
    expect(tables.length).toBeGreaterThanOrEqual(12)
    const names = new Set(tables.map((table) => table.name))
    expect([...named, ...OPEN_TO_ALL].filter((name) => !names.has(name))).toEqual([])
    const without = distributed().filter((table) => !table.columns.includes('county_code'))
    expect(without.map((table) => table.name)).toEqual([])
  })

  test('every primary, unique and foreign key of a distributed table begins with county_code', async () => {
    const lines = await query(
      `select t.relname || '.' || c.conname as line from pg_constraint c join pg_class t on t.oid = c.conrelid
       where c.connamespace = 'doorstep'::regnamespace and c.contype in ('p', 'u', 'f', 'x')
         and not (c.contype = 'f' and c.confrelid::regclass::text = any('{${REFERENCE.join(',')}}'))
         and (select attname from pg_attribute where attrelid = c.conrelid and attnum = c.conkey[1]) <> 'county_code'
         and t.relname <> all('{${[...named].join(',')}}')`,
    )
    expect(lines).toEqual([])
  })

  test('every unique index without a constraint begins with county_code too', async () => {
    const lines = await query(
      `select i.indexrelid::regclass::text as line from pg_index i join pg_class t on t.oid = i.indrelid
       where t.relnamespace = 'doorstep'::regnamespace and i.indisunique and t.relname <> all('{${[...named].join(',')}}')
         and (i.indkey[0] = 0 or (select attname from pg_attribute where attrelid = t.oid and attnum = i.indkey[0]) <> 'county_code')`,
    )
    expect(lines).toEqual([])
  })

  test('every distributed table has a primary key', async () => {
    const keyed = new Set(await query(`select conrelid::regclass::text as line from pg_constraint where contype = 'p'`))
    expect(
      distributed()
        .filter((table) => !keyed.has(table.name))
        .map((table) => table.name),
    ).toEqual([])
  })

  test('row-level security is on and forced wherever a household can stand', () => {
    const open = distributed().filter((table) => !OPEN_TO_ALL.includes(table.name) && !(table.secured && table.forced))
    expect(open.map((table) => table.name)).toEqual([])
    const scoped = tables.filter(
      (table) => table.columns.includes('household_id') || table.columns.includes('area_code'),
    )
    const unforced = scoped.filter((table) => !named.has(table.name) && !(table.secured && table.forced))
    expect(unforced.map((table) => table.name)).toEqual([])
  })

  test('one permissive policy to a table, without subquery, of the three helpers alone', async () => {
    expect(
      await query(`select polrelid::regclass || '.' || polname as line from pg_policy where not polpermissive`),
    ).toEqual([])
    expect(
      await query(`select polrelid::regclass::text as line from pg_policy group by 1 having count(*) > 1`),
    ).toEqual([])
    // The catalogue writes a subquery as SUBLINK in the stored tree.
    expect(
      await query(
        `select polrelid::regclass || '.' || polname as line from pg_policy
         where polqual::text ~ 'SUBLINK' or polwithcheck::text ~ 'SUBLINK'`,
      ),
    ).toEqual([])
    // Backup copies as the owner, for whom the helpers are true; a policy on anything else could hide rows from it.
    const conditions = await query(
      `select tablename || ': ' || coalesce(qual, '') || ' ' || coalesce(with_check, '') as line from pg_policies where schemaname = 'doorstep'`,
    )
    expect(conditions.length).toBeGreaterThan(0)
    expect(conditions.filter((line) => line.includes('current_setting'))).toEqual([])
    expect(conditions.filter((line) => !/in_scope\((area_code|county_code)\)/.test(line))).toEqual([])
  })

  test('a table with row-level security has a policy', async () => {
    const lines = await query(
      `select relname as line from pg_class c where relnamespace = 'doorstep'::regnamespace and relrowsecurity
       and not exists (select 1 from pg_policy where polrelid = c.oid)`,
    )
    expect(lines).toEqual([])
  })

  test('no triggers and no rules of ours', async () => {
    expect(
      await query(`select tgrelid::regclass || '.' || tgname as line from pg_trigger where not tgisinternal`),
    ).toEqual([])
    expect(
      await query(
        `select ev_class::regclass || '.' || rulename as line from pg_rewrite r join pg_class c on c.oid = ev_class
         where c.relnamespace = 'doorstep'::regnamespace and rulename <> '_RETURN'`,
      ),
    ).toEqual([])
  })

  test('views show what the asker may see', async () => {
    const lines = await query(
      `select relname as line from pg_class where relnamespace = 'doorstep'::regnamespace and relkind = 'v'
       and not coalesce(reloptions::text ~ 'security_invoker=(true|on)', false)`,
    )
    expect(lines).toEqual([])
  })

  test('no function runs with its owner’s rights', async () => {
    const lines = await query(
      `select proname as line from pg_proc where pronamespace = 'doorstep'::regnamespace and prosecdef`,
    )
    expect(lines).toEqual([])
  })

  test('every county_code and area_code is text', async () => {
    const lines = await query(
      `select table_name || '.' || column_name || ' ' || data_type as line from information_schema.columns
       where table_schema = 'doorstep' and column_name in ('county_code', 'area_code') and data_type <> 'text'`,
    )
    expect(lines).toEqual([])
  })

  test('every constraint was named by us', async () => {
    // PostgreSQL's own names of checks and foreign keys end so; Citus refuses unnamed ones in later changes.
    const lines = await query(
      `select conrelid::regclass || '.' || conname as line from pg_constraint where connamespace = 'doorstep'::regnamespace
       and contype in ('c', 'f') and (conname ~ '_fkey[0-9]*$' or conname ~ '_check[0-9]+$')`,
    )
    expect(lines).toEqual([])
  })

  test('the owner sees every row, whatever the policy: each is true for it', async () => {
    const { rows } = await registry.pools.owner.query(
      `select in_scope('360781') as scope, in_role('evaluator') as role, is_acting() as acting`,
    )
    expect(rows).toEqual([{ scope: true, role: true, acting: true }])
  })

  test('nobody but the owner may change the audit trail or the list of migrations', async () => {
    const { rows } = await registry.pools.owner.query(
      `select grantee, table_name, privilege_type from information_schema.role_table_grants
       where table_schema = 'doorstep' and grantee <> 'doorstep_owner'
         and table_name in ('audit_event', 'schema_migration') and privilege_type not in ('SELECT', 'INSERT')`,
    )
    expect(rows).toEqual([])
    const { rows: writes } = await registry.pools.owner.query(
      `select table_name, privilege_type from information_schema.role_table_grants
       where table_schema = 'doorstep' and grantee = 'doorstep_read' and privilege_type <> 'SELECT'`,
    )
    expect(writes).toEqual([])
  })

  test('what a request may read while it writes it may read alone, but for secrets and locks', async () => {
    const { rows } = await registry.pools.owner.query<{ name: string }>(
      `select c.relname as name from pg_class c
       where c.relnamespace = 'doorstep'::regnamespace and c.relkind in ('r', 'p', 'v')
         and has_table_privilege('doorstep_app', c.oid, 'select')
         and not has_table_privilege('doorstep_read', c.oid, 'select') order by 1`,
    )
    expect(rows.map(({ name }) => name)).toEqual(NOT_READ_ALONE)
  })
})
