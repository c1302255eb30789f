import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeInCounty } from '#door/permit/area.ts'
import type { Entered } from '#door/context.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { room } from '#door/room.ts'
import { transactRead, type ReadTx } from '#registry/transaction.ts'
import { states } from '#registry/tables/states.ts'
import { paceOf } from './answers.ts'
import { answer, loadReview, restoreLink, secondOf, seeCounty, takeAnswerBack, withdrawLink } from './decide.ts'
import { answersIn, answersTo } from '../store/answers.ts'
import { undoLinkOf } from '../store/links.ts'
import { cardOf, contextOf, householdById } from '../store/read.ts'
import { countReviews, countWaiting, listReviews } from '../store/review.ts'
import { settingOf } from '../store/settings.ts'

const item = z.object({
  review_id: z.string(),
  area_code: z.string(),
  kind: z.string(),
  state: z.enum(states['match_review.state']),
  left_id: z.string(),
  left_household_id: z.string().nullable(),
  left_head_name: z.string().nullable(),
  right_household_id: z.string(),
  right_head_name: z.string().nullable(),
  match_weight: z.number(),
  match_probability: z.number(),
  created_at: z.string(),
  decided_at: z.string().nullable(),
  note: z.string().nullable(),
  second_drawn: z.boolean().describe('Put to two reviewers, so that their agreement is known'),
  undo_asked: z.boolean().describe('Somebody asks to take the decision back; another person must agree'),
  answers: z.number().describe('Answers so far; what they say is not shown before the question is decided'),
})

const list = createRoute({
  method: 'get',
  path: '/api/match/reviews',
  ...guarded('match.read', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      state: z.enum(['open', 'accepted', 'rejected', 'unsure', 'waiting']).default('open'),
      limit: z.coerce.number().int().min(1).max(500).default(100),
      after: z.string().optional(),
    }),
  },
  responses: {
    200: answers(
      z.object({
        items: z.array(item),
        next: z.string().optional(),
        total: z.number(),
        left: z.number(),
        waiting: z.number().describe('Undecided, not answered by the caller yet, of no household the caller surveyed'),
        per_answer: z.number().nullable().describe('Seconds an answer has taken so far: the median'),
        counts: z.record(z.string(), z.number()),
      }),
      'Questions for a person, the likeliest first; `left` counts the undecided ones, `waiting` those for the caller',
    ),
  },
})

const member = z.object({
  key: z.string(),
  person_id: z.string().nullable(),
  name: z.string(),
  relation: z.string().nullable(),
  sex: z.string().nullable(),
  birth_date: z.string().nullable(),
  national_id: z.string().nullable(),
})

const card = z.object({
  instance_id: z.string(),
  household_id: z.string().nullable(),
  area_code: z.string(),
  surveyed_on: z.string().nullable(),
  surveyor_name: z.string().nullable(),
  phone: z.string().nullable(),
  address: z.string().nullable(),
  household_size: z.number(),
  members: z.array(member),
})

const pair = z.object({
  left: z.string(),
  right: z.string(),
  steps: z.array(z.object({ comparison: z.string(), level: z.string().nullable(), weight: z.number() })),
  match_weight: z.number(),
  exact: z.boolean(),
  vetoed: z.boolean(),
  sure: z.boolean(),
})

const household = z.object({
  household_id: z.string(),
  area_code: z.string(),
  head_name: z.string(),
  state: z.enum(states['match_review.state']),
  registered: z.boolean().describe('On the register of the poor'),
  members: z.number(),
  left: z.number().describe('Persons who were on an earlier card and are not on the last'),
  other_questions: z.number(),
  cards: z.array(
    z.object({
      instance_id: z.string(),
      surveyed_on: z.string().nullable(),
      surveyor_name: z.string().nullable(),
      household_size: z.number(),
      method: z.enum(states['link.method']),
    }),
  ),
})

const detail = createRoute({
  method: 'get',
  path: '/api/match/reviews/{review_id}',
  ...guarded('match.read', 'by hand', area.entity('review', 'param.review_id')),
  request: { params: z.object({ review_id: z.string() }) },
  responses: {
    200: answers(
      z.object({
        review: item.extend({
          right_person_id: z.string().nullable(),
          surveyed_by_me: z.boolean(),
          answered_by_me: z.boolean(),
          second: z.enum(['registered', 'drawn']).nullable().describe('Why one answer is not enough'),
        }),
        bands: z.object({ accept: z.number(), review: z.number() }),
        households: z.array(household).describe('What else is known of the households, the left one first'),
        left: card.nullable(),
        right: card.nullable(),
        pairs: z.array(pair),
        undo_link_id: z.string().nullable(),
      }),
      'Both households side by side, and the weight of every pair of members step by step',
    ),
  },
})

