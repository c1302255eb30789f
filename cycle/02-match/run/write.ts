import { randomUUID } from 'node:crypto'
import { probabilityOf } from '#engines/linkage/model/model.ts'
import { problem } from '#door/problems.ts'
import { audit, auditDigest } from '#registry/audit/audit.ts'
import type { Tx } from '#registry/transaction.ts'
import { modelFor } from './candidates.ts'
import { instanceOf, type Visit } from './cards.ts'
import { foldHousehold, foldPerson, type HouseholdFold, type Listed, type PersonFold, type Told } from './fold.ts'
import { placeOf, type PlannedHousehold, type Unit } from './plan.ts'
import { settleNumbers, type Claim } from '../store/numbers.ts'
import { isKeyed, replaceKeys } from '../store/keys.ts'
import { claimsIn, personValues, placed, refold } from '../store/refold.ts'
import type { Opening } from '../store/load.ts'
import type { Setting } from '../decide/thresholds.ts'
import {
  insertHouseholds,
  insertLinks,
  insertPersons,
  insertReviews,
  lockSerial,
  saveSerial,
  type LinkValues,
  type ReviewValues,
  type Stamp,
} from '../store/write.ts'

export interface Written {
  submissions: number
  households_created: number
  submissions_linked: number
  duplicates_found: number
  persons_created: number
  members_linked: number
  reviews_opened: number
}

const told = (visit: Visit): Told => ({ ...visit, superseded: false })

/**
 * Write some units in one transaction. New households are numbered in the order of area and instance id. Where one of
 * the submissions has been linked meanwhile, the link's unique key refuses the whole (23505). `revision`: that of the
 * registry the units were planned on; throws `match_run_overtaken` where somebody has written since.
 */
export async function writeUnits(
  tx: Tx,
  opening: Opening & Pick<Setting, 'second_share'> & { revision: number },
  stamp: Stamp,
  units: readonly Unit[],
): Promise<Written> {
  const { county_code } = stamp
  const { serial, revision } = await lockSerial(tx, county_code)
  if (revision !== opening.revision + 1) throw problem('match_run_overtaken')
  const households = units.flatMap((unit) => unit.households)
  const ids = numbered(county_code, serial, households)
  const id_of = (name: string): string => ids.get(name) ?? name
  const created = households.filter((household) => household.household_id === null)
  const folds = new Map<string, HouseholdFold>()
  for (const household of households) {
    const fold = foldHousehold(id_of(household.household), household.visits.map(told))
    if (fold) folds.set(fold.household_id, fold)
  }
  const persons = foldedPersons(opening, households, folds, id_of)

  await insertHouseholds(
    tx,
    stamp,
    created.flatMap((household) => folds.get(id_of(household.household)) ?? []),
  )
  const rows = persons.map((person) => personValues(opening, person))
  await insertPersons(tx, stamp, rows)
  if (await isKeyed(tx, opening, modelFor(opening.scheme))) {
    const phones = new Map(households.flatMap((each) => each.visits.map((visit) => [visit.instance_id, visit.phone])))
    const people = persons.map((person) => {
      const household = folds.get(person.household_id)
      return placed(person, household, phones.get(household?.current_instance_id ?? ''))
    })
    await replaceKeys(tx, opening, [], people)
  }
  const links = households.flatMap((household) => linksOf(household, id_of))
  await insertLinks(tx, stamp, links)
  await saveSerial(tx, county_code, serial + created.length)
  const settled = await settle(tx, opening, stamp, { units, claims: claimsIn(rows), id_of })
  const reviews = units.flatMap((unit) => unit.reviews.flatMap((review) => reviewValues(review, folds, id_of)))
  const conflicts = await conflictsOf(tx, stamp, settled, links)
  const opened = onePerPair([...reviews, ...conflicts])
  await insertReviews(tx, stamp, opened, opening.second_share)

  const counts = countsOf(households, persons.length, opened.length)
  await audit(tx, {
    county_code,
    action: 'match.run',
    subject_kind: 'match_run',
    subject_id: stamp.run_id ?? '',
    detail: {
      ...counts,
      digest: auditDigest(links.map((link) => [link.left_id, link.household_id, link.person_id, link.method])),
    },
  })
  return counts
}

function numbered(county_code: string, serial: number, households: readonly PlannedHousehold[]): Map<string, string> {
  const fresh = households.filter((household) => household.household_id === null)
  const in_order = fresh.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
  return new Map(
    in_order.map((household, index) => [
      household.household,
      `${county_code}-${String(serial + index).padStart(7, '0')}`,
    ]),
  )
}

/** Rows of the persons that are new, from what this run's submissions say of them. */
function foldedPersons(
  opening: Opening,
  households: readonly PlannedHousehold[],
  folds: ReadonlyMap<string, HouseholdFold>,
  id_of: (name: string) => string,
): PersonFold[] {
  const by_visit = new Map(
    households.flatMap((household) =>
      household.visits.map((visit) => [
        visit.card_id,
        { visit: told(visit), household_id: id_of(household.household) },
      ]),
    ),
  )
  const fresh = new Set(households.flatMap((household) => household.persons).filter((person) => !person.known))
  return [...fresh].flatMap((person) => {
    const listed = person.listings.flatMap((listing): Listed[] => {
      const at = by_visit.get(listing.someone.card_id)
      return at ? [{ ...at, someone: listing.someone }] : []
    })
    return foldPerson(person.person_id, listed, (household_id) => folds.get(household_id), opening.scheme) ?? []
  })
}

