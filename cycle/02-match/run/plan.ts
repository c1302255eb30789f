// What a run will write, worked out in memory: households, persons, links and questions for a person, in units that are
// written whole or not at all.
import type { StateOf } from '#registry/tables/states.ts'
import { scorer } from '#engines/linkage/score.ts'
import { DEFAULT_HOUSEHOLDS, probabilityOf } from '#engines/linkage/model/model.ts'
import { supportBits } from '#engines/linkage/choose/support.ts'
import type { Candidates } from './candidates.ts'
import { instanceOf, type Card, type Visit } from './cards.ts'
import { clusterCards, type Doubt, type Known, type Named } from './cluster.ts'
import { linkEvidence, reviewEvidence, type Evidence } from './evidence.ts'
import { groups } from './groups.ts'
import { cardPairs, type Bands, type CardPair, type Supported } from './households.ts'
import { joinMoved, personsOf, type Person } from './persons.ts'

export type Method = StateOf<'link.method'>

export interface PlannedLink {
  left_kind: 'submission' | 'member'
  left_id: string
  /** Name of the planned household; its id once written. */
  household: string
  person_id: string | null
  method: Method
  band: 'certain' | 'auto'
  match_weight: number | null
  match_probability: number | null
  evidence: Evidence
}

export interface PlannedHousehold {
  /** Name within the plan: the household_id where it stands already, else made up. */
  household: string
  /** Null: to be numbered when written. */
  household_id: string | null
  visits: Visit[]
  links: PlannedLink[]
  persons: Person[]
}

export interface PlannedReview {
  kind: Doubt['kind']
  left_id: string
  left_household: string
  right_household: string
  right_person_id: string | null
  match_weight: number
  decisive: number | null
  evidence: Evidence
}

/** What hangs together: households that share persons or a question. Written in one transaction. */
export interface Unit {
  households: PlannedHousehold[]
  reviews: PlannedReview[]
}

