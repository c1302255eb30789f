import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { countyOfHousehold, placeInCounty } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { mustDiffer, permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { checkClaims } from '#door/steps.ts'
import { room } from '#door/room.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { audit } from '#registry/audit/audit.ts'
import { states } from '#registry/tables/states.ts'
import { noticeOf, objectionOf, onNotice, resolveObjection, sameObjection, saveObjection } from './store-notices.ts'

const object = createRoute({
  method: 'post',
  path: '/api/appraise/objections',
  ...guarded('appraise.object', 'write', area.entity('notice', 'json.notice_id')),
  request: {
    body: takes(
      z.object({
        household_id: z.string(),
        notice_id: z.string(),
        made_on: z.iso.date(),
        made_by: z
          .string()
          .optional()
          .describe('Who objects, as told to the clerk who writes it down; left out where no name is given'),
        statement: z.string().min(1),
      }),
    ),
  },
  responses: {
    200: answers(
      z.object({
        objection_id: z.string(),
        duplicates: z.number().describe('1: it stands word for word already; nothing was added'),
      }),
      'The objection is on record and must be answered',
    ),
  },
})

const resolve = createRoute({
  method: 'post',
  path: '/api/appraise/objections/{objection_id}/resolve',
  ...guarded('appraise.resolve', 'write', area.entity('objection', 'param.objection_id')),
  request: {
    params: z.object({ objection_id: z.string() }),
    body: takes(z.object({ state: z.enum(['upheld', 'dismissed']), resolution: z.string().min(1) })),
  },
  responses: { 200: answers(z.object({ state: z.enum(states['objection.state']) }), 'The objection is answered') },
})

export const objectionRoutes = room()
  .openapi(object, async (c) => {
    const input = c.req.valid('json')
    const { tx, actor, now } = c.var
    const county_code = countyOfHousehold(input.household_id)
    // An objection is made where the notice hangs, wherever the household is found to live since.
    const notice = await noticeOf(tx, county_code, input.notice_id)
    if (notice) permit(actor, 'appraise.object', notice.area_code)
    const listed = await overCounty(c, county_code, () => onNotice(tx, county_code, input.notice_id))
    const on_it = listed.find((each) => [each.household_id, each.counts_for].includes(input.household_id))
    if (!notice || !on_it) {
      throw problem('not_found', { detail: `Household ${input.household_id} is not on the notice ${input.notice_id}.` })
    }
    if (notice.closed_at !== null)
      throw problem('appraise_notice_closed', { detail: `It was closed at ${notice.closed_at}.` })
    checkClaims(c, [{ path: 'made_on', day: input.made_on, after: notice.posted_on }])
    const objection = {
      ...input,
      // As the notice names it, where that household has been merged into another one since.
      household_id: on_it.household_id,
      county_code,
      area_code: on_it.area_code,
      made_by: input.made_by?.trim() || null,
      now,
      account_id: actor.account_id,
    }
    // The notice is held: of two words alike sent at once the second finds the first.
    const standing = await sameObjection(tx, objection)
    if (standing) return c.json({ objection_id: standing.objection_id, duplicates: 1 }, 200)
    const objection_id = await saveObjection(tx, objection)
    await audit(tx, {
      county_code,
      action: 'appraise.object',
      subject_kind: 'objection',
      subject_id: objection_id,
      household_id: input.household_id,
      detail: { notice_id: input.notice_id },
    })
    return c.json({ objection_id, duplicates: 0 }, 200)
  })
  .openapi(resolve, async (c) => {
    const { objection_id } = c.req.valid('param')
    const { state, resolution } = c.req.valid('json')
    const { tx, actor, now } = c.var
    const { county_code } = await placeInCounty(tx, actor.area_code ?? '')
    const objection = await objectionOf(tx, county_code, objection_id)
    if (!objection) throw problem('not_found', { detail: `There is no objection ${objection_id}.` })
    permit(actor, 'appraise.resolve', objection.area_code)
    mustDiffer(actor, [objection.account_id], 'the answer to the objection')
    if (objection.state !== 'open') throw problem('already_done', { detail: `The objection was ${objection.state}.` })
    await resolveObjection(tx, county_code, { objection_id, state, resolution, now, account_id: actor.account_id })
    await audit(tx, {
      county_code,
      action: 'appraise.resolve',
      subject_kind: 'objection',
      subject_id: objection_id,
      household_id: objection.household_id,
      detail: { state, resolution },
    })
    return c.json({ state }, 200)
  })
