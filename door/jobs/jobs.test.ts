import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Registry } from '#registry/open.ts'
import { processName } from '#registry/embedded/presence.ts'
import { testRegistry } from '#registry/testing/testing.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import type { DoorEnv } from '../context.ts'
import { closeInterruptedJobs, findJob, standingOf } from './job-lease.ts'
import { runJob, type Progress } from './jobs.ts'
import { Problem, problem } from '../problems.ts'
import { readSettings } from '../settings.ts'

let registry: Registry
beforeAll(async () => {
  registry = await testRegistry()
})
afterAll(() => registry.close())

/** An app of one route that does this work as a job; `account` asks. */
function doing(work: (progress: Progress) => Promise<unknown>, account = 'anna') {
  const app = new Hono<DoorEnv>()
  app.use(async (c, next) => {
    c.set('registry', registry)
    c.set('settings', readSettings({}, '/tmp'))
    c.set('actor', { account_id: account, name: null, role: 'county_officer', area_code: '36', scope: ['36'] })
    c.set('pack', { pack_hash: 'one' } as DoorEnv['Variables']['pack'])
    await next()
  })
  app.onError((error, c) =>
    error instanceof Problem ? c.json({ code: error.code, ...error.extras }, error.status) : c.json({}, 500),
  )
  app.post('/job', async (c) => c.json(await runJob(c, { kind: 'count', area_code: '36' }, work)))
  return async (body: string, wait = true) => {
    const headers = { 'content-type': 'application/json', ...(wait ? { prefer: 'wait' } : {}) }
    const answer = await app.request('/job', { method: 'POST', body, headers })
    return (await answer.json()) as Record<string, unknown>
  }
}

const shown = async (job_id: unknown) => {
  const job = await transact(registry, SYSTEM, (tx) => findJob(tx, String(job_id)))
  if (!job) throw new Error(`no job ${String(job_id)}`)
  return standingOf(job)
}

test('the same work asked for many times at once is one job, and everybody gets its result', async () => {
  let runs = 0
  const ask = doing(async () => {
    runs += 1
    await sleep(300)
    return { counted: runs }
  })
  const answers = await Promise.all(Array.from({ length: 6 }, () => ask('{"area":"36"}')))
  expect(runs).toBe(1)
  expect(new Set(answers.map((each) => each['job_id'])).size).toBe(1)
  expect(answers.map((each) => each['result'])).toEqual(Array.from({ length: 6 }, () => ({ counted: 1 })))
  // Asked again afterwards, or for something else, or by somebody else, it is another one.
  await ask('{"area":"36"}')
  expect(runs).toBe(2)
  await Promise.all([ask('{"area":"1"}'), ask('{"area":"2"}')])
  expect(runs).toBe(4)
})

test('everybody who waits gets the problem that ended it', async () => {
  const ask = doing(async () => {
    await sleep(200)
    throw problem('assess_rules_changed', { detail: 'Assessed before it stopped: 400.' })
  })
  const answers = await Promise.all([ask('{}'), ask('{}')])
  expect(answers.map((each) => each['code'])).toEqual(['assess_rules_changed', 'assess_rules_changed'])
})

test('work that breaks in the middle says how much of it stands', async () => {
  const ask = doing(async (progress) => {
    await progress(400, 1000, { en: 'Assessed 400 households', zh: '已评估 400 户' })
    await progress(401, 1000, { en: 'Assessed 401 households', zh: '已评估 401 户' })
    throw new Error('the disk said no')
  })
  expect(await ask('{}')).toMatchObject({ code: 'job_broken', done: 401, total: 1000 })
  const begun = await ask('{"again":1}', false)
  await sleep(500)
  const job = await transact(registry, SYSTEM, (tx) => findJob(tx, String(begun['job_id'])))
  expect(job).toMatchObject({ status: 'failed', done: 401, total: 1000, result: { code: 'job_broken', done: 401 } })
  expect(job?.message).toEqual({ en: 'Assessed 401 households', zh: '已评估 401 户' })
})

const insert = (job_id: string, owner: string | null, lease_until: string | null) =>
  transact(registry, SYSTEM, (tx) =>
    tx
      .insertInto('job_run')
      .values({
        job_id,
        kind: 'count',
        area_code: '36',
        account_id: null,
        status: 'running',
        total: null,
        finished_at: null,
        ...(owner === null ? {} : { owner }),
        ...(lease_until === null ? {} : { lease_until }),
      })
      .execute(),
  )
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()

test('the job of a server that lives is left alone; one whose server is gone is told as interrupted', async () => {
  const lost = { state: 'failed', result: { code: 'job_interrupted' } }
  await insert('lives', 'elsewhere/pid:[1]/17-1', inSeconds(20))
  await insert('expired', 'elsewhere/pid:[1]/18-1', inSeconds(-1))
  // Told so before anybody has written it down.
  expect(await shown('expired')).toEqual(lost)
  await closeInterruptedJobs(registry)
  expect(await shown('lives')).toEqual({ state: 'running', result: null })
  expect(await shown('expired')).toEqual(lost)
})

test('a server that starts again on its machine knows at once that the one before has ended', async () => {
  const machine = processName().replace(/[^/]*$/, '')
  await insert('killed', `${machine}999999999-1`, inSeconds(20))
  await insert('own', processName(), inSeconds(20))
  await closeInterruptedJobs(registry)
  expect(await shown('killed')).toMatchObject({ state: 'failed' })
  expect(await shown('own')).toMatchObject({ state: 'running' })
})