export function bandsOf(model: Candidates['model']): Bands {
  const { accept, review, margin = 3 } = model.thresholds
  const households = model.households ?? DEFAULT_HOUSEHOLDS
  return { accept, review, margin, anchor: households.anchor, support_bits: supportBits(households) }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Visits in the order they were made; ties by arrival and id. */
export const byDay = (
  a: Pick<Visit, 'surveyed_on' | 'received_at' | 'instance_id'>,
  b: Pick<Visit, 'surveyed_on' | 'received_at' | 'instance_id'>,
): number =>
  order(a.surveyed_on ?? '', b.surveyed_on ?? '') ||
  order(a.received_at, b.received_at) ||
  order(a.instance_id, b.instance_id)

const isVisit = (card: Card): card is Visit => card.kind === 'visit'

/** Decide everything about these visits. The units come in the order of area and instance id of their first visit. */
export function plan(county_code: string, fresh: readonly Visit[], known: Known, candidates: Candidates): Unit[] {
  const visits = fresh.toSorted(byDay)
  const cards = new Map<string, Card>([...visits, ...known.households].map((card) => [card.card_id, card]))
  const bands = bandsOf(candidates.model)
  const pairs = cardPairs(cards, candidates.pairs, bands)
  const between = new Map(pairs.map((pair) => [pairKey(pair.left.card_id, pair.right.card_id), pair]))
  const find = (a: string, b: string) => between.get(pairKey(a, b))
  const clusters = clusterCards(county_code, visits, known, pairs)
  const weighing = {
    model: candidates.model,
    score: scorer(candidates.model, candidates.frequencies),
    review: bands.review,
  }

  const persons_of = new Map<string, Person[]>()
  for (const [cluster, some] of clusters.cards) persons_of.set(cluster, personsOf(some, find, weighing))
  const apart = pairs
    .filter((pair) => clusters.of(pair.left.card_id) !== clusters.of(pair.right.card_id))
    .flatMap((pair) => pair.shared)
    .toSorted((a, b) => b.total - a.total || order(a.left.key, b.left.key) || order(a.right.key, b.right.key))
  const all_persons = [...persons_of.values()].flat()
  joinMoved(all_persons, apart)

  const units = groups()
  for (const person of all_persons) {
    const [first, ...others] = person.listings.map((each) => clusters.of(each.someone.card_id))
    for (const other of others) units.join(first ?? other, other)
  }
  for (const { pair } of clusters.doubts) units.join(clusters.of(pair.left.card_id), clusters.of(pair.right.card_id))

  const touched = [...clusters.cards].filter(([, some]) => some.some(isVisit))
  const households = new Map(
    touched.map(([cluster, some]) => [cluster, householdOf(cluster, some, clusters.named, find)]),
  )
  const by_card = (card_id: string) => households.get(clusters.of(card_id))
  for (const person of all_persons) {
    for (const [index, listing] of person.listings.entries()) {
      const household = by_card(listing.someone.card_id)
      if (!household || cards.get(listing.someone.card_id)?.kind !== 'visit') continue
      household.links.push(memberLink(household, person, listing, index, bands))
      if (!household.persons.includes(person)) household.persons.push(person)
    }
  }
  const reviews = clusters.doubts.flatMap(({ kind, pair }) =>
    reviewOf(kind, pair, (id) => nameOf(id, by_card), known, candidates),
  )
  const made = new Map<string, Unit>()
  const unit = (card_id: string): Unit => {
    const key = units.of(clusters.of(card_id))
    const found = made.get(key) ?? { households: [], reviews: [] }
    made.set(key, found)
    return found
  }
  for (const household of households.values()) {
    const first = household.visits[0]
    if (first) unit(first.card_id).households.push(household)
  }
  for (const review of reviews) unit(review.left_id).reviews.push(review)
  for (const each of made.values()) each.households.sort((a, b) => order(placeOf(a), placeOf(b)))
  return [...made.values()].sort((a, b) => order(placeOf(a.households[0]!), placeOf(b.households[0]!)))
}

/** Sorts households by area and instance id of their first visit. */
export const placeOf = (household: PlannedHousehold): string =>
  `${household.visits[0]?.area_code}\n${household.visits[0]?.instance_id}`

const pairKey = (a: string, b: string): string => (a < b ? `${a}\n${b}` : `${b}\n${a}`)

const nameOf = (card_id: string, by_card: (id: string) => PlannedHousehold | undefined): string =>
  by_card(card_id)?.household ?? card_id

function householdOf(
  cluster: string,
  cards: readonly Card[],
  named: ReadonlyMap<string, Named>,
  find: (a: string, b: string) => CardPair | undefined,
): PlannedHousehold {
  const household_id = cards.find((card) => card.kind === 'household')?.card_id ?? null
  const household = household_id ?? `new:${cluster}`
  const visits = cards.filter(isVisit)
  const links = visits.map((visit, index): PlannedLink => {
    const base = { left_kind: 'submission' as const, left_id: visit.instance_id, household, person_id: null }
    const best = cards
      .flatMap((other) => (other === visit ? [] : (find(visit.card_id, other.card_id) ?? [])))
      .toSorted((a, b) => b.strength - a.strength)[0]
    const weight = best?.strength ?? null
    const weighed = {
      match_weight: weight,
      match_probability: weight === null ? null : probabilityOf(weight),
      evidence: linkEvidence(best),
    }
    const name = named.get(visit.card_id)
    if (name) return { ...base, ...weighed, method: name.method, band: 'certain' }
    if (index === 0 && household_id === null) {
      return {
        ...base,
        method: 'first_seen',
        band: 'certain',
        match_weight: null,
        match_probability: null,
        evidence: {},
      }
    }
    const exact = best?.shared.some((pair) => pair.exact) ?? false
    return { ...base, ...weighed, method: exact ? 'exact_id' : 'probabilistic', band: exact ? 'certain' : 'auto' }
  })
  return { household, household_id, visits, links, persons: [] }
}

function memberLink(
  household: PlannedHousehold,
  person: Person,
  listing: Person['listings'][number],
  index: number,
  bands: Bands,
): PlannedLink {
  const base = {
    left_kind: 'member' as const,
    left_id: listing.someone.key,
    household: household.household,
    person_id: person.person_id,
  }
  const { by } = listing
  if (by === null || (index === 0 && !person.known)) {
    return { ...base, method: 'first_seen', band: 'certain', match_weight: null, match_probability: null, evidence: {} }
  }
  const weighed = { match_weight: by.total, match_probability: probabilityOf(by.total), evidence: pairEvidence(by) }
  if (by.exact) return { ...base, ...weighed, method: 'exact_id', band: 'certain' }
  const sure = !listing.completed && by.acceptable && by.total >= bands.accept
  return { ...base, ...weighed, method: sure ? 'probabilistic' : 'household', band: 'auto' }
}

const pairEvidence = (pair: Supported): Evidence => ({ levels: pair.levels, support: pair.support })

function reviewOf(
  kind: Doubt['kind'],
  pair: CardPair,
  name: (card_id: string) => string,
  known: Known,
  candidates: Candidates,
): PlannedReview[] {
  // The later visit asks; the household that stood before, or was seen first, is asked about.
  const days = [pair.left, pair.right].toSorted((a, b) =>
    isVisit(a) && isVisit(b) ? byDay(a, b) : a.kind === 'household' ? -1 : 1,
  )
  const [right, left] = days as [Card, Card]
  if (!isVisit(left) || known.reviewed.has(`${left.instance_id}\n${name(right.card_id)}`)) return []
  const best = pair.chosen[0]
  const other = best && (best.left.card_id === right.card_id ? best.left : best.right)
  return [
    {
      kind,
      left_id: left.instance_id,
      left_household: name(left.card_id),
      right_household: name(right.card_id),
      right_person_id: other && right.kind === 'household' ? other.key : null,
      match_weight: pair.chosen.reduce((sum, each) => sum + Math.max(0, each.total), 0),
      // The other kinds are asked whatever the weight.
      decisive: kind === 'doubtful' ? pair.decisive : null,
      evidence: reviewEvidence(kind, pair, left.card_id, candidates),
    },
  ]
}

/** The submissions that a unit brings into the registry. */
export const visitsIn = (unit: Unit): string[] =>
  unit.households.flatMap((household) =>
    household.links.flatMap((link) => (link.left_kind === 'submission' ? link.left_id : instanceOf(link.left_id))),
  )
