// Every role at every route: who may not, is turned away at the door; and where the door would fail, the registry
// still shows nobody another's rows. Generated from the app's own document, so that a new route is tested as it is
// written.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { transact, transactRead } from '#registry/transaction.ts'
import { appraisals } from '#test/steps/appraisals.ts'
import { newAccount } from '#test/steps/account.ts'
import { someHouseholds } from '#test/steps/households.ts'
import { openWorld, type World } from '#test/world.ts'
import { actions, mayRole, roles, type Action, type Role } from './roles.ts'

/** Routes that ask who one is, or say nothing of anybody: no action stands before them. */
const open_to_all = /^\/api\/(session|demo\/(people|session)|health|openapi\.json|docs(\/.+)?)$/

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

interface Operation {
  method: string
  path: string
  action: string | undefined
}

let world: World
let operations: Operation[]
const tokens = new Map<Role, string>()

beforeAll(async () => {
  world = await openWorld()
  const village = (world.village_codes[0] ?? '').slice(9)
  const people: Partial<Record<Role, string>> = {
    surveyor: `surveyor.${village}.1`,
    village_committee: `committee.${village}`,
    township_officer: 'li.guoqiang',
    county_officer: 'zhong.wei',
    province_analyst: 'hu.min',
    national_analyst: 'wang.jing',
    evaluator: 'sun.yifan',
    inspector: 'zhao.ruixue',
    auditor: 'he.zhiyuan',
    administrator: 'deng.kai',
  }
  for (const role of roles.filter((each) => each !== 'public')) {
    const login = people[role]
    const where = { role, area_code: world.county_code }
    tokens.set(role, await (login ? world.token(login) : newAccount(world, where, '2014-07-01T00:00:00.000Z')))
  }
  const answer = await world.request('/api/openapi.json')
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, Record<string, string>>> }
  operations = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const found = item[method]
      return found ? [{ method, path, action: found['x-action'] }] : []
    }),
  )
})
afterAll(async () => {
  await world.rollback()
  await world.close()
})

async function call(operation: Operation, role: Role) {
  const token = tokens.get(role)
  const response = await world.request(operation.path.replaceAll(/\{[^}]+\}/g, 'x'), {
    method: operation.method.toUpperCase(),
    headers: {
      'x-doorstep': '1',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(operation.method === 'get' ? {} : { 'content-type': 'application/json' }),
    },
    ...(operation.method === 'get' || operation.method === 'delete' ? {} : { body: '{}' }),
  })
  return {
    status: response.status,
    code: ((await response.json().catch(() => null)) as { code?: string } | null)?.code,
  }
}

