// Signing in under attack (F52, F68): limits by account and address over every door, and no owner locked out.
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SYSTEM, transactRead } from '#registry/transaction.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'
import { addressOf } from './address.ts'
import { hashPassword } from './passwords.ts'
import { weaknessOf } from './password-rules.ts'
import { notBefore, steadyNow } from '../steady.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => {
  vi.useRealTimers()
  await world.rollback()
})
afterAll(async () => world.close())

let serial = 0
/** Addresses nobody has used: limits live as long as the process. */
const address = () => `10.${Math.floor((serial += 1) / 250)}.${serial % 250}.7`
const good = 'copper lantern walks uphill'

async function person(password: string | null = good): Promise<string> {
  const login = `person${(serial += 1)}.x`
  const client = await world.as('deng.kai')
  const roles = [{ role: 'county_officer' as const, area_code: '360781' }]
  await unwrap(client.api.accounts.$post({ json: { login, name: { en: 'A', zh: '甲' }, roles } }))
  if (password !== null)
    await world.registry.app
      .updateTable('account')
      .set({ password_hash: await hashPassword(password), password_set_at: '2014-01-01T00:00:00.000Z' })
      .where('login', '=', login)
      .execute()
  return login
}

async function knock(from: string, login: string, password: string, cookie?: string) {
  const answer = await world.request(
    '/api/session',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-doorstep': '1', ...(cookie ? { cookie } : {}) },
      body: JSON.stringify({ login, password }),
    },
    from,
  )
  const { code, token } = (await answer.json()) as { code?: string; token?: string }
  const known = answer.headers.getSetCookie().find((each) => each.startsWith('doorstep_known_'))
  return { said: code ?? 'in', token, known: known?.split(';')[0] }
}
const basic = async (from: string, login: string, password: string) => {
  const authorization = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`
  return (await world.request('/formList', { headers: { authorization } }, from)).status
}

test('a stranger slows himself down and not the owner, who comes from elsewhere', async () => {
  const login = await person()
  const stranger = address()
  const said: string[] = []
  for (let tries = 0; tries < 12; tries += 1) said.push((await knock(stranger, login, 'wrong')).said)
  expect(said).toEqual([...Array(10).fill('sign_in_failed'), 'too_many_requests', 'too_many_requests'])
  // The right password does not help him from there, at any door.
  expect((await knock(stranger, login, good)).said).toBe('too_many_requests')
  expect(await basic(stranger, login, good)).toBe(429)
  const owner = await knock(address(), login, good)
  expect(owner.said).toBe('in')
})

test('the owner’s own browser goes through even from the address that is being kept out', async () => {
  const login = await person()
  const office = address()
  const { known } = await knock(office, login, good)
  expect(known).toBeDefined()
  for (let tries = 0; tries < 12; tries += 1) await knock(office, login, 'wrong')
  expect((await knock(office, login, good)).said).toBe('too_many_requests')
  expect((await knock(office, login, good, known)).said).toBe('in')
  // A cookie of another account, or a made one, is worth nothing.
  const other = await person()
  for (let tries = 0; tries < 12; tries += 1) await knock(office, other, 'wrong')
  expect((await knock(office, other, good, known)).said).toBe('too_many_requests')
  // Nor may somebody who has the browser guess for ever.
  const with_it: string[] = []
  for (let tries = 0; tries < 22; tries += 1) with_it.push((await knock(office, login, 'wrong', known)).said)
  expect(with_it.at(-1)).toBe('too_many_requests')
})

test('one password tried at many accounts is stopped, whichever door', async () => {
  const from = address()
  const said: (string | number)[] = []
  for (let tries = 0; tries < 20; tries += 1) {
    if (tries % 2) said.push(await basic(from, `guess${tries}`, 'Spring2014!!'))
    else said.push((await knock(from, `guess${tries}`, 'Spring2014!!')).said)
  }
  expect(said.slice(0, 15)).toEqual(Array.from({ length: 15 }, (_, index) => (index % 2 ? 401 : 'sign_in_failed')))
  expect(said.slice(15)).toEqual([429, 'too_many_requests', 429, 'too_many_requests', 429])
})

test('wrong keys, tokens and demo names count at the same address', async () => {
  const from = address()
  const status = async (path: string, init?: RequestInit) => (await world.request(path, init, from)).status
  for (let tries = 0; tries < 20; tries += 1) {
    await status('/v1/key/nothing/formList')
    await status('/api/session', { headers: { authorization: 'Bearer nothing' } })
    const body = JSON.stringify({ login: 'nobody' })
    await status('/api/demo/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  }
  const login = await person()
  expect((await knock(from, login, good)).said).toBe('too_many_requests')
  // Who holds a key or a session that is right is not kept out.
  const token = await world.token('zhong.wei')
  expect(await status('/api/session', { headers: { authorization: `Bearer ${token}` } })).toBe(200)
})

test('tries sent at once do not slip through the count', async () => {
  const login = await person()
  const from = address()
  const said = (await Promise.all(Array.from({ length: 30 }, () => knock(from, login, 'wrong')))).map(
    (each) => each.said,
  )
  expect(said.filter((each) => each === 'sign_in_failed')).toHaveLength(10)
})

test('a sign-in and a failed one leave an entry; what was typed does not', async () => {
  const login = await person()
  const from = address()
  await knock(from, login, 'my secret elsewhere')
  await knock(from, login, 'my secret elsewhere')
  await knock(from, login, good)
  await knock(from, 'correct horse battery', 'x')
  const events = await transactRead(world.registry, SYSTEM, (tx) =>
    tx
      .selectFrom('audit_event')
      .select(['action', 'detail', 'subject_id'])
      .where('action', 'like', 'session.%')
      .orderBy('sequence')
      .execute(),
  )
  const here = events.filter((each) => JSON.stringify(each.detail).includes(from))
  expect(here.map((each) => each.action)).toEqual(['session.failed', 'session.open', 'session.failed'])
  expect(here.at(-1)?.subject_id).toBe('unknown')
  expect(JSON.stringify(events)).not.toMatch(/my secret|correct horse/)
})

describe('a password', () => {
  const call = async (login: string, token: string, password: string, old_password = good) => {
    const answer = await world.request('/api/account/password', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ old_password, password }),
    })
    const body = (await answer.json()) as { code?: string; token?: string }
    return { said: body.code ?? 'changed', token: body.token ?? '', login }
  }
  const alive = async (token: string) =>
    (await world.request('/api/account/sessions', { headers: { authorization: `Bearer ${token}` } })).status

  test('is changed by its owner, who must know the old one; other sessions end', async () => {
    const login = await person()
    const [one, two] = [await world.token(login), await world.token(login)]
    expect((await call(login, one, 'nine small boats at dusk', 'wrong')).said).toBe('sign_in_failed')
    expect((await call(login, one, 'aaaaaaaaaaaa')).said).toBe('password_weak')
    expect((await call(login, one, good)).said).toBe('password_weak')
    const changed = await call(login, one, 'nine small boats at dusk')
    expect(changed.said).toBe('changed')
    expect([await alive(one), await alive(two), await alive(changed.token)]).toEqual([401, 401, 200])
    const from = address()
    expect((await knock(from, login, good)).said).toBe('sign_in_failed')
    expect((await knock(from, login, 'nine small boats at dusk')).said).toBe('in')
  })

  test('is set with a code that an administrator hands over: once, in its time, at this login alone', async () => {
    const login = await person()
    const token = await world.token(login)
    const admin = await world.as('deng.kai')
    const { accounts } = await unwrap(admin.api.accounts.$get())
    const account_id = accounts.find((each) => each.login === login)?.account_id ?? ''
    const { code } = await unwrap(admin.api.accounts[':account_id'].reset.$post({ param: { account_id } }))
    expect(await alive(token)).toBe(401)
    expect((await knock(address(), login, good)).said).toBe('sign_in_failed')
    const use = (with_code: string, password = 'nine small boats at dusk', at = login) =>
      unwrap(world.client.api.account.code.$post({ json: { login: at, code: with_code, password } })).then(
        () => 'in',
        (error: unknown) => (error instanceof CallFailed ? error.problem.code : String(error)),
      )
    expect(await use(code ?? '', 'nine small boats at dusk', 'zhong.wei')).toBe('code_wrong')
    expect(await use('AAAA-AAAA-AAAA')).toBe('code_wrong')
    expect(await use(code ?? '', 'password1234')).toBe('password_weak')
    expect(await use((code ?? '').toLowerCase().replaceAll('-', ' '))).toBe('in')
    expect(await use(code ?? '')).toBe('code_wrong')
    const again = await unwrap(admin.api.accounts[':account_id'].reset.$post({ param: { account_id } }))
    await world.registry.app
      .updateTable('account_code')
      .set({ expires_at: new Date(Date.now() - 1000).toISOString() })
      .where('account_id', '=', account_id)
      .execute()
    expect(await use(again.code ?? '')).toBe('code_wrong')
  })

  test('sessions are listed and ended, one or all, the own ones alone', async () => {
    const login = await person()
    const [one, two, three] = [await world.token(login), await world.token(login), await world.token(login)]
    const other = await world.token('zhong.wei')
    const headers = { authorization: `Bearer ${one}` }
    const listed = (await (await world.request('/api/account/sessions', { headers })).json()) as {
      sessions: { session_id: string; this_one: boolean }[]
    }
    expect(listed.sessions).toHaveLength(3)
    expect(listed.sessions.filter((each) => each.this_one)).toHaveLength(1)
    expect(JSON.stringify(listed)).not.toContain(one)
    const foreign = await world.request('/api/account/sessions', { headers: { authorization: `Bearer ${other}` } })
    const { sessions } = (await foreign.json()) as { sessions: { session_id: string }[] }
    const end = async (id: string) =>
      (await world.request(`/api/account/sessions/${id}`, { method: 'DELETE', headers })).status
    expect(await end(sessions[0]?.session_id ?? '')).toBe(404)
    expect(await alive(other)).toBe(200)
    const all = await world.request('/api/account/sign-out-everywhere', { method: 'POST', headers })
    expect(await all.json()).toEqual({ ended: 3 })
    expect([await alive(one), await alive(two), await alive(three), await alive(other)]).toEqual([401, 401, 401, 200])
  })
})

test('passwords that everybody tries first are refused, and good ones are not', () => {
  const of = (password: string) => weaknessOf(password, { login: 'zhong.wei', names: ['Zhong Wei', '钟伟'] })
  const weak = `aaaaaaaaaaaa abababababab 111122223333 123456789012 password1234 Password2024! P@ssw0rd2024 qwertyuiop123
    qwertyqwerty zhongwei2014 zhong.wei1234 ZhongWei!!!! abcdefghijkl zyxwvutsrqpo iloveyou1234 welcome12345 admin1234567
    letmein123456 1q2w3e4r5t6y7 qazwsxedcrfv doorstep2024 woaini520520520 woaini1314520 sunshine2017! 201401012014
    asdfghjkl123 changeme2024! testtesttest monkeydragon1 adminadminadmin`
  expect(weak.split(/\s+/).filter((password) => of(password) === null)).toEqual([])
  for (const fine of [good, 'Xk4#vT9!mQ2z', '三条小船在黄昏里慢慢划过', 'kuaidi songdao nali qu', 'tr0ub4dor&3xyz'])
    expect(of(fine), fine).toBeNull()
  expect(of('x'.repeat(5000))).toBe('long')
  expect(of('short')).toBe('short')
})

test('time runs forward whatever the computer’s clock says', () => {
  const before = steadyNow()
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2001-01-01T00:00:00Z') })
  expect(steadyNow()).toBeGreaterThanOrEqual(before)
  notBefore(before + 3_600_000)
  expect(steadyNow()).toBeGreaterThanOrEqual(before + 3_600_000)
  notBefore(0)
  expect(steadyNow()).toBeGreaterThanOrEqual(before + 3_600_000)
})

test('a session that has ended stays ended when the clock is set back', async () => {
  const token = await world.token('zhong.wei')
  const ask = async () =>
    (
      (await (await world.request('/api/session', { headers: { authorization: `Bearer ${token}` } })).json()) as {
        account_id: string | null
      }
    ).account_id
  expect(await ask()).not.toBeNull()
  await world.registry.app
    .updateTable('session')
    .set({ expires_at: new Date(steadyNow() - 1000).toISOString() })
    .execute()
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 48 * 3_600_000 })
  expect(await ask()).toBeNull()
})

test('the address is the socket’s; a header counts only behind as many proxies as the settings name', () => {
  const of = (remoteAddress: string, trusted_proxies: number, forwarded?: string) =>
    addressOf({
      env: { incoming: { socket: { remoteAddress } } },
      req: { header: () => forwarded ?? undefined },
      var: { settings: { trusted_proxies } },
    } as never)
  expect(of('203.0.113.9', 0, '1.2.3.4')).toBe('203.0.113.9')
  expect(of('127.0.0.1', 1, '6.6.6.6, 198.51.100.7')).toBe('198.51.100.7')
  expect(of('127.0.0.1', 2, '6.6.6.6, 198.51.100.7, 10.0.0.1')).toBe('198.51.100.7')
  expect(of('127.0.0.1', 1)).toBe('127.0.0.1')
  expect(of('::ffff:203.0.113.9', 0)).toBe('203.0.113.9')
  expect(of('2001:db8:1:2:3:4:5:6', 0)).toBe(of('2001:db8:1:2:ffff::1', 0))
  expect(of('2001:db8:1:2::1', 0)).not.toBe(of('2001:db8:1:3::1', 0))
})
