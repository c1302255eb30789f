// Taking back, to the letter: links are withdrawn, and those that stood before stand again. Nothing is worked out anew but
// what follows from the links that stand, so that the order in which things are taken back leaves no trace.
import { randomUUID } from 'node:crypto'
import { problem } from '#door/problems.ts'
import type { ReadTx, Tx } from '#registry/transaction.ts'
import { instanceOf } from '../run/cards.ts'
import { remade, settle, valuesOf } from './merge.ts'
import { withdrawAnswers } from '../store/answers.ts'
import {
  apartFrom,
  linksById,
  linksOfMembers,
  linksOfPersons,
  linksOfReview,
  notAccepted,
  replacedAmong,
  restsOn,
  standingOf,
  statesOf,
  withdrawLinks,
  withdrawnWith,
  type LinkRow,
  type Withdrawal,
} from '../store/links.ts'
import type { Opening } from '../store/load.ts'
import { reopenReview } from '../store/review.ts'
import { insertLinks, insertPersons, type LinkValues, type Stamp } from '../store/write.ts'

export interface Withdrawn {
  withdrawn: number
  restored: number
  household_ids: string[]
}

const reviewOf = (link: LinkRow): string | null => {
  const review_id = link.method === 'review' ? link.evidence['review_id'] : undefined
  return typeof review_id === 'string' && review_id !== '' ? review_id : null
}

/**
 * Withdraw a link. A submission takes its members with it, and waits for the next run, which will not put it back into
 * the same household. A member becomes a person of its own. A link that a review made takes the whole decision back:
 * everything stands as it did before, and the question is open again. `restore` takes any other withdrawal back.
 */
export async function withdraw(
  tx: Tx,
  opening: Opening,
  stamp: Stamp,
  link: LinkRow,
  reason: string,
): Promise<Withdrawn> {
  const { county_code } = opening
  const by = { now: stamp.now, account_id: stamp.account_id, reason, act: link.link_id }
  const review_id = reviewOf(link)
  if (review_id !== null) return await undoReview(tx, opening, stamp, review_id, { ...by, act: review_id })
  const before = link.evidence['apart_from']
  if (typeof before === 'string') {
    const [first] = await linksById(tx, county_code, [before])
    if (first) return await restore(tx, opening, stamp, first, reason)
  }
  const household_ids = link.household_id === null ? [] : [link.household_id]
  if (link.left_kind !== 'member') {
    const members = link.left_kind === 'submission' ? await linksOfMembers(tx, county_code, link.left_id) : []
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
  const person_id = randomUUID()
  const alone = { ...remade(link, '', { person_id }), evidence: { apart_from: link.link_id } }
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
  national_id_ending: null,
  national_id_valid: null,
  state: 'active',
})

/** As the link said it, standing again under a name of its own. */
const again = (link: LinkRow): LinkValues => ({
  ...valuesOf(link),
  link_id: randomUUID(),
  evidence: { ...link.evidence, restores: link.link_id },
})

/**
 * Take a withdrawal back: what was withdrawn with this link stands again, and nobody has said no to it any more. Throws
 * `match_link_decided` where a decision withdrew it (that is taken back where it was made), and `match_review_stale` or
 * `match_review_built_on` where something stands in its place by now.
 */
export async function restore(
  tx: Tx,
  opening: Opening,
  stamp: Stamp,
  link: LinkRow,
  reason: string,
): Promise<Withdrawn> {
  const { county_code } = opening
  if (link.withdrawn_at === null) throw problem('match_link_stands')
  const act = link.withdrawn_with ?? link.link_id
  const [head] = await linksById(tx, county_code, [act])
  if (!head) throw problem('match_link_decided', { detail: `It was withdrawn by the decision on the question ${act}.` })
  const alone = await apartFrom(tx, county_code, act)
  const gone = await asDecided(tx, county_code, await withdrawnWith(tx, county_code, act))
  if (gone.length === 0) throw problem('match_link_stands')
  const states = await statesOf(
    tx,
    county_code,
    gone.flatMap((each) => each.household_id ?? []),
  )
  const merged = [...states].find(([, state]) => state === 'merged')
  if (merged) throw problem('match_review_built_on', { detail: `${merged[0]} was merged into another since.` })
  return await exchange(tx, opening, stamp, alone, gone, {
    now: stamp.now,
    account_id: stamp.account_id,
    reason,
    act,
  })
}

