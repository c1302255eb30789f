import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { wordsIn } from '../demo/steps.ts'
import type { Township } from '../demo/township.ts'

const toldSchema = z.object({
  state: z.enum(['none', 'living', 'ready', 'failed', 'opened']),
  /** While it lives: the step in the reader's language, the share done, the seconds still to come. */
  step: z.string().nullable(),
  share: z.number().nullable(),
  seconds_left: z.number().nullable(),
})

const tell = createRoute({
  method: 'get',
  path: '/api/demo/township',
  ...guarded('session.read', 'by hand', area.public),
  responses: { 200: answers(toldSchema, 'The whole township of the demo: whether it is lived, and how far') },
})

const act = createRoute({
  method: 'post',
  path: '/api/demo/township',
  ...guarded('session.change', 'by hand', area.public),
  request: { body: takes(z.object({ action: z.enum(['live', 'open']) })) },
  responses: { 200: answers(toldSchema, 'Begun, or opened') },
})

/** Mounted where the data folder holds a demo; whoever has signed in to it may ask for the township. */
export function townshipRoutes(township: Township) {
  const told = (language: 'en' | 'zh') => {
    const { state, way } = township.tell()
    return {
      state,
      step: way ? wordsIn(language).steps[way.step] : null,
      share: way?.share ?? null,
      seconds_left: way?.seconds_left ?? null,
    }
  }
  return room()
    .openapi(tell, (c) => c.json(told(c.var.language), 200))
    .openapi(act, async (c) => {
      if (c.var.actor.account_id === null) throw problem('sign_in_required')
      const { action } = c.req.valid('json')
      if (action === 'live') await township.live()
      else if (!(await township.open())) throw problem('demo_township_not_ready')
      return c.json(told(c.var.language), 200)
    })
}
