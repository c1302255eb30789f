// What people decide: two households are one after all, or a link was wrong. Links are withdrawn and made anew; what
// households and persons are follows from those that remain.
import { randomUUID } from 'node:crypto'
import { scorer } from '#engines/linkage/score.ts'
import { problem } from '#door/problems.ts'
import type { Tx } from '#registry/transaction.ts'
import { judge, modelFor, recordOf } from './candidates.ts'
import { instanceOf, type Card } from './cards.ts'
import { judgeCards } from './households.ts'
import { personsOf } from './persons.ts'
import { bandsOf } from './plan.ts'
import { refold } from './store-refold.ts'
import { householdCard, lastModel, type Opening } from './store-load.ts'
import {
  linkedAgain,
  linksById,
  linksOfHousehold,
  linksOfMembers,
  linksOfPersons,
  linksOfReview,
  linksPartedBy,
  partedBy,
  restsOn,
  withdrawLinks,
  type LinkRow,
} from './store-links.ts'
import { withdrawAnswers } from './store-answers.ts'
import { reopenReview } from './store-review.ts'
import { claimNumbers, insertLinks, insertPersons, type LinkValues, type Stamp } from './store-write.ts'

/** A link made in place of another by a decision; `replaces` lets the decision be undone exactly. */
function remade(link: LinkRow, review_id: string, to: { household_id?: string; person_id?: string }): LinkValues {
  const { county_code: _county_code, withdrawn_at: _withdrawn_at, ...values } = link
  return {
    ...values,
    ...to,
    link_id: randomUUID(),
    method: 'review',
    band: 'reviewed',
    evidence: { review_id, replaces: link.link_id },
  }
}

/** Which of the persons on `gone` are persons on `kept`, compared each with each at the odds of one household. */
export async function samePersons(tx: Tx, opening: Opening, kept: Card, gone: Card): Promise<Map<string, string>> {
  const model = (await lastModel(tx, opening.county_code)) ?? modelFor(opening.scheme)
  const score = scorer(model)
  const pairs = gone.people.flatMap((left) =>
    kept.people.map((right) => {
      const scored = score(recordOf(left, gone), recordOf(right, kept))
      return judge(left, right, { weight: scored.match_weight, levels: scored.levels }, model)
    }),
  )
  const bands = bandsOf(model)
  const between = judgeCards(gone, kept, pairs, bands)
  const persons = personsOf([kept, { ...gone, kind: 'visit' }], () => between, { model, score, review: bands.review })
  return new Map(
    persons.flatMap((person) =>
      person.known
        ? person.listings.slice(1).map((each): [string, string] => [each.someone.key, person.person_id])
        : [],
    ),
  )
}

/**
 * Merge two households on the word of a reviewer: the younger number goes, its submissions, members and records move to
 * the older one. Returns which went into which, and every household that is other than before.
 */
export async function mergeHouseholds(
  tx: Tx,
  opening: Opening,
  stamp: Stamp,
  review: { review_id: string; households: [string, string]; note: string; by_code?: boolean },
): Promise<{ kept: string; gone: string; links: number; household_ids: string[] }> {
  const { county_code } = opening
  const [kept, gone] = review.households.toSorted() as [string, string]
  // A card that carries the number of a household without any card is that household's again.
  const states = review.by_code ? ['active', 'gone'] : ['active']
  const kept_card = await householdCard(tx, opening, kept, states)
  const gone_card = await householdCard(tx, opening, gone)
  if (!kept_card || !gone_card) {
    throw problem('match_review_stale', { detail: `One of ${kept} and ${gone} is no longer active.` })
  }
  const same = await samePersons(tx, opening, kept_card, gone_card)
  const of_household = await linksOfHousehold(tx, county_code, gone)
  const elsewhere = await linksOfPersons(tx, county_code, 'member', [...same.keys()])
  const records = await linksOfPersons(tx, county_code, 'record', [...same.keys()])
  const old = [...new Map([...of_household, ...elsewhere, ...records].map((link) => [link.link_id, link])).values()]
  await withdrawLinks(
    tx,
    county_code,
    old.map((link) => link.link_id),
    { now: stamp.now, account_id: stamp.account_id, reason: `review ${review.review_id}: ${review.note}` },
  )
  const links = old.map((link) => {
    const person_id = link.person_id === null ? undefined : same.get(link.person_id)
    return remade(link, review.review_id, {
      ...(link.household_id === gone ? { household_id: kept } : {}),
      ...(person_id === undefined ? {} : { person_id }),
    })
  })
  await insertLinks(tx, stamp, links)
  const household_ids = await settle(tx, opening, stamp, [kept, gone], old, links)
  return { kept, gone, links: links.length, household_ids }
}

