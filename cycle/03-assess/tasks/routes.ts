import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { mustDiffer, permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { rulebookOf } from '#packs/rulebook.ts'
import { auditMany } from '#registry/audit/audit.ts'
import { states } from '#registry/tables/states.ts'
import { askOf, askSchema, indicatorSchema, indicatorsShown, text, vetoesShown, vetoSchema } from '../shapes.ts'
import { countOf, cursorOf, decide, followUps, followUpsByArea, verifications, verificationsById } from './store.ts'

/** A decision may be taken back this long by whoever made it: the screen offers a minute, the rest is the way there. */
const UNDO_MS = 2 * 60_000

const page = {
  area_code: z.string(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  after: z.string().optional().describe('`next` of the page before'),
}

const followUpList = createRoute({
  method: 'get',
  path: '/api/assess/follow-ups',
  ...guarded('assess.read', 'read', area.of('query.area_code')),
  request: { query: z.object({ ...page, state: z.enum(states['follow_up.state']).default('open') }) },
  responses: {
    200: answers(
      z.object({
        total: z.number(),
        by_area: z
          .array(z.object({ area_code: z.string(), name: text, count: z.number() }))
          .describe('By village: what lies in an area of the finest level counts to the village above it'),
        next: z.string().nullable(),
        items: z.array(
          z.object({
            follow_up_id: z.string(),
            household_id: z.string(),
            area_code: z.string(),
            head_name: z.string(),
            members: z.array(z.string()),
            fields: z.array(z.string()),
            ask: z.array(askSchema),
            reason: z.array(z.object({ indicator: z.string(), label: text, followup: text })),
            state: z.enum(states['follow_up.state']),
            created_at: z.string(),
            done_at: z.string().nullable(),
          }),
        ),
      }),
      'Answers still to be asked for, by household',
    ),
  },
})

const verificationList = createRoute({
  method: 'get',
  path: '/api/assess/verifications',
  ...guarded('assess.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      ...page,
      state: z.enum(states['verification.state']).default('open'),
    }),
  },
  responses: {
    200: answers(
      z.object({
        total: z.number(),
        next: z.string().nullable(),
        items: z.array(
          z.object({
            verification_id: z.string(),
            household_id: z.string(),
            area_code: z.string(),
            head_name: z.string(),
            members: z.array(z.string()),
            household_size: z.number().nullable(),
            net_income_per_capita: z.number().nullable(),
            score: z.number().nullable(),
            surveyed_on: z.string().nullable(),
            surveyor_name: z.string().nullable(),
            mine: z.boolean().describe('The reader surveyed this household and may not decide'),
            indicators: z.array(indicatorSchema.extend({ ask: z.array(askSchema) })),
            vetoes: z.array(vetoSchema),
            state: z.enum(states['verification.state']),
            created_at: z.string(),
            decided_at: z.string().nullable(),
            note: z.string().nullable(),
          }),
        ),
      }),
      'Households a person must look at before anything is decided, with what is known of them',
    ),
  },
})

const verify = createRoute({
  method: 'post',
  path: '/api/assess/verifications',
  ...guarded('assess.verify', 'write', area.entity('verification', 'json.decisions[].verification_id')),
  request: {
    body: takes(
      z.object({
        decisions: z
          .array(
            z.object({
              verification_id: z.string(),
              decision: z
                .enum(['confirmed_poor', 'confirmed_not_poor', 'undo'])
                .describe('undo: by whoever decided, within two minutes'),
              note: z.string().trim().min(1).max(4000),
            }),
          )
          .min(1)
          .max(2000),
      }),
    ),
  },
  responses: { 200: answers(z.object({ decided: z.number() }), 'Decided by a person, with a note') },
})

function nextOf<Item extends { household_id: string }>(
  items: readonly Item[],
  limit: number,
  id: (item: Item) => string,
) {
  const last = items.at(-1)
  return last !== undefined && items.length === limit ? cursorOf(last.household_id, id(last)) : null
}

