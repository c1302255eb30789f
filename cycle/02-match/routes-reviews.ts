import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { placeInCounty } from '#door/area.ts'
import type { DoorEnv } from '#door/context.ts'
import { answers, guarded, takes } from '#door/enter.ts'
import { mustDiffer, permit } from '#door/permit.ts'
import { problem } from '#door/problems.ts'
import { room } from '#door/room.ts'
import { audit } from '#registry/audit.ts'
import { transact, type Tx } from '#registry/transaction.ts'
import { mergeHouseholds, takeBack, takeForHolder, withdraw } from './merge.ts'
import type { Opening } from './store-load.ts'
import { linkById, undoLinkOf } from './store-links.ts'
import { cardOf, householdById } from './store-read.ts'
import { countReviews, decideReview, listReviews, reviewOf, type Review } from './store-review.ts'
import type { Stamp } from './store-write.ts'

const item = z.object({
  review_id: z.string(),
  area_code: z.string(),
  kind: z.string(),
  state: z.string(),
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
})

const list = createRoute({
  method: 'get',
  path: '/api/match/reviews',
  ...guarded('match.read', 'read'),
  request: {
    query: z.object({
      area_code: z.string(),
      state: z.enum(['open', 'accepted', 'rejected', 'unsure']).default('open'),
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
        counts: z.record(z.string(), z.number()),
      }),
      'Questions for a person, the likeliest first; `left` counts those without an answer',
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

const detail = createRoute({
  method: 'get',
  path: '/api/match/reviews/{review_id}',
  ...guarded('match.read', 'read'),
  request: { params: z.object({ review_id: z.string() }) },
  responses: {
    200: answers(
      z.object({
        review: item.extend({ right_person_id: z.string().nullable(), surveyed_by_me: z.boolean() }),
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
  ...guarded('match.review', 'by hand'),
  request: {
    params: z.object({ review_id: z.string() }),
    body: takes(
      z.object({ decision: z.enum(['accepted', 'rejected', 'unsure', 'open']), note: z.string().max(2000).optional() }),
    ),
  },
  responses: {
    200: answers(
      z.object({
        review_id: z.string(),
        state: z.string(),
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
  ...guarded('match.review', 'by hand'),
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

/**
 * A transaction over the whole county, for who may act at the place of the thing: what a household is follows from all
 * its links, also those made in the next township, which row-level security would hide.
 */
function inCounty<T>(c: Context<DoorEnv>, county_code: string, work: (tx: Tx, about: About) => Promise<T>) {
  const { registry, actor, pack, now } = c.var
  const opening = { keys: registry.keys, scheme: pack.national_id, county_code, card_form: pack.card_form }
  const stamp = { county_code, run_id: null, account_id: actor.account_id, now }
  return transact(registry, { ...actor, scope: [county_code] }, (tx) => work(tx, { opening, stamp }))
}

interface About {
  opening: Opening
  stamp: Stamp
}

async function loadReview(c: Context<DoorEnv>, tx: Tx, review_id: string): Promise<Review> {
  const review = await reviewOf(tx, review_id)
  if (!review) throw problem('not_found', { detail: `There is no question ${review_id}.` })
  permit(c.var.actor, 'match.read', review.area_code)
  return review
}

async function act(tx: Tx, about: About, review: Review, note: string) {
  const nothing = { kept: null, gone: null, links: 0 }
  const { review_id, left_household_id: left, right_household_id: right } = review
  const kind = String(review.evidence['kind'])
  if (kind === 'number_held_elsewhere') return nothing
  if (kind === 'number_held') {
    const person_id = review.right_person_id ?? ''
    const links = await takeForHolder(tx, about.opening, about.stamp, {
      review_id,
      member: String(review.evidence['left']),
      person_id,
      note,
    })
    return { ...nothing, links }
  }
  if (left === null || left === right) {
    throw problem('match_review_stale', { detail: 'The submission is no longer linked, or to the same household.' })
  }
  return await mergeHouseholds(tx, about.opening, about.stamp, { review_id, households: [left, right], note })
}

export const reviewRoutes = room()
  .openapi(list, async (c) => {
    const { area_code, ...wish } = c.req.valid('query')
    permit(c.var.actor, 'match.read', area_code)
    const place = await placeInCounty(c.var.tx, area_code)
    const page = await listReviews(c.var.tx, place, wish)
    const counts = await countReviews(c.var.tx, place)
    return c.json(
      { ...page, total: counts[wish.state] ?? 0, left: (counts['open'] ?? 0) + (counts['unsure'] ?? 0), counts },
      200,
    )
  })
  .openapi(detail, async (c) => {
    const { review_id } = c.req.valid('param')
    const { tx, registry, pack, actor } = c.var
    const review = await loadReview(c, tx, review_id)
    const { county_code, evidence, surveyed_by, ...shown } = review
    const right = await householdById(tx, review.right_household_id)
    const show = (instance_id: string) => cardOf(tx, registry.keys, pack.personal_fields, { county_code, instance_id })
    const pairs = (evidence['pairs'] ?? []) as z.infer<typeof pair>[]
    // The card that was compared, where it was a card and not a household that stood.
    const compared = pairs.find((each) => each.right.includes('#'))?.right
    const right_id = compared?.slice(0, compared.lastIndexOf('#')) ?? right?.current_instance_id
    const surveyed_by_me = actor.account_id !== null && surveyed_by.includes(actor.account_id)
    return c.json(
      {
        review: { ...shown, surveyed_by_me },
        left: await show(review.left_id),
        right: right_id === undefined ? null : await show(right_id),
        pairs,
        undo_link_id: await undoLinkOf(tx, county_code, review_id),
      },
      200,
    )
  })
  .openapi(decide, async (c) => {
    const { review_id } = c.req.valid('param')
    const { decision, note } = c.req.valid('json')
    const { actor, registry, now } = c.var
    const county_code = await transact(registry, actor, async (tx) => (await loadReview(c, tx, review_id)).county_code)
    const done = await inCounty(c, county_code, async (tx, about) => {
      const review = await loadReview(c, tx, review_id)
      permit(actor, 'match.review', review.area_code)
      mustDiffer(actor, review.surveyed_by, 'deciding who is who')
      if (decision === 'open') {
        const taken = await takeBack(tx, about.opening, about.stamp, review_id, note ?? '')
        await audit(tx, {
          county_code,
          action: 'match.review',
          subject_kind: 'match_review',
          subject_id: review_id,
          household_id: review.right_household_id,
          detail: { decision, was: review.state, ...taken },
        })
        return { kept: null, gone: null, links: taken.withdrawn }
      }
      const decided = { review_id, state: decision, note: note ?? null, now, account_id: actor.account_id }
      if (!(await decideReview(tx, county_code, decided))) {
        throw problem('match_review_decided', { detail: `It is ${review.state}.` })
      }
      const result =
        decision === 'accepted' ? await act(tx, about, review, note ?? '') : { kept: null, gone: null, links: 0 }
      await audit(tx, {
        county_code,
        action: 'match.review',
        subject_kind: 'match_review',
        subject_id: review_id,
        household_id: review.right_household_id,
        detail: { decision, kind: review.kind, left_household_id: review.left_household_id, ...result },
      })
      return result
    })
    return c.json({ review_id, state: decision, ...done }, 200)
  })
  .openapi(withdrawal, async (c) => {
    const { link_id } = c.req.valid('param')
    const { reason } = c.req.valid('json')
    const { actor, registry } = c.var
    const found = await transact(registry, actor, (tx) => linkById(tx, link_id))
    if (!found) throw problem('not_found', { detail: `There is no link ${link_id}.` })
    permit(actor, 'match.review', found.area_code)
    const { county_code } = found
    const done = await inCounty(c, county_code, async (tx, about) => {
      const link = await linkById(tx, link_id)
      if (!link || link.withdrawn_at !== null) throw problem('match_link_withdrawn')
      const result = await withdraw(tx, about.opening, about.stamp, link, reason)
      await audit(tx, {
        county_code,
        action: 'match.withdraw',
        subject_kind: 'link',
        subject_id: link_id,
        household_id: link.household_id,
        detail: { reason, left_kind: link.left_kind, ...result },
      })
      return result
    })
    return c.json(done, 200)
  })
