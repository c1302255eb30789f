import { createRoute, z } from '@hono/zod-openapi'
import { answers, guarded, takes } from '#door/enter.ts'
import { runJob } from '#door/jobs.ts'
import { permit } from '#door/permit.ts'
import { room } from '#door/room.ts'
import { matchArea } from './run.ts'

const jobAnswer = z.object({ job_id: z.string(), state: z.string(), result: z.unknown() })

const run = createRoute({
  method: 'post',
  path: '/api/match/run',
  ...guarded('match.run', 'by hand'),
  request: { body: takes(z.object({ area_code: z.string() })) },
  responses: { 200: answers(jobAnswer, 'A job that links every new submission of the area, and other registers') },
})

export const matchRoutes = room().openapi(run, async (c) => {
  const { area_code } = c.req.valid('json')
  permit(c.var.actor, 'match.run', area_code)
  const answer = await runJob(c, { kind: 'match', area_code }, (progress) => matchArea(c, area_code, progress))
  return c.json(answer, 200)
})
