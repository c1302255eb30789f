import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { overCounty } from '#door/permit/over-county.ts'
import { permit } from '#door/permit/permit.ts'
import { room } from '#door/room.ts'
import { memberChoices } from '#packs/explain/field-label.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import { confirmChange, memberChangeOf, refuseChange, takeChangeBack } from './confirm.ts'
import { namesOf } from '../store.ts'
import { waitingChanges } from './store.ts'
import { nameIn } from '../tell.ts'

const text = z.record(z.string(), z.string())
const param = z.object({ change_id: z.string() })
const settled = z.object({
  change_id: z.string(),
  household_id: z.string(),
  household_size: z.number().describe('Of the household from now on'),
  household_ids: z.array(z.string()).describe('Every household that it is about'),
  person_ids: z.array(z.string()),
  assessed_again: z.number(),
})
const choice = z.object({ value: z.string(), label: text })
const reason = z.string().trim().min(3).max(2000)

const waiting = createRoute({
  method: 'get',
  path: '/api/monitor/changes',
  ...guarded('monitor.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({ area_code: z.string(), limit: z.coerce.number().int().min(1).max(500).default(100) }),
  },
  responses: {
    200: answers(
      z.object({
        total: z.number(),
        relations: z.array(choice).describe('What somebody may be to the head, as on the card'),
        sexes: z.array(choice),
        items: z.array(
          z.object({
            change_id: z.string(),
            household_id: z.string(),
            head_name: z.string(),
            area_code: z.string(),
            kind: z.string(),
            effect: z.enum(['died', 'left', 'joined']),
            happened_on: z.string(),
            detail: z.record(z.string(), z.unknown()),
            source: z.string(),
            recorded_at: z.string(),
            told_by: text.nullable(),
            plain: text.describe('What must have been seen before it is confirmed'),
            mine: z.boolean().describe('The asker may confirm it: his role may, and another person told it'),
          }),
        ),
      }),
      'Changes that were told and wait for somebody to confirm them, the oldest first',
    ),
  },
})

const confirm = createRoute({
  method: 'post',
  path: '/api/monitor/changes/{change_id}/confirm',
  ...guarded('monitor.confirm', 'write', area.entity('change', 'param.change_id')),
  request: {
    params: param,
    body: takes(
      z.object({
        person_id: z.string().optional().describe('Who died, left, or came from another household'),
        relation: z.string().min(1).max(60).optional().describe('Of who came from another household: to the head here'),
        member: z
          .object({
            name: z.string().trim().min(1).max(200),
            relation: z.string().min(1).max(60),
            sex: z.string().min(1).max(20),
            birth_date: z.iso.date(),
            national_id: z.string().trim().max(40).optional(),
          })
          .optional()
          .describe('Who came and is not in the register yet'),
        proof: reason.describe('What was seen: the paper and its number, or the visit'),
      }),
    ),
  },
  responses: { 200: answers(settled, 'The household as it is from now on') },
})

const refuse = createRoute({
  method: 'post',
  path: '/api/monitor/changes/{change_id}/refuse',
  ...guarded('monitor.confirm', 'write', area.entity('change', 'param.change_id')),
  request: { params: param, body: takes(z.object({ proof: reason.describe('What was found instead') })) },
  responses: { 200: answers(settled, 'Nothing has changed, and it waits no more') },
})

const take_back = createRoute({
  method: 'post',
  path: '/api/monitor/changes/{change_id}/take-back',
  ...guarded('monitor.confirm', 'write', area.entity('change', 'param.change_id')),
  request: { params: param, body: takes(z.object({ reason })) },
  responses: { 200: answers(settled, 'The household as it was before') },
})

export const confirmRoutes = room()
  .openapi(waiting, async (c) => {
    const { area_code, limit } = c.req.valid('query')
    const { tx, actor, pack } = c.var
    permit(actor, 'monitor.read', area_code)
    const place = await placeInCounty(tx, area_code)
    const kinds = [...new Set(pack.changes.map((change) => change.kind))]
    const rows = await overCounty(c, place.county_code, () => waitingChanges(tx, place, kinds, limit))
    const names = await namesOf(
      tx,
      rows.map((row) => row.account_id),
    )
    const items = rows.flatMap(({ total: _, account_id, ...row }) => {
      const does = memberChangeOf(pack, row.kind, row.happened_on)
      if (!does) return []
      const mine = does.confirmed_by.includes(actor.role) && account_id !== actor.account_id
      return [{ ...row, effect: does.effect, plain: does.plain, told_by: nameIn(names, account_id), mine }]
    })
    const book = rulebookOf(pack)
    const [relations, sexes] = [memberChoices(book, 'relation'), memberChoices(book, 'sex')]
    return c.json({ total: (rows[0]?.total ?? 0) - (rows.length - items.length), relations, sexes, items }, 200)
  })
  .openapi(confirm, async (c) =>
    c.json(await confirmChange(c, c.req.valid('param').change_id, c.req.valid('json')), 200),
  )
  .openapi(refuse, async (c) =>
    c.json(await refuseChange(c, c.req.valid('param').change_id, c.req.valid('json').proof), 200),
  )
  .openapi(take_back, async (c) =>
    c.json(await takeChangeBack(c, c.req.valid('param').change_id, c.req.valid('json').reason), 200),
  )
