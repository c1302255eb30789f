// What keeps strangers slow and other sites out, without a registry; sign-in.test.ts holds the same through the app.
import { performance } from 'node:perf_hooks'
import { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { DoorEnv } from '../context.ts'
import { Problem } from '../problems.ts'
import { mustBeStrong, weaknessOf } from './password-rules.ts'
import { countTry, forget, limit, triesOf } from './rate-limit.ts'
import { guardSameSite, sessionCookie } from './same-site.ts'

describe('tries', () => {
  let now = 1_000_000
  beforeEach(() => void vi.spyOn(performance, 'now').mockImplementation(() => now))
  afterEach(() => void vi.restoreAllMocks())

  test('as many as are allowed in a window, and again when it is over', () => {
    const allowed = { tries: 3, seconds: 60 }
    for (let n = 0; n < 3; n++) expect(() => limit('k1', allowed)).not.toThrow()
    expect(() => limit('k1', allowed)).toThrow(expect.objectContaining({ code: 'too_many_requests' }))
    // Another key is another's.
    expect(() => limit('k2', allowed)).not.toThrow()
    now += 60_000
    expect(() => limit('k1', allowed)).toThrow()
    now += 1
    expect(() => limit('k1', allowed)).not.toThrow()
  })

  test('are counted one by one and forgotten on request', () => {
    expect([countTry('k3', 10), countTry('k3', 10), triesOf('k3', 10)]).toEqual([1, 2, 2])
    expect(forget('k3')).toBe(true)
    expect(triesOf('k3', 10)).toBe(0)
  })

  test('many keys do not free the one that is kept slow lately; the oldest go first', () => {
    countTry('old', 600)
    for (let n = 0; n < 19_000; n++) countTry(`before ${n}`, 600)
    countTry('lately', 600)
    for (let n = 0; n < 10_000; n++) countTry(`after ${n}`, 600)
    expect(triesOf('lately', 600)).toBe(1)
    expect(triesOf('old', 600)).toBe(0)
  })
})

describe('other sites', () => {
  const app = new Hono<DoorEnv>()
  app.use(guardSameSite)
  app.all('*', (c) => c.text('done'))
  app.onError((error, c) => c.text(error instanceof Problem ? error.code : 'broken', 403))
  const cookie = `other=1; ${sessionCookie}=x`
  const ask = async (method: string, headers: Record<string, string>) => {
    const answer = await app.request('/', { method, headers })
    return answer.status === 200 || (await answer.text())
  }

  test('a cookie alone changes nothing; with our header it does', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect(await ask(method, { cookie })).toBe('cross_site_request')
      expect(await ask(method, { cookie, 'x-doorstep': '1' })).toBe(true)
    }
  })

  test('reading, other cookies and keys need no such proof', async () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(await ask(method, { cookie })).toBe(true)
    expect(await ask('POST', { cookie: 'other=1' })).toBe(true)
    expect(await ask('POST', {})).toBe(true)
    expect(await ask('POST', { cookie, authorization: 'Bearer x' })).toBe(true)
  })
})

describe('passwords', () => {
  const person = { login: 'wang.fang', names: ['Wang Fang', '王芳'] }
  test.each([
    ['correct horse battery', null],
    ['Tr4ctor-yellow-moss', null],
    ['qzv8 mleb tuwo', null],
    ['elevenchars', 'short'],
    ['twelve chars', null],
    ['户户户户户户户户户户户', 'short'],
    ['x7'.repeat(6), 'repeated'],
    ['aaaabbbbcccc', 'repeated'],
    ['kuerbis kuerbis', 'repeated'],
    ['abcdefghijkl', 'sequence'],
    ['lkjhgfdsapoiuytrewq', 'sequence'],
    ['qwerty-12345-poiuy', 'sequence'],
    ['1q2w3e4r5t6y', 'sequence'],
    ['wangfang-20161', 'personal'],
    ['fang.wang.1234x', 'personal'],
    ['王芳王芳2016王芳20161', 'personal'],
    ['password-welcome', 'common'],
    ['P4ssw0rd!Adm1n', 'common'],
    ['iloveyou2016!!', 'common'],
    ['201612310815abc', 'common'],
  ])('%s: %s', (password, why) => expect(weaknessOf(password, person)).toBe(why))

  test('200 characters are read, more are an attempt to keep the server busy', () => {
    const long = Array.from({ length: 201 }, (_, n) => String.fromCharCode(97 + ((n * n * 7 + n * 3) % 26))).join('')
    expect(weaknessOf(long.slice(0, 200), person)).toBeNull()
    expect(weaknessOf(long, person)).toBe('long')
  })

  test('a refusal says why, at its field', () => {
    expect(() => mustBeStrong('correct horse battery', person)).not.toThrow()
    expect(() => mustBeStrong('abcdefghijkl', person)).toThrow(
      expect.objectContaining({
        code: 'password_weak',
        extras: expect.objectContaining({ errors: [{ path: 'password', message: 'sequence' }] }),
      }),
    )
  })
})
