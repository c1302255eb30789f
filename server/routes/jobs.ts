import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded } from '#door/enter.ts'
import { findJob, standingOf } from '#door/jobs/job-lease.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { NATION } from '#registry/audit/audit.ts'

const jobSchema = z
  .object({
    job_id: z.string(),
    kind: z.string(),
    state: z.string(),
    done: z.number(),
    total: z.number().nullable(),
    message: z.unknown(),
    result: z.unknown(),
    eta_seconds: z.number().nullable(),
    started_at: z.string(),
    finished_at: z.string().nullable(),
  })
  .openapi('Job')

const show = createRoute({
  method: 'get',
  path: '/api/jobs/{job_id}',
  ...guarded('job.read', 'read', area.entity('job', 'param.job_id')),
  request: { params: z.object({ job_id: z.string() }) },
  responses: { 200: answers(jobSchema, 'How far a long job has come') },
})

export const jobRoutes = room().openapi(show, async (c) => {
  const { job_id } = c.req.valid('param')
  const job = await findJob(c.var.tx, job_id)
  if (!job) throw problem('not_found', { detail: `There is no job ${job_id}.` })
  permit(c.var.actor, 'job.read', job.area_code ?? NATION)
  const { state, result } = standingOf(job)
  const seconds = (Date.parse(job.finished_at ?? job.updated_at) - Date.parse(job.started_at)) / 1000
  const share = job.total ? job.done / job.total : 0
  const eta = state === 'running' && share > 0 ? Math.round((seconds / share) * (1 - share)) : null
  return c.json(
    {
      job_id: job.job_id,
      kind: job.kind,
      state,
      done: job.done,
      total: job.total,
      message: job.message,
      result,
      eta_seconds: eta,
      started_at: job.started_at,
      finished_at: job.finished_at,
    },
    200,
  )
})
