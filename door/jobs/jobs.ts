import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from 'hono'
import { withLimits } from '#registry/limits.ts'
import type { Registry } from '#registry/open.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import type { DoorEnv } from '../context.ts'
import { findJob, insertJob, keepLease, settleJob, standingOf } from './job-lease.ts'
import { Problem, catalogue, problem, type ProblemCode, type ProblemExtras } from '../problems.ts'

/** Say how far the work has come; cheap to call often (written at most twice a second). */
export type Progress = (done: number, total: number, message?: { en: string; zh: string }) => Promise<void>

export interface JobAnswer {
  job_id: string
  state: 'running' | 'done' | 'failed'
  result: unknown
}

interface Job {
  kind: string
  area_code: string
  input?: unknown
}

/**
 * Run long work outside the request: it opens its own transactions, chunk by chunk, and tells its progress through
 * GET /api/jobs/{job_id}. A caller that asks `Prefer: wait` (RFC 7240) gets the finished job, and its problem as a
 * problem; others get it running. Asked twice by one person while it runs, under the same rules, it is one job: the
 * second gets the first one's number. Use in routes guarded 'by hand'.
 */
export async function runJob(
  c: Context<DoorEnv>,
  job: Job,
  work: (progress: Progress) => Promise<unknown>,
): Promise<JobAnswer> {
  const { registry, actor } = c.var
  const wait = /\bwait\b/.test(c.req.header('prefer') ?? '')
  const asked = { ...job, job_id: randomUUID(), account_id: actor.account_id, request_key: await keyOf(c, job) }
  const job_id = await transact(registry, SYSTEM, (tx) => insertJob(tx, asked))
  if (job_id !== asked.job_id) {
    return wait ? await waitFor(registry, job_id) : { job_id, state: 'running', result: null }
  }
  // A job goes on when the page that asked for it is closed, and its statements may take as long as a nation needs.
  const limits = { statement_ms: c.var.settings.job_statement_ms }
  const finished = withLimits(limits, () => perform(registry, asked, work))
  if (wait) return { job_id, state: 'done', result: await finished }
  finished.catch(() => {})
  return { job_id, state: 'running', result: null }
}

/** What makes two requests for work the same: who asks for what, of which area, under which rules. */
async function keyOf(c: Context<DoorEnv>, job: Job): Promise<string> {
  const { actor, pack } = c.var
  // Of a form (a file that was sent) the job's own input tells, where it has one; else every sending is another one.
  const is_json = /\bjson\b/.test(c.req.header('content-type') ?? '')
  const body = is_json ? await c.req.text() : job.input === undefined ? randomUUID() : JSON.stringify(job.input)
  const asked = [job.kind, job.area_code, c.req.path, body, actor.account_id, actor.role, pack.pack_hash]
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex')
}

async function perform(
  registry: Registry,
  job: { job_id: string; kind: string },
  work: (progress: Progress) => Promise<unknown>,
): Promise<unknown> {
  const { job_id } = job
  const lease = keepLease(registry, job_id)
  let written = 0
  let told: { done?: number; total?: number; message?: string } = {}
  const progress: Progress = async (done, total, message) => {
    told = { done, total, ...(message ? { message: JSON.stringify(message) } : {}) }
    if (done < total && Date.now() - written < 500) return
    written = Date.now()
    await lease.tell(told)
  }
  try {
    const result = await work(progress)
    await settleJob(registry, job_id, { ...told, status: 'done', result: JSON.stringify(result ?? null) })
    return result
  } catch (error) {
    const trouble = troubleOf(error, job, told)
    const { code, extras } = trouble
    await settleJob(registry, job_id, { ...told, status: 'failed', result: JSON.stringify({ code, ...extras }) })
    throw trouble
  } finally {
    lease.end()
  }
}

/** What a job says that did not come to its end: which part of it stands is told, whatever stopped it. */
function troubleOf(error: unknown, job: { job_id: string; kind: string }, told: { done?: number; total?: number }) {
  if (error instanceof Problem) return error
  console.error(`job ${job.kind} ${job.job_id}`, error)
  const { done = 0, total } = told
  return problem('job_broken', {
    detail: `Finished before it stopped: ${done}${total === undefined ? '' : ` of ${total}`}.`,
    done,
    ...(total === undefined ? {} : { total }),
  })
}

/** The end of a job that another request began, here or on another server. */
async function waitFor(registry: Registry, job_id: string): Promise<JobAnswer> {
  for (;;) {
    const job = await transact(registry, SYSTEM, (tx) => findJob(tx, job_id))
    if (!job) throw problem('not_found', { detail: `There is no job ${job_id}.` })
    const { state, result } = standingOf(job)
    if (state === 'done') return { job_id, state, result }
    if (state === 'failed') throw problemOf(result)
    await sleep(200)
  }
}

function problemOf(result: unknown): Problem {
  const { code = '', ...extras } = (result ?? {}) as { code?: string } & ProblemExtras
  return code in catalogue ? problem(code as ProblemCode, extras) : problem('job_broken', extras)
}
