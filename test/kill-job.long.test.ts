// PostgreSQL alone is killed while a job runs: the server that runs it lives on, and says how the job ended.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { DoorEnv } from '#door/context.ts'
import { findJob, standingOf } from '#door/jobs/job-lease.ts'
import { runJob } from '#door/jobs/jobs.ts'
import { readSettings } from '#door/settings.ts'
import { openRegistry } from '#registry/open.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'

test('F65: after a crash of PostgreSQL alone no job stays running', async () => {
  const data_dir = mkdtempSync(join(tmpdir(), 'doorstep-kill-job-'))
  // Where tests run as root, PostgreSQL runs as another user, who must be able to enter.
  chmodSync(data_dir, 0o755)
  const registry = await openRegistry({ data_dir, secret_key: Buffer.alloc(32, 'kill').toString('base64') })
  try {
    const app = new Hono<DoorEnv>()
    app.use(async (c, next) => {
      c.set('registry', registry)
      c.set('settings', readSettings({ DOORSTEP_DATA: data_dir }, data_dir))
      c.set('actor', { account_id: 'anna', name: null, role: 'county_officer', area_code: '36', scope: ['36'] })
      c.set('pack', { pack_hash: 'one' } as DoorEnv['Variables']['pack'])
      await next()
    })
    app.post('/job', async (c) =>
      c.json(
        await runJob(c, { kind: 'count', area_code: '36' }, async (progress) => {
          await progress(400, 1000)
          for (;;) {
            await sleep(100)
            await transact(registry, SYSTEM, (tx) => tx.selectFrom('setting').select('key').execute(), { attempts: 1 })
          }
        }),
      ),
    )
    const answer = await app.request('/job', { method: 'POST', body: '{}' })
    const { job_id } = (await answer.json()) as { job_id: string }
    const shown = async () => {
      const job = await transact(registry, SYSTEM, (tx) => findJob(tx, job_id)).catch(() => undefined)
      return job && standingOf(job)
    }
    expect(await shown()).toMatchObject({ state: 'running' })
    const postmaster = readFileSync(join(data_dir, 'registry', 'pgdata', 'postmaster.pid'), 'utf8').split('\n')[0]
    process.kill(Number(postmaster), 'SIGKILL')
    // The supervisor brings it back; then the end is written down, however long that took.
    let end = await shown()
    while (end === undefined || end.state === 'running') {
      await sleep(500)
      end = await shown()
    }
    expect(end).toMatchObject({ state: 'failed', result: { code: 'job_broken', done: 400, total: 1000 } })
  } finally {
    await registry.close()
    rmSync(data_dir, { recursive: true, force: true })
  }
})
