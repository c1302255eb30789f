// Links that no person was asked about are checked by sample: without it, nobody knows how many of them are wrong.
import { randomUUID } from 'node:crypto'
import { probabilityOf } from '#engines/linkage/model/model.ts'
import { scorer } from '#engines/linkage/score.ts'
import type { Place } from '#door/permit/area.ts'
import { problem } from '#door/problems.ts'
import type { Tx } from '#registry/transaction.ts'
import { judge, recordOf } from '../run/candidates.ts'
import type { Card } from '../run/cards.ts'
import type { About } from './decide.ts'
import { reviewEvidence } from '../run/evidence.ts'
import { judgeCards } from '../run/households.ts'
import { bandsOf } from '../run/plan.ts'
import { openChecks, uncheckedLinks } from '../store/checks.ts'
import { lastModel, visitsById } from '../store/load.ts'
import { insertReviews, type ReviewValues } from '../store/write.ts'

/**
 * Put automatic links of a place before a person until `links` of them wait, drawn by hash. Each becomes a question of the kind
 * `check`: is the card rightly linked to its household? Throws `match_no_model` before the first run.
 */
export async function drawChecks(
  tx: Tx,
  { opening, stamp }: About,
  place: Place & { county_code: string },
  links: number,
): Promise<number> {
  const model = await lastModel(tx, opening)
  if (!model) throw problem('match_no_model')
  // Drawn and not looked at yet counts: asked for twenty twice at once, twenty wait, not forty.
  const waiting = await openChecks(tx, place)
  const drawn = await uncheckedLinks(tx, place, Math.max(0, links - waiting))
  const visits = await visitsById(tx, opening, [...new Set(drawn.flatMap((each) => [each.left_id, each.other_id]))])
  const card_of = new Map<string, Card>(visits.map((visit) => [visit.card_id, visit]))
  const score = scorer(model)
  const rows = drawn.flatMap(({ left_id, other_id, household_id, area_code }): ReviewValues[] => {
    const [left, right] = [card_of.get(left_id), card_of.get(other_id)]
    if (!left || !right) return []
    const pairs = left.people.flatMap((a) =>
      right.people.map((b) => {
        const scored = score(recordOf(a, left), recordOf(b, right))
        return judge(a, b, { weight: scored.match_weight, levels: scored.levels }, model)
      }),
    )
    const pair = judgeCards(left, right, pairs, bandsOf(model))
    // Each with each holds many pairs that nobody would look at: those that are likely, and the best one.
    const shown = { ...pair, chosen: pair.chosen.filter((each, index) => index === 0 || each.total >= 0) }
    return [
      {
        review_id: randomUUID(),
        area_code,
        left_kind: 'submission',
        left_id,
        right_household_id: household_id,
        right_person_id: null,
        match_weight: pair.strength,
        match_probability: probabilityOf(pair.strength),
        decisive: pair.decisive,
        evidence: reviewEvidence('check', shown, left.card_id, { model, pairs: [], frequencies: {}, scored: 0 }),
      },
    ]
  })
  // A check is of links, not of reviewers: one answer is enough.
  await insertReviews(tx, stamp, rows, 0)
  return rows.length
}
