import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Registry } from '../open.ts'
import { states } from '../tables/states.ts'
import { testRegistry } from '../testing/testing.ts'

let registry: Registry
beforeAll(async () => (registry = await testRegistry()))
afterAll(async () => registry.close())

// The levels of areas are a country's: a later migration takes them out of the schema.
const elsewhere = new Set(['area.level'])

test('a column of a few fixed words has the same list in TypeScript and as a check of PostgreSQL', async () => {
  const { rows } = await registry.pools.owner.query<{ column: string; check: string }>(
    `select c.relname || '.' || a.attname as column, pg_get_constraintdef(k.oid) as check
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = any(k.conkey)
    where k.contype = 'c' and k.connamespace = 'doorstep'::regnamespace and array_length(k.conkey, 1) = 1
      and pg_get_constraintdef(k.oid) like '%ARRAY[%' order by 1`,
  )
  const held = rows
    .filter(({ column }) => !elsewhere.has(column))
    .map(({ column, check }) => [column, [...check.matchAll(/'([^']*)'/g)].map((found) => found[1])])
  expect(held.length).toBeGreaterThan(30)
  expect(Object.fromEntries(held)).toEqual(states)
})
