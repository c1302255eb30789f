import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lintCounty, lintSql } from './lint.ts'
import { MIGRATIONS, readMigrations } from '../migrate.ts'
import { readViews } from '../views.ts'

const ROOT = join(import.meta.dirname, '../..')

/** The tables that migrations spread by county, read from the files themselves. */
const distributed = new Set(
  readMigrations().flatMap(({ sql }) =>
    [...sql.matchAll(/distribute\('(\w+)', 'county_code'/g)].map((match) => match[1] ?? ''),
  ),
)

describe('the lint', () => {
  test.each([
    ['create trigger t before insert on x for each row execute function f()', 'no triggers'],
    ['create policy p on x as restrictive using (true)', 'no restrictive policies'],
    ["select case level when 'county' then 1 end", 'no simple CASE'],
    ['update x set changed_at = now() where county_code = $1', 'no volatile function'],
    ["select set_config('doorstep.scope', '*', true)", 'no set_config()'],
    ['create view v as select 1', 'views need security_invoker'],
    ['merge into x using y on true when matched then delete', 'no MERGE'],
    ['create function f() returns int language sql security definer as $$ select 1 $$', 'no security definer'],
    ['select uuidv7()', 'newer than PostgreSQL 15'],
    ["select 1 from household h where h.area_code like '3607%'", 'no LIKE on codes'],
    ["db.selectFrom('household').where('h.area_code', 'like', prefix)", 'no LIKE on codes'],
  ])('finds: %s', (sql, rule) => {
    expect(
      lintSql(sql, 'sql')
        .map((finding) => finding.rule)
        .join(),
    ).toContain(rule)
  })

  test.each([
    "select case when level = 'county' then 1 end",
    '-- no trigger, no case x when\nselect 1',
    'update x set changed_at = $1; select now()',
    'create view v with (security_invoker = true) as select 1',
    "select 1 from household where area_code ^@ '3607' and head_name like '%a%'",
  ])('lets pass: %s', (sql) => {
    expect(lintSql(sql, 'sql')).toEqual([])
  })

  test('misses no county filter', () => {
    const known = new Set(['household'])
    expect(
      lintCounty("db.selectFrom('household').selectAll().where('area_code', '=', a).execute()", known),
    ).toHaveLength(1)
    expect(lintCounty("db.selectFrom('household').where('county_code', '=', a).execute()", known)).toEqual([])
    expect(lintCounty("// cross-county: the nation's count\ndb.selectFrom('household').execute()", known)).toEqual([])
    const counted =
      "db.selectFrom('household').select((s) => s.fn.countAll().as('n')).where('county_code', '=', c).execute()"
    expect(lintCounty(counted, known)).toEqual([])
    const two =
      "function a() {\n  return db.selectFrom('household').selectAll()\n}\ndb.selectFrom('x').where('county_code', '=', c).execute()"
    expect(lintCounty(two, known)).toHaveLength(1)
    expect(lintCounty("db.selectFrom('area').execute()", known)).toEqual([])
    expect(lintCounty('sql`select count(*) from household`', known)).toHaveLength(1)
    expect(lintCounty('sql`select 1 from household where county_code = ${c}`', known)).toEqual([])
  })
})

describe('the SQL of the project', () => {
  test.each(readMigrations().map((migration) => migration.name))('%s', (name) => {
    expect(lintSql(readFileSync(join(MIGRATIONS, name), 'utf8'), 'sql')).toEqual([])
  })

  test.each(readViews().files)('views/$name', ({ sql }) => {
    expect(lintSql(sql, 'sql')).toEqual([])
  })

  test('every table is spread or listed straight after it is made, before any foreign key', () => {
    const late: string[] = []
    for (const { name, sql } of readMigrations()) {
      for (const match of sql.matchAll(/create table (\w+)\b[\s\S]*?\n\);\n([^\n]*)/g)) {
        const spread = new RegExp(`(distribute|replicate)\\('${match[1]}'`)
        if (spread.test(sql) && !spread.test(match[2] ?? '')) late.push(`${name}: ${match[1]}`)
        if (/references\s+\w+/.test(match[0]) && spread.test(sql))
          late.push(`${name}: ${match[1]} names another table inside create table`)
      }
    }
    expect(late).toEqual([])
  })

  const stores = globSync(['cycle/**/*.ts', 'door/**/*.ts', 'registry/**/*.ts'], { cwd: ROOT }).filter(
    (path) => !/\.test\.ts$|lint\.ts$/.test(path),
  )

  test('no forbidden SQL in TypeScript', () => {
    expect(stores.length).toBeGreaterThan(300)
    const found = stores.flatMap((path) =>
      lintSql(readFileSync(join(ROOT, path), 'utf8'), 'ts').map((finding) => ({ path, ...finding })),
    )
    expect(found).toEqual([])
  })

  test('every statement of a store names its county, or says that it crosses counties', () => {
    expect(distributed.size).toBeGreaterThan(1)
    const found = stores
      .filter((path) => path.endsWith('store.ts'))
      .flatMap((path) =>
        lintCounty(readFileSync(join(ROOT, path), 'utf8'), distributed).map((finding) => ({ path, ...finding })),
      )
    expect(found).toEqual([])
  })
})