function linksOf(household: PlannedHousehold, id_of: (name: string) => string): LinkValues[] {
  const areas = new Map(household.visits.map((visit) => [visit.instance_id, visit.area_code]))
  return household.links.map(({ household: name, ...link }) => ({
    ...link,
    link_id: randomUUID(),
    household_id: id_of(name),
    area_code: areas.get(link.left_kind === 'submission' ? link.left_id : instanceOf(link.left_id)) ?? '',
  }))
}

/** Numbers that persons have now, and persons who may have had others before. */
interface Settled {
  claims: Claim[]
  person_ids: string[]
}

/** Where households that stood already are touched, what they and their persons are follows from all their links. */
async function settle(
  tx: Tx,
  opening: Opening,
  stamp: Stamp,
  written: {
    units: readonly Unit[]
    claims: Claim[]
    id_of: (name: string) => string
  },
): Promise<Settled> {
  const standing = written.units.filter((unit) =>
    unit.households.some(
      (household) => household.household_id !== null || household.persons.some((person) => person.known),
    ),
  )
  if (standing.length === 0) return { claims: written.claims, person_ids: [] }
  const again = await refold(
    tx,
    opening,
    {
      household_ids: standing.flatMap((unit) => unit.households.map((each) => written.id_of(each.household))),
      person_ids: standing.flatMap((unit) =>
        unit.households.flatMap((each) => each.persons.map((person) => person.person_id)),
      ),
    },
    stamp.now,
  )
  const fresh = new Map(
    [...written.claims, ...again.claims].map((claim) => [`${claim.person_id}${claim.national_id_hash}`, claim]),
  )
  return { claims: [...fresh.values()], person_ids: again.person_ids }
}

function reviewValues(
  review: Unit['reviews'][number],
  folds: ReadonlyMap<string, HouseholdFold>,
  id_of: (name: string) => string,
): ReviewValues[] {
  const left = folds.get(id_of(review.left_household))
  if (!left) return []
  return [
    {
      review_id: randomUUID(),
      area_code: left.area_code,
      left_kind: 'submission',
      left_id: review.left_id,
      right_household_id: id_of(review.right_household),
      right_person_id: review.right_person_id,
      match_weight: review.match_weight,
      match_probability: probabilityOf(review.match_weight),
      decisive: review.decisive,
      evidence: review.evidence,
    },
  ]
}

/** A number that another person holds already: recorded for a person to look at, never taken over. */
async function conflictsOf(
  tx: Tx,
  stamp: Stamp,
  { claims, person_ids }: Settled,
  links: readonly LinkValues[],
): Promise<ReviewValues[]> {
  const { county_code } = stamp
  const by_person = new Map(links.map((link) => [link.person_id ?? '', link]))
  const held = await settleNumbers(tx, stamp, claims, person_ids)
  return held.flatMap((claim) => {
    const link = by_person.get(claim.person_id)
    if (!link) return []
    const elsewhere = claim.holder_county !== county_code
    return [
      {
        review_id: randomUUID(),
        area_code: link.area_code,
        left_kind: 'submission',
        left_id: instanceOf(link.left_id),
        right_household_id: claim.holder_household ?? link.household_id ?? '',
        right_person_id: elsewhere ? null : claim.holder,
        match_weight: 0,
        match_probability: 0.5,
        decisive: null,
        evidence: {
          kind: elsewhere ? 'number_held_elsewhere' : 'number_held',
          left: link.left_id,
          county_code: claim.holder_county,
          pairs: [],
        },
      },
    ]
  })
}

/** One question for each submission and household: the first, which rests on the households as a whole. */
function onePerPair(reviews: readonly ReviewValues[]): ReviewValues[] {
  const first = new Map(
    reviews.toReversed().map((review) => [`${review.left_id}\n${review.right_household_id}`, review]),
  )
  return [...first.values()].toSorted((a, b) => (a.left_id < b.left_id ? -1 : 1))
}

function countsOf(households: readonly PlannedHousehold[], persons_created: number, reviews_opened: number): Written {
  const links = households.flatMap((household) => household.links)
  const linked = links.filter((link) => link.method !== 'first_seen')
  const submissions = links.filter((link) => link.left_kind === 'submission').length
  const submissions_linked = linked.filter((link) => link.left_kind === 'submission').length
  return {
    submissions,
    households_created: submissions - submissions_linked,
    submissions_linked,
    duplicates_found: linked.filter(
      (link) => link.left_kind === 'submission' && (link.method === 'exact_id' || link.method === 'probabilistic'),
    ).length,
    persons_created,
    members_linked: linked.filter((link) => link.left_kind === 'member').length,
    reviews_opened,
  }
}
