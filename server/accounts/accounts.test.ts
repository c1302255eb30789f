// Who may make, change, close and open accounts (F43, F44, F45, F53).
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { sql } from 'kysely'
import { SYSTEM, transactRead } from '#registry/transaction.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
  // The county next door, and one in another province whose code begins as one of ours does.
  await sql`insert into area (area_code, parent_code, level, name, county_code) values
    ('360782', '3607', 'county', '{"en":"Next","zh":"邻县"}', '360782'),
    ('360782101', '360782', 'township', '{"en":"T","zh":"镇"}', '360782')`.execute(world.registry.app)
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const name = { en: 'New Person', zh: '新人' }
const failure = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing failed',
    (error: unknown) => (error instanceof CallFailed ? error.problem.code : String(error)),
  )
type Role = {
  role:
    | 'administrator'
    | 'county_officer'
    | 'evaluator'
    | 'inspector'
    | 'auditor'
    | 'township_officer'
    | 'village_committee'
  area_code: string
}
const make = async (by: string, login: string, roles: Role[]) => {
  const client = await world.as(by)
  return unwrap(client.api.accounts.$post({ json: { login, name, roles } }))
}
const idOf = async (login: string) =>
  (
    await world.registry.app
      .selectFrom('account')
      .select('account_id')
      .where('login', '=', login)
      .executeTakeFirstOrThrow()
  ).account_id
const on = async (by: string, login: string, what: 'disable' | 'enable' | 'reset') => {
  const account = (await world.as(by)).api.accounts[':account_id']
  const param = { account_id: await idOf(login) }
  if (what === 'disable') return unwrap(account.disable.$post({ param }))
  if (what === 'enable') return unwrap(account.enable.$post({ param }))
  const { code } = await unwrap(account.reset.$post({ param }))
  return { code }
}
const roles = async (by: string, login: string, give: Role[], take: Role[] = []) => {
  const client = await world.as(by)
  const param = { account_id: await idOf(login) }
  return unwrap(client.api.accounts[':account_id'].roles.$post({ param, json: { give, take } }))
}

test('an administrator reaches the accounts of his own area alone, those above and beside him never', async () => {
  await make('deng.kai', 'county.admin', [{ role: 'administrator', area_code: '360781' }])
  await make('deng.kai', 'next.admin', [{ role: 'administrator', area_code: '360782' }])
  const own = await make('county.admin', 'own.officer', [{ role: 'township_officer', area_code: '360781107' }])
  expect(own.code).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}$/)
  for (const what of ['disable', 'reset', 'enable'] as const) {
    for (const foreign of ['deng.kai', 'hu.min', 'wang.jing', 'next.admin'])
      expect(await failure(on('county.admin', foreign, what)), `${what} ${foreign}`).toBe('not_found')
  }
  for (const area_code of ['360782', '3607', 'CN', '36078', '360782101', '99'])
    expect(await failure(make('county.admin', 'x.y', [{ role: 'county_officer', area_code }])), area_code).toBe(
      'outside_area',
    )
  // One whose roles lie partly elsewhere is nobody's but those who are above both.
  await roles('deng.kai', 'own.officer', [{ role: 'township_officer', area_code: '360782101' }])
  expect(await failure(on('county.admin', 'own.officer', 'disable'))).toBe('outside_area')
  expect(await on('deng.kai', 'own.officer', 'disable')).toEqual({ disabled: true })
  expect(await on('deng.kai', 'own.officer', 'enable')).toEqual({ enabled: true })
})

test('the list is the own area’s; what somebody holds elsewhere is not in it', async () => {
  await make('deng.kai', 'both.officer', [
    { role: 'township_officer', area_code: '360781107' },
    { role: 'township_officer', area_code: '360782101' },
  ])
  await make('deng.kai', 'next.officer', [{ role: 'county_officer', area_code: '360782' }])
  const client = await world.as('zhong.wei')
  const { accounts } = await unwrap(client.api.accounts.$get())
  expect(accounts.flatMap((each) => each.roles).filter((each) => !each.area_code.startsWith('360781'))).toEqual([])
  const logins = accounts.map((each) => each.login)
  expect(logins).toContain('li.guoqiang')
  for (const foreign of ['deng.kai', 'hu.min', 'wang.jing', 'next.officer']) expect(logins).not.toContain(foreign)
  expect(accounts.find((each) => each.login === 'both.officer')).toMatchObject({ manageable: false })
  const nation = await unwrap((await world.as('deng.kai')).api.accounts.$get())
  expect(nation.accounts.map((each) => each.login)).toEqual(expect.arrayContaining(['deng.kai', 'next.officer']))
})

