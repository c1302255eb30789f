// What people decide: two households are one after all, or a member is the person who holds a number. Links are withdrawn
// and made anew; what households and persons are follows from those that remain. How it is taken back: undo.ts.
import { randomUUID } from 'node:crypto'
import { scorer } from '#engines/linkage/score.ts'
import { problem } from '#door/problems.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { judge, modelFor, recordOf } from '../run/candidates.ts'
import { instanceOf, type Card } from '../run/cards.ts'
import { judgeCards } from '../run/households.ts'
import { personsOf } from '../run/persons.ts'
import { bandsOf } from '../run/plan.ts'
import { refold } from '../store/refold.ts'
import { householdCard, lastModel, type Opening } from '../store/load.ts'
import { linksOfHousehold, linksOfMembers, linksOfPersons, withdrawLinks, type LinkRow } from '../store/links.ts'
import { settleNumbers } from '../store/numbers.ts'
import { insertLinks, type LinkValues, type Stamp } from '../store/write.ts'

/** What a link says, without where it stands. */
export function valuesOf(link: LinkRow): LinkValues {
  const { county_code: _county_code, withdrawn_at: _withdrawn_at, withdrawn_with: _withdrawn_with, ...values } = link
  return values
}

/** A link made in place of another by a decision; `replaces` lets the decision be undone exactly. */
export function remade(
  link: LinkRow,
  review_id: string,
  to: { household_id?: string; person_id?: string },
): LinkValues {
  const values = valuesOf(link)
  return {
    ...values,
    ...to,
    link_id: randomUUID(),
    method: 'review',
    band: 'reviewed',
    evidence: { review_id, replaces: link.link_id },
  }
}

const by = (stamp: Stamp, review: { review_id: string }) => ({
  now: stamp.now,
  account_id: stamp.account_id,
  act: review.review_id,
})

/** Which of the persons on `gone` are persons on `kept`, compared each with each at the odds of one household. */
export async function samePersons(tx: ReadTx, opening: Opening, kept: Card, gone: Card): Promise<Map<string, string>> {
  const model = (await lastModel(tx, opening)) ?? modelFor(opening.scheme)
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
    { ...by(stamp, review), reason: `review ${review.review_id}: ${review.note}` },
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
  // Where no other card names him he was nobody else: what the lists say of him they say of the holder.
  const others = await linksOfPersons(tx, county_code, 'member', [mine.person_id ?? ''])
  const records = others.length > 1 ? [] : await linksOfPersons(tx, county_code, 'record', [mine.person_id ?? ''])
  const old = [mine, ...records]
  await withdrawLinks(
    tx,
    county_code,
    old.map((link) => link.link_id),
    { ...by(stamp, review), reason: `review ${review.review_id}: ${review.note}` },
  )
  const links = old.map((link) => remade(link, review.review_id, { person_id: review.person_id }))
  await insertLinks(tx, stamp, links)
  const household_ids = await settle(tx, opening, stamp, [mine.household_id ?? ''], old, links)
  return { links: links.length, household_ids }
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
    { ...by(stamp, review), reason: `check ${review.review_id}: ${review.note}` },
  )
  return { links: all.length, household_ids: await settle(tx, opening, stamp, [review.household_id], all) }
}

/** Set anew whom these links name, and who holds their numbers. Returns the households that are other than before. */
export async function settle(
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
  await settleNumbers(tx, stamp, done.claims, done.person_ids)
  return done.household_ids
}