/** Withdraws what stands and makes what was withdrawn stand again, where it may. */
async function exchange(
  tx: Tx,
  opening: Opening,
  stamp: Stamp,
  stands: readonly LinkRow[],
  gone: readonly LinkRow[],
  by: Withdrawal,
): Promise<Withdrawn> {
  const { county_code } = opening
  await mayStand(tx, county_code, gone, stands)
  await withdrawLinks(
    tx,
    county_code,
    stands.map((link) => link.link_id),
    by,
  )
  const restored = gone.map(again)
  await insertLinks(tx, stamp, restored)
  const household_ids = await settle(tx, opening, stamp, [], stands, restored)
  return { withdrawn: stands.length, restored: restored.length, household_ids }
}

/** Links as the decisions in force have them: of one whose decision was taken back meanwhile, the link it stood for. */
async function asDecided(tx: ReadTx, county_code: string, links: readonly LinkRow[]): Promise<LinkRow[]> {
  const back = new Set(
    await notAccepted(
      tx,
      county_code,
      links.flatMap((link) => reviewOf(link) ?? []),
    ),
  )
  const undone = links.filter((link) => back.has(reviewOf(link) ?? ''))
  if (undone.length === 0) return [...links]
  const before = await linksById(
    tx,
    county_code,
    undone.map((link) => String(link.evidence['replaces'])),
  )
  return [...links.filter((link) => !undone.includes(link)), ...(await asDecided(tx, county_code, before))]
}

/** Refuse what would stand beside something else: another link of the same side, a member without its card. */
async function mayStand(tx: ReadTx, county_code: string, links: readonly LinkRow[], goes: readonly LinkRow[]) {
  const cards = links.flatMap((link) => (link.left_kind === 'member' ? [instanceOf(link.left_id)] : []))
  const standing = (await standingOf(tx, county_code, [...links.map((link) => link.left_id), ...cards])).filter(
    (each) => !goes.some((link) => link.link_id === each.link_id),
  )
  const taken = new Map(standing.map((each) => [`${each.left_kind} ${each.left_id}`, each]))
  const with_it = new Map(links.map((link) => [`${link.left_kind} ${link.left_id}`, link]))
  for (const link of links) {
    if (taken.has(`${link.left_kind} ${link.left_id}`)) {
      throw problem('match_review_stale', { detail: `${link.left_id} has another link by now: withdraw that first.` })
    }
    if (link.left_kind !== 'member') continue
    const card = `submission ${instanceOf(link.left_id)}`
    if ((with_it.get(card) ?? taken.get(card))?.household_id !== link.household_id) {
      throw problem('match_review_stale', { detail: `The card of ${link.left_id} is no longer in the household.` })
    }
  }
}

/** Take a decision back, whatever it was: the links it made are withdrawn, those it replaced stand again. */
export function takeBack(
  tx: Tx,
  opening: Opening,
  stamp: Stamp,
  review_id: string,
  reason: string,
): Promise<Withdrawn> {
  const by = { now: stamp.now, account_id: stamp.account_id, reason, act: review_id }
  return undoReview(tx, opening, stamp, review_id, by)
}

async function undoReview(
  tx: Tx,
  opening: Opening,
  stamp: Stamp,
  review_id: string,
  by: Withdrawal,
): Promise<Withdrawn> {
  const { county_code } = opening
  const { made, gone } = await undone(tx, county_code, review_id)
  const done = await exchange(tx, opening, stamp, made, gone, by)
  await withdrawAnswers(tx, { county_code, review_id }, null, stamp.now)
  await reopenReview(tx, county_code, review_id)
  return done
}

/** Refuse now what could not be carried out: whoever asks to take a decision back is told, not the second one alone. */
export async function mustBeUndoable(tx: ReadTx, county_code: string, review_id: string): Promise<void> {
  const { made, gone } = await undone(tx, county_code, review_id)
  await mayStand(tx, county_code, gone, made)
}

/** The links that a decision made, and those that stand again without it; refuses while a later decision rests on it. */
async function undone(
  tx: ReadTx,
  county_code: string,
  review_id: string,
): Promise<{ made: LinkRow[]; gone: LinkRow[] }> {
  const later = await restsOn(tx, county_code, review_id)
  if (later !== null) throw problem('match_review_built_on', { detail: `The later decision is ${later}.` })
  const made = await linksOfReview(tx, county_code, review_id)
  // What stood before those that still stand; a card that was withdrawn since takes its members' links with it.
  const before = await linksById(
    tx,
    county_code,
    made.flatMap((link) => (typeof link.evidence['replaces'] === 'string' ? link.evidence['replaces'] : [])),
  )
  const parted = (await withdrawnWith(tx, county_code, review_id)).filter((link) => reviewOf(link) !== review_id)
  const replaced = await replacedAmong(
    tx,
    county_code,
    parted.map((link) => link.link_id),
  )
  return { made, gone: [...before, ...parted.filter((link) => !replaced.has(link.link_id))] }
}