const decide = createRoute({
  method: 'post',
  path: '/api/match/reviews/{review_id}',
  ...guarded('match.review', 'by hand', area.entity('review', 'param.review_id')),
  request: {
    params: z.object({ review_id: z.string() }),
    body: takes(z.object({ decision: z.enum(states['match_review.state']), note: z.string().max(2000).optional() })),
  },
  responses: {
    200: answers(
      z.object({
        review_id: z.string(),
        state: z.string(),
        awaiting: z.boolean().describe('Another person must answer too before anything happens'),
        kept: z.string().nullable(),
        gone: z.string().nullable(),
        links: z.number(),
      }),
      'What was decided, and which household went into which; `open` takes a decision back',
    ),
  },
})

const withdrawal = createRoute({
  method: 'post',
  path: '/api/match/links/{link_id}/withdraw',
  ...guarded('match.review', 'by hand', area.entity('link', 'param.link_id')),
  request: {
    params: z.object({ link_id: z.string() }),
    body: takes(z.object({ reason: z.string().min(1).max(2000) })),
  },
  responses: {
    200: answers(
      z.object({ withdrawn: z.number(), restored: z.number(), household_ids: z.array(z.string()) }),
      'How many links were withdrawn, how many earlier ones stand again, and whose households changed',
    ),
  },
})

const restoration = createRoute({
  method: 'post',
  path: '/api/match/links/{link_id}/restore',
  ...guarded('match.review', 'by hand', area.entity('link', 'param.link_id')),
  request: {
    params: z.object({ link_id: z.string() }),
    body: takes(z.object({ reason: z.string().min(1).max(2000) })),
  },
  responses: {
    200: answers(
      z.object({ withdrawn: z.number(), restored: z.number(), household_ids: z.array(z.string()) }),
      'The withdrawal of a link taken back: what was withdrawn with it stands again',
    ),
  },
})

async function detailOf(c: Entered, tx: ReadTx, review_id: string) {
  const { registry, pack, actor, later } = c.var
  const review = await loadReview(c, tx, review_id)
  const { county_code, evidence, surveyed_by, ...shown } = review
  const right = await householdById(tx, review.right_household_id)
  const show = (instance_id: string) => cardOf(tx, registry.keys, pack.personal_fields, { county_code, instance_id })
  const pairs = (evidence['pairs'] ?? []) as z.infer<typeof pair>[]
  // The card that was compared, where it was a card and not a household that stood.
  const compared = pairs.find((each) => each.right.includes('#'))?.right
  const right_id = compared?.slice(0, compared.lastIndexOf('#')) ?? right?.current_instance_id
  const given = await answersTo(tx, county_code, review_id)
  const ids = [...new Set([review.left_household_id ?? '', review.right_household_id])]
  const registered = await later.registered(tx, county_code, ids)
  const known = await contextOf(tx, county_code, ids, review_id)
  const { accept, review: from } = await settingOf(tx, county_code)
  const mine = (account_id: string | null) => account_id !== null && account_id === actor.account_id
  return {
    review: {
      ...shown,
      surveyed_by_me: surveyed_by.some(mine),
      answered_by_me: given.some((each) => mine(each.account_id)),
      second: await secondOf(c, tx, review),
    },
    bands: { accept, review: from },
    households: known.map((each) => ({ ...each, registered: registered.includes(each.household_id) })),
    left: await show(review.left_id),
    right: right_id === undefined ? null : await show(right_id),
    pairs,
    undo_link_id: await undoLinkOf(tx, county_code, review_id),
  }
}

export const reviewRoutes = room()
  .openapi(list, async (c) => {
    const { area_code, ...wish } = c.req.valid('query')
    permit(c.var.actor, 'match.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    const { tx, actor } = c.var
    const page = await listReviews(tx, place, { ...wish, account_id: actor.account_id })
    const counts = await countReviews(tx, place)
    const waiting = await countWaiting(tx, place, actor.account_id)
    return c.json(
      {
        ...page,
        total: wish.state === 'waiting' ? waiting : (counts[wish.state] ?? 0),
        left: (counts['open'] ?? 0) + (counts['unsure'] ?? 0),
        waiting,
        per_answer: paceOf(await answersIn(tx, place)),
        counts,
      },
      200,
    )
  })
  .openapi(detail, async (c) => {
    const { review_id } = c.req.valid('param')
    const { registry, actor } = c.var
    const { county_code } = await transactRead(registry, actor, (tx) => loadReview(c, tx, review_id))
    return c.json(await seeCounty(c, county_code, (tx) => detailOf(c, tx, review_id)), 200)
  })
  .openapi(decide, async (c) => {
    const { review_id } = c.req.valid('param')
    const { decision, note } = c.req.valid('json')
    const done =
      decision === 'open'
        ? await takeAnswerBack(c, review_id, note ?? '')
        : await answer(c, review_id, decision, note ?? null)
    return c.json({ review_id, ...done }, 200)
  })
  .openapi(withdrawal, async (c) => {
    const { link_id } = c.req.valid('param')
    const { reason } = c.req.valid('json')
    return c.json(await withdrawLink(c, link_id, reason), 200)
  })
  .openapi(restoration, async (c) => {
    const { link_id } = c.req.valid('param')
    const { reason } = c.req.valid('json')
    return c.json(await restoreLink(c, link_id, reason), 200)
  })