/** The member is the person who holds the number already: only that member's link changes. */
export async function takeForHolder(
  tx: Tx,
  opening: Opening,
  stamp: Stamp,
  review: { review_id: string; member: string; person_id: string; note: string },
): Promise<{ links: number; household_ids: string[] }> {
  const { county_code } = opening
  const instance = instanceOf(review.member)
  const [mine] = (await linksOfMembers(tx, county_code, instance)).filter((link) => link.left_id === review.member)
  if (!mine || mine.person_id === review.person_id) {
    throw problem('match_review_stale', { detail: 'The member has another link by now.' })
  }
  await withdrawLinks(tx, county_code, [mine.link_id], {
    now: stamp.now,
    account_id: stamp.account_id,
    reason: `review ${review.review_id}: ${review.note}`,
  })
  const link = remade(mine, review.review_id, { person_id: review.person_id })
  await insertLinks(tx, stamp, [link])
  const household_ids = await settle(tx, opening, stamp, [mine.household_id ?? ''], [mine], [link])
  return { links: 1, household_ids }
}

/**
 * A link that the machine made and a person was asked to check is wrong: the card leaves its household with its
 * members, and waits for the next run.
 */
export async function partCard(
  tx: Tx,
  opening: Opening,
  stamp: Stamp,
  review: { review_id: string; instance_id: string; household_id: string; note: string },
): Promise<{ links: number; household_ids: string[] }> {
  const { county_code } = opening
  const of_household = await linksOfHousehold(tx, county_code, review.household_id)
  const card = of_household.find((link) => link.left_kind === 'submission' && link.left_id === review.instance_id)
  if (!card) throw problem('match_review_stale', { detail: 'The card is no longer linked to this household.' })
  const all = [card, ...(await linksOfMembers(tx, county_code, review.instance_id))]
  await withdrawLinks(
    tx,
    county_code,
    all.map((link) => link.link_id),
    { now: stamp.now, account_id: stamp.account_id, reason: `${partedBy(review.review_id)} ${review.note}` },
  )
  return { links: all.length, household_ids: await settle(tx, opening, stamp, [review.household_id], all) }
}

async function settle(
  tx: Tx,
  opening: Opening,
  stamp: Stamp,
  household_ids: readonly string[],
  ...links: (readonly LinkValues[])[]
): Promise<string[]> {
  const person_ids = links.flat().flatMap((link) => link.person_id ?? [])
  const households = [...household_ids, ...links.flat().flatMap((link) => link.household_id ?? [])]
  const done = await refold(
    tx,
    opening,
    { household_ids: [...new Set(households)], person_ids: [...new Set(person_ids)] },
    stamp.now,
  )
  await claimNumbers(tx, opening.county_code, done.claims)
  return done.household_ids
}

export interface Withdrawn {
  withdrawn: number
  restored: number
  household_ids: string[]
}

/**
 * Withdraw a link. A submission takes its members with it, and waits for the next run, which will not put it back into
 * the same household. A member becomes a person of its own. A link that a review made takes the whole decision back:
 * everything stands as it did before, and the question is open again.
 */