test('the last administrator of a place stays', async () => {
  expect(await failure(on('deng.kai', 'deng.kai', 'disable'))).toBe('last_administrator')
  await make('deng.kai', 'second.admin', [{ role: 'administrator', area_code: 'CN' }])
  expect(await on('second.admin', 'deng.kai', 'disable')).toEqual({ disabled: true })
  expect(await failure(on('second.admin', 'second.admin', 'disable'))).toBe('last_administrator')
  const own = [{ role: 'administrator', area_code: 'CN' }] as Role[]
  const other = [{ role: 'administrator', area_code: '360781' }] as Role[]
  expect(await failure(roles('second.admin', 'second.admin', other, own))).toBe('last_administrator')
  expect(await on('second.admin', 'deng.kai', 'enable')).toEqual({ enabled: true })
  world.leave('deng.kai')
  expect(await roles('deng.kai', 'second.admin', other, own)).toEqual({ roles: other })
  world.leave('second.admin')
  // He acts at once as what he is now, and no more as what he was.
  expect(await failure(make('second.admin', 'x.y', [{ role: 'county_officer', area_code: '360782' }]))).toBe(
    'outside_area',
  )
})

test('a role is given where there is such a place and such an office', async () => {
  for (const [role, area_code] of [
    ['county_officer', '360799'],
    ['county_officer', '360781107'],
    ['village_committee', '360781'],
    ['administrator', '36078'],
    ['evaluator', '360781107'],
  ] as const)
    expect(await failure(make('deng.kai', 'x.y', [{ role, area_code }])), `${role} ${area_code}`).toBe('role_not_here')
  expect(await failure(make('deng.kai', 'zhong.wei', [{ role: 'auditor', area_code: '360781' }]))).toBe('login_taken')
})

const apart: [Role, Role][] = [
  [
    { role: 'administrator', area_code: 'CN' },
    { role: 'evaluator', area_code: '360781' },
  ],
  [
    { role: 'evaluator', area_code: '360781' },
    { role: 'inspector', area_code: '360781' },
  ],
  [
    { role: 'auditor', area_code: '360781' },
    { role: 'evaluator', area_code: '360781' },
  ],
  [
    { role: 'county_officer', area_code: '360782' },
    { role: 'evaluator', area_code: '360781' },
  ],
  [
    { role: 'administrator', area_code: '360781' },
    { role: 'inspector', area_code: '360782' },
  ],
]

test.each(apart)('nobody is %o and %o: not at once, not one after the other, and not behind our back', async (a, b) => {
  expect(await failure(make('deng.kai', 'both.at.once', [a, b]))).toBe('roles_apart')
  await make('deng.kai', 'first.one', [a])
  expect(await failure(roles('deng.kai', 'first.one', [b]))).toBe('roles_apart')
  // As old data, or a hand in the database, would have it: neither role may then act, in an open session either.
  const token = await world.token('first.one')
  const account_id = await idOf('first.one')
  await world.registry.app
    .insertInto('account_role')
    .values({ account_id, ...b, granted_by: null })
    .execute()
  const ask = (path: string) => world.request(path, { headers: { authorization: `Bearer ${token}` } })
  for (const path of [
    '/api/see/overview?area_code=360781',
    '/api/accounts',
    '/api/evaluate/evaluations?area_code=360781',
  ])
    expect(((await (await ask(path)).json()) as { code: string }).code, path).toBe('roles_apart')
  expect((await ask('/api/session')).status).toBe(200)
  await expect(world.token('first.one')).rejects.toThrow('roles_apart')
  // Taking one of them away mends it; whoever may manage both.
  await roles('deng.kai', 'first.one', [], [b])
  await expect(world.token('first.one')).resolves.toBeTypeOf('string')
})

test('the demo’s door opens the accounts that the demo made, and no other', async () => {
  await make('deng.kai', 'real.officer', [{ role: 'county_officer', area_code: '360781' }])
  const enter = (login: string) => failure(unwrap(world.client.api.demo.session.$post({ json: { login } })))
  expect(await enter('zhong.wei')).toBe('nothing failed')
  expect(await enter('real.officer')).toBe('not_found')
  expect(await enter('nobody')).toBe('not_found')
  const { people } = await unwrap(world.client.api.demo.people.$get())
  expect(people.map((each) => each.login)).not.toContain('real.officer')
})

test('every change of an account stands in the log, without its code', async () => {
  const made = await make('deng.kai', 'new.one', [{ role: 'county_officer', area_code: '360781' }])
  const renewed = (await on('deng.kai', 'new.one', 'reset')) as { code: string }
  await on('deng.kai', 'new.one', 'disable')
  const events = await transactRead(world.registry, SYSTEM, (tx) =>
    tx
      .selectFrom('audit_event')
      .select(['action', 'detail'])
      .where('subject_id', '=', made.account_id)
      .orderBy('sequence')
      .execute(),
  )
  expect(events.map((each) => each.action)).toEqual(['account.create', 'account.reset', 'account.disable'])
  for (const code of [made.code, renewed.code]) expect(JSON.stringify(events)).not.toContain(code)
})