export const taskRoutes = room()
  .openapi(followUpList, async (c) => {
    const { area_code, ...wanted } = c.req.valid('query')
    permit(c.var.actor, 'assess.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    const { count } = await countOf(c.var.tx, 'follow_up', place, wanted.state)
    const rows = await followUps(c.var.tx, place, wanted)
    const { pack } = c.var
    const village = pack.levels.find((each) => each.level === 'village') ?? pack.levels.at(-1)
    const by_area = await followUpsByArea(c.var.tx, place, wanted.state, village?.code_length ?? 0)
    const items = rows.map((row) => ({
      ...row,
      ask: askOf(rulebookOf(pack), row.fields, row.members),
      reason: row.reason.map((each) => ({
        ...each,
        label: pack.indicators.find((indicator) => indicator.code === each.indicator)?.label ?? {},
      })),
    }))
    const next = nextOf(items, wanted.limit, (item) => item.follow_up_id)
    return c.json({ total: count, by_area, next, items }, 200)
  })
  .openapi(verificationList, async (c) => {
    const { area_code, ...wanted } = c.req.valid('query')
    const { pack, actor } = c.var
    const book = rulebookOf(pack)
    permit(actor, 'assess.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    const { count } = await countOf(c.var.tx, 'verification', place, wanted.state)
    const rows = await verifications(c.var.tx, place, wanted)
    const items = rows.map(({ surveyed_by, ...row }) => ({
      ...row,
      mine: surveyed_by !== null && surveyed_by === actor.account_id,
      indicators: indicatorsShown(pack, row.indicators).map((each) => ({
        ...each,
        ask: askOf(book, each.missing, row.members),
      })),
      vetoes: vetoesShown(book, row.vetoes),
    }))
    return c.json({ total: count, next: nextOf(items, wanted.limit, (item) => item.verification_id), items }, 200)
  })
  .openapi(verify, async (c) => {
    const { decisions } = c.req.valid('json')
    const { tx, actor, now } = c.var
    const { county_code } = await placeInCounty(tx, actor.area_code ?? '')
    const ids = decisions.map((each) => each.verification_id)
    if (new Set(ids).size < ids.length)
      throw problem('request_invalid', { detail: 'A verification is decided twice in one request.' })
    const known = new Map(
      (await verificationsById(tx, county_code, ids)).map((found) => [found.verification_id, found]),
    )
    const decided = decisions.map(({ verification_id, decision, note }) => {
      const found = known.get(verification_id)
      if (!found) throw problem('not_found', { detail: `There is no verification ${verification_id}.` })
      permit(actor, 'assess.verify', found.area_code)
      mustDiffer(actor, [found.surveyed_by], 'verification')
      const detail = `The verification of household ${found.household_id} is ${found.state}.`
      if (found.superseded_at !== null) throw problem('assess_superseded', { detail })
      if (decision !== 'undo') {
        if (found.state !== 'open') throw problem('already_done', { detail })
        return { verification_id, from: 'open' as const, state: decision, note }
      }
      const mine = found.decided_by === actor.account_id && found.decided_at !== null
      if (!mine || Date.parse(now) - Date.parse(found.decided_at ?? '') > UNDO_MS)
        throw problem('assess_undo_too_late', { detail })
      return { verification_id, from: found.state, state: 'open' as const, note: null }
    })
    const written = await decide(tx, county_code, decided, { now, account_id: actor.account_id })
    // Somebody else decided between the reading and the writing: all of it is taken back.
    if (written < decided.length) throw problem('already_done', { detail: 'Somebody else was quicker.' })
    // The note stays with the verification: people write names and numbers into notes.
    await auditMany(
      tx,
      decided.map(({ verification_id, state }) => ({
        county_code,
        action: 'assess.verify',
        subject_kind: 'verification',
        subject_id: verification_id,
        household_id: known.get(verification_id)?.household_id ?? null,
        detail: { state },
      })),
    )
    return c.json({ decided: decided.length }, 200)
  })