export async function withdraw(
  tx: Tx,
  opening: Opening,
  stamp: Stamp,
  link: LinkRow,
  reason: string,
): Promise<Withdrawn> {
  const by = { now: stamp.now, account_id: stamp.account_id, reason }
  const { county_code } = opening
  const review_id = link.method === 'review' ? link.evidence['review_id'] : undefined
  if (typeof review_id === 'string') return await undoReview(tx, opening, stamp, review_id, by)
  const household_ids = link.household_id === null ? [] : [link.household_id]
  if (link.left_kind === 'record') {
    await withdrawLinks(tx, county_code, [link.link_id], by)
    // What the list said of this person counts no more, wherever he lives now.
    return { withdrawn: 1, restored: 0, household_ids: await settle(tx, opening, stamp, household_ids, [link]) }
  }
  if (link.left_kind === 'submission') {
    const members = await linksOfMembers(tx, county_code, link.left_id)
    const all = [link, ...members]
    await withdrawLinks(
      tx,
      county_code,
      all.map((each) => each.link_id),
      by,
    )
    const touched = await settle(tx, opening, stamp, household_ids, all)
    return { withdrawn: all.length, restored: 0, household_ids: touched }
  }
  const others = await linksOfPersons(tx, county_code, 'member', [link.person_id ?? ''])
  if (others.length < 2) {
    throw problem('match_link_only', { detail: 'No other card names this person: there is nobody to tell apart.' })
  }
  await withdrawLinks(tx, county_code, [link.link_id], by)
  const alone = { ...remade(link, '', { person_id: randomUUID() }), evidence: { apart_from: link.link_id } }
  await insertPersons(tx, stamp, [emptyPerson(alone)])
  await insertLinks(tx, stamp, [alone])
  const touched = await settle(tx, opening, stamp, household_ids, [link], [alone])
  return { withdrawn: 1, restored: 0, household_ids: touched }
}

/** The row of a person that `refold` fills in straight away. */
const emptyPerson = (link: LinkValues) => ({
  person_id: link.person_id ?? '',
  household_id: link.household_id ?? '',
  area_code: link.area_code,
  name: '',
  relation: null,
  sex: null,
  birth_date: null,
  national_id_sealed: null,
  national_id_hash: null,
  national_id_last4: null,
  national_id_valid: null,
  state: 'active',
})

/** Take a decision back, whatever it was: the links it made are withdrawn, those it replaced stand again. */
export function takeBack(
  tx: Tx,
  opening: Opening,
  stamp: Stamp,
  review_id: string,
  reason: string,
): Promise<Withdrawn> {
  return undoReview(tx, opening, stamp, review_id, { now: stamp.now, account_id: stamp.account_id, reason })
}

async function undoReview(
  tx: Tx,
  opening: Opening,
  stamp: Stamp,
  review_id: string,
  by: { now: string; account_id: string | null; reason: string },
): Promise<Withdrawn> {
  const { county_code } = opening
  const later = await restsOn(tx, county_code, review_id)
  if (later !== null) throw problem('match_review_built_on', { detail: `The later decision is ${later}.` })
  const made = await linksOfReview(tx, county_code, review_id)
  const parted = await linksPartedBy(tx, county_code, review_id)
  const again = await linkedAgain(
    tx,
    county_code,
    parted.map((link) => link.left_id),
  )
  if (again.length > 0) {
    throw problem('match_review_stale', { detail: 'A later run has linked the card elsewhere: withdraw that link.' })
  }
  const replaced = [
    ...parted,
    ...(await linksById(
      tx,
      county_code,
      made.flatMap((link) => (typeof link.evidence['replaces'] === 'string' ? link.evidence['replaces'] : [])),
    )),
  ]
  await withdrawLinks(
    tx,
    county_code,
    made.map((link) => link.link_id),
    by,
  )
  const restored = replaced.map(({ county_code: _county_code, withdrawn_at: _withdrawn_at, ...link }): LinkValues => ({
    ...link,
    link_id: randomUUID(),
    evidence: { ...link.evidence, restores: link.link_id },
  }))
  await insertLinks(tx, stamp, restored)
  const household_ids = await settle(tx, opening, stamp, [], made, restored)
  await withdrawAnswers(tx, { county_code, review_id }, null, stamp.now)
  await reopenReview(tx, county_code, review_id)
  return { withdrawn: made.length, restored: restored.length, household_ids }
}
