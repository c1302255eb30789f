// Whose a job is. The server that runs it holds a lease and renews it; when the lease has run out, or the process is
// known to have ended, the job is told as interrupted. Nobody says so of a job that lives. Times are the database's.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Registry } from '#registry/open.ts'
import { hasEnded, processName } from '#registry/embedded/presence.ts'
import type { JobRunTable } from '#registry/tables.ts'
import { SYSTEM, transact, type ReadTx, type Tx } from '#registry/transaction.ts'
import type { Selectable } from 'kysely'

/** A server that stalls for so long has lost its jobs; one that stops is noticed after so long. Milliseconds. */
const LEASE_MS = 30_000
const BEAT_MS = 5_000
const living = ['waiting', 'running'] as const
const interrupted = { code: 'job_interrupted' }

export type JobRow = Selectable<JobRunTable> & { database_now: string }

export interface NewJob {
  job_id: string
  kind: string
  area_code: string
  account_id: string | null
  input?: unknown
  request_key: string
}

async function databaseNow(tx: ReadTx): Promise<string> {
  const { rows } = await sql<{ now: string }>`select clock_timestamp()::timestamptz(3) as now`.execute(tx)
  return rows[0]?.now ?? new Date().toISOString()
}

const leaseFrom = (now: string): string => new Date(Date.parse(now) + LEASE_MS).toISOString()

/** Whether nobody runs a job any more that is not marked as ended. */
const isLost = (job: Pick<JobRow, 'owner' | 'lease_until'>, now: string): boolean =>
  job.lease_until === null || job.lease_until < now || (job.owner !== null && hasEnded(job.owner))

/** Write a job down as this process's. Returns its number, or that of the same job where one lives already. */
export async function insertJob(tx: Tx, { input, ...job }: NewJob): Promise<string> {
  for (;;) {
    const now = await databaseNow(tx)
    const made = await tx
      .insertInto('job_run')
      .values({
        ...job,
        status: 'running',
        total: null,
        finished_at: null,
        input: JSON.stringify(input ?? null),
        owner: processName(),
        lease_until: leaseFrom(now),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('job_id')
      .executeTakeFirst()
    if (made) return made.job_id
    const twin = await tx
      .selectFrom('job_run')
      .select(['job_id', 'owner', 'lease_until'])
      .where('request_key', '=', job.request_key)
      .where('status', 'in', living)
      .forUpdate()
      .executeTakeFirst()
    // None: it ended this moment, and the next try makes one.
    if (!twin) continue
    if (!isLost(twin, now)) return twin.job_id
    await endJobs(tx, [twin.job_id], now)
  }
}

async function endJobs(tx: Tx, job_ids: readonly string[], now: string): Promise<void> {
  if (job_ids.length === 0) return
  await tx
    .updateTable('job_run')
    .set({ status: 'failed', result: JSON.stringify(interrupted), finished_at: now })
    .where('job_id', 'in', job_ids)
    .where('status', 'in', living)
    .execute()
}

export async function findJob(tx: ReadTx, job_id: string): Promise<JobRow | undefined> {
  return await tx
    .selectFrom('job_run')
    .selectAll()
    .select(sql<string>`clock_timestamp()::timestamptz(3)`.as('database_now'))
    .where('job_id', '=', job_id)
    .executeTakeFirst()
}

/** Where a job stands at this moment: one whose server is gone is `failed`, whether or not anybody wrote that down. */
export function standingOf(job: JobRow): { state: JobRow['status']; result: unknown } {
  const is_living = job.status === 'waiting' || job.status === 'running'
  return is_living && isLost(job, job.database_now)
    ? { state: 'failed', result: interrupted }
    : { state: job.status, result: job.result }
}

/** Renews the lease until `end`. A beat that fails is left out: the next comes soon, and a lease outlasts several. */
export function keepLease(registry: Registry, job_id: string) {
  const tell = async (told: { done?: number; total?: number; message?: string }): Promise<void> => {
    await transact(registry, SYSTEM, async (tx) => {
      const now = await databaseNow(tx)
      await tx
        .updateTable('job_run')
        .set({ ...told, updated_at: now, lease_until: leaseFrom(now) })
        .where('job_id', '=', job_id)
        .where('owner', '=', processName())
        .execute()
    })
  }
  const timer = setInterval(() => void tell({}).catch(() => {}), BEAT_MS)
  timer.unref()
  return { tell, end: () => clearInterval(timer) }
}

export interface Ended {
  status: 'done' | 'failed'
  result: string
  done?: number
  total?: number
  message?: string
}

// As long as an embedded server takes to come back after a crash, and far longer.
const TRIES = 300

/**
 * Write down how a job ended. Where the registry does not answer, this goes on trying in the background: the end of the
 * work is known here alone. It holds also where another server said meanwhile that this one was gone.
 */
export async function settleJob(registry: Registry, job_id: string, ended: Ended): Promise<void> {
  const write = () =>
    transact(registry, SYSTEM, async (tx) => {
      const now = await databaseNow(tx)
      await tx
        .updateTable('job_run')
        .set({ ...ended, updated_at: now, finished_at: now, lease_until: now })
        .where('job_id', '=', job_id)
        .where('owner', '=', processName())
        .execute()
    })
  try {
    await write()
  } catch (error) {
    console.error(`job ${job_id}: its end could not be written down yet`, error)
    void (async () => {
      for (let tries = 0; tries < TRIES; tries++) {
        await sleep(1000, undefined, { ref: false })
        if (
          await write().then(
            () => true,
            () => false,
          )
        )
          return
      }
    })()
  }
}

/** At start: jobs of servers that are gone are told as interrupted. Those of a server that lives are left alone. */
export async function closeInterruptedJobs(registry: Registry): Promise<void> {
  await transact(registry, SYSTEM, async (tx) => {
    const now = await databaseNow(tx)
    const jobs = await tx
      .selectFrom('job_run')
      .select(['job_id', 'owner', 'lease_until'])
      .where('status', 'in', living)
      .forUpdate()
      .execute()
    const lost = jobs.filter((job) => isLost(job, now))
    await endJobs(
      tx,
      lost.map((job) => job.job_id),
      now,
    )
  })
}