describe('the door', () => {
  test('every route of the API names its action, and each action is one of the table', () => {
    expect(operations.length).toBeGreaterThan(30)
    const guarded = operations.filter((each) => !open_to_all.test(each.path))
    expect(guarded.filter((each) => each.action === undefined).map((each) => `${each.method} ${each.path}`)).toEqual([])
    expect(guarded.map((each) => each.action ?? '').filter((action) => !(action in actions))).toEqual([])
  })

  test('no route of the API is left out of the document', () => {
    const told = new Set(
      operations.map((each) => `${each.method.toUpperCase()} ${each.path.replaceAll(/\{([^}]+)\}/g, ':$1')}`),
    )
    const untold = world.routes.filter((route) => {
      const path = route.slice(route.indexOf(' ') + 1)
      return path.startsWith('/api/') && !open_to_all.test(path) && !told.has(route)
    })
    expect([...new Set(untold)]).toEqual([])
  })

  test.each(roles.map((role) => [role]))('%s is turned away from every route that is not his', async (role) => {
    const forbidden = operations.filter((each) => each.action && !mayRole(role, each.action as Action))
    const let_in: string[] = []
    for (const operation of forbidden) {
      const { status, code } = await call(operation, role)
      const expected = role === 'public' ? '401 sign_in_required' : '403 not_permitted'
      if (`${status} ${code}` !== expected) let_in.push(`${operation.method} ${operation.path}: ${status} ${code}`)
    }
    expect(let_in).toEqual([])
    // Each role is kept from something, or this test has tested nothing.
    expect(forbidden.length).toBeGreaterThan(0)
  })

  test.each(roles.map((role) => [role]))('%s is not turned away from what is his', async (role) => {
    const allowed = operations.filter(
      (each) => each.method === 'get' && each.action && mayRole(role, each.action as Action),
    )
    const kept_out: string[] = []
    for (const operation of allowed) {
      const { status, code } = await call(operation, role)
      if (code === 'not_permitted' || code === 'sign_in_required' || status >= 500) {
        kept_out.push(`${operation.path}: ${status} ${code}`)
      }
    }
    expect(kept_out).toEqual([])
  })

  test('one route serves three levels of review, and each level asks for its own office', async () => {
    const offices = { village: 'village_committee', township: 'township_officer', county: 'county_officer' }
    for (const [level, office] of Object.entries(offices)) {
      for (const role of roles) {
        const response = await world.request('/api/appraise/reviews', {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.get(role) ?? 'none'}` },
          body: JSON.stringify({
            level,
            decisions: [{ household_id: '360781-0000001', decision: 'approved', reason: 'x' }],
          }),
        })
        const { code } = (await response.json()) as { code: string }
        const expected = role === office ? 'wrong_state' : role === 'public' ? 'sign_in_required' : 'not_permitted'
        expect(`${level} ${role} ${code}`).toBe(`${level} ${role} ${expected}`)
      }
    }
  })
})

describe('the registry beneath it', () => {
  test('a village committee reads and writes its own village alone, whatever the code asks for', async () => {
    const [own = '', other = ''] = world.village_codes
    const poor = { wage_income: 100_000, business_income: 0, food_shortage: 'often', protein_weekly: false }
    const [mine = '', theirs = ''] = await someHouseholds(world, [
      { ...poor, area_code: `${own}001` },
      { ...poor, area_code: `${other}001` },
    ])
    await appraisals(world).assess()
    for (const village of [own, other]) {
      const client = await world.as(`committee.${village.slice(9)}`)
      await client.api.appraise.open.$post({ json: { area_code: village, household_ids: [mine, theirs] } })
    }
    const { rows: tables } = await sql<{ name: string }>`
      select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'area_code'
      where c.relkind in ('r', 'p') and c.relrowsecurity and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      order by 1`.execute(world.registry.app)
    expect(tables.length).toBeGreaterThan(20)
    const clerk = { account_id: null, role: 'village_committee', scope: [own] }
    const officer = { account_id: null, role: 'county_officer', scope: [world.county_code] }
    const outside = (actor: typeof clerk) =>
      transactRead(world.registry, actor, async (tx) => {
        const seen: string[] = []
        for (const { name } of tables) {
          const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(name)}
            where area_code ^@ ${other}`.execute(tx)
          if ((rows[0]?.n ?? 0) > 0) seen.push(name)
        }
        return seen
      })
    expect(await outside(clerk)).toEqual([])
    expect(await outside(officer)).toEqual(
      expect.arrayContaining(['appraisal', 'assessment', 'household', 'link', 'person', 'submission']),
    )
    const changed = (household_id: string) =>
      transact(world.registry, clerk, async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('appraisal')
          .set({ state: 'rejected' })
          .where('county_code', '=', world.county_code)
          .where('household_id', '=', household_id)
          .executeTakeFirstOrThrow()
        return Number(numUpdatedRows)
      })
    expect(await changed(theirs)).toBe(0)
    expect(await changed(mine)).toBe(1)
    const moved = transact(world.registry, clerk, (tx) =>
      tx
        .updateTable('appraisal')
        .set({ area_code: `${other}001` })
        .where('county_code', '=', world.county_code)
        .where('household_id', '=', mine)
        .execute(),
    )
    await expect(moved).rejects.toThrow(/row-level security/)
  })

  test('without an area nothing is shown', async () => {
    const nobody = { account_id: null, role: 'public', scope: ['000000'] }
    const seen = await transactRead(world.registry, nobody, (tx) =>
      tx.selectFrom('household').select('household_id').execute(),
    )
    expect(seen).toEqual([])
  })
})

test('every role that a policy of the registry names is a role of the door', async () => {
  const { rows } = await sql<{ said: string }>`select coalesce(qual, '') || ' ' || coalesce(with_check, '') as said
    from pg_policies where schemaname = 'doorstep'`.execute(world.registry.owner)
  const named = rows.flatMap(({ said }) =>
    [...said.matchAll(/in_role\('([^']*)'/g)].flatMap((found) => (found[1] ?? '').split(',')),
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((name) => name !== 'system' && !roles.some((role) => role === name))).toEqual([])
})
