import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import type { Registry } from '#registry/open.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import type { DoorEnv } from './context.ts'
import { Problem } from './problems.ts'

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
 * problem; others get it running. Use in routes guarded 'by hand'.
 */
export async function runJob(
  c: Context<DoorEnv>,
  job: Job,
  work: (progress: Progress) => Promise<unknown>,
): Promise<JobAnswer> {
  const { registry, actor } = c.var
  const job_id = randomUUID()
  await transact(registry, SYSTEM, (tx) =>
    tx
      .insertInto('job_run')
      .values({
        job_id,
        kind: job.kind,
        area_code: job.area_code,
        account_id: actor.account_id,
        status: 'running',
        total: null,
        finished_at: null,
        input: JSON.stringify(job.input ?? null),
      })
      .execute(),
  )
  const finished = perform(registry, job_id, work)
  if (!/\bwait\b/.test(c.req.header('prefer') ?? '')) {
    finished.catch((error: unknown) => {
      if (!(error instanceof Problem)) console.error(`job ${job.kind} ${job_id}`, error)
    })
    return { job_id, state: 'running', result: null }
  }
  return { job_id, state: 'done', result: await finished }
}

async function perform(registry: Registry, job_id: string, work: (progress: Progress) => Promise<unknown>) {
  const update = (values: Record<string, unknown>) =>
    transact(registry, SYSTEM, (tx) =>
      tx
        .updateTable('job_run')
        .set({ ...values, updated_at: new Date().toISOString() })
        .where('job_id', '=', job_id)
        .execute(),
    )
  let written = 0
  const progress: Progress = async (done, total, message) => {
    if (done < total && Date.now() - written < 500) return
    written = Date.now()
    await update({ done, total, ...(message ? { message: JSON.stringify(message) } : {}) })
  }
  try {
    const result = await work(progress)
    await update({ status: 'done', result: JSON.stringify(result ?? null), finished_at: new Date().toISOString() })
    return result
  } catch (error) {
    const told = error instanceof Problem ? { code: error.code, ...error.extras } : { code: 'internal_error' }
    await update({ status: 'failed', result: JSON.stringify(told), finished_at: new Date().toISOString() })
    throw error
  }
}

/** At start: jobs that a stopped server left behind are told as failed, never as running. */
export async function closeInterruptedJobs(registry: Registry): Promise<void> {
  await transact(registry, SYSTEM, (tx) =>
    tx
      .updateTable('job_run')
      .set({
        status: 'failed',
        result: JSON.stringify({ code: 'interrupted' }),
        finished_at: new Date().toISOString(),
      })
      .where('status', 'in', ['waiting', 'running'])
      .execute(),
  )
}
