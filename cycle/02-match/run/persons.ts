// Who on the cards of one household is the same person, and who moved from one household to another.
import { randomUUID } from 'node:crypto'
import { meaningOf, patternOf } from '#engines/linkage/learn/patterns.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import type { ScoredPair } from '#engines/linkage/score.ts'
import { judge, recordOf } from './candidates.ts'
import type { Card, Someone } from './cards.ts'
import { oneToOne, type CardPair, type Supported } from './households.ts'

export interface Person {
  person_id: string
  /** Stood in the registry before this run. */
  known: boolean
  /** Everyone on a card who is this person; the surest evidence for each but the first. */
  listings: { someone: Someone; by: Supported | null; completed: boolean }[]
}

export interface Weighing {
  model: LinkageModel
  score(left: Record<string, unknown>, right: Record<string, unknown>): ScoredPair
  review: number
}

/** Bits that a member left over must reach to be taken for a person left over: as in the linkage engine. */
const LEAST_COMPLETED = 1

/**
 * The persons on the cards of one household; households that stand come first, then visits in the order of their days.
 * `between` gives the pair of two cards, with the pairs of people between them.
 */
export function personsOf(
  cards: readonly Card[],
  between: (a: string, b: string) => CardPair | undefined,
  weighing: Weighing,
): Person[] {
  const persons: Person[] = []
  for (const card of cards) {
    if (card.kind === 'household' || persons.length === 0) {
      for (const someone of card.people) persons.push(newPerson(someone, card.kind === 'household'))
      continue
    }
    const seen = cards.slice(0, cards.indexOf(card))
    const best = bestPairs(card, seen, persons, between)
    const taken = new Map<string, { person: Person; by: Supported; completed: boolean }>()
    for (const pair of oneToOne(best.map((each) => each.pair))) {
      const found = best.find((each) => each.pair === pair)
      if (found && !pair.vetoed && (pair.exact || pair.total >= weighing.review)) {
        taken.set(pair.left.key, { person: found.person, by: pair, completed: false })
      }
    }
    const free = card.people.filter((each) => !taken.has(each.key))
    const left_over = persons.filter((person) => ![...taken.values()].some((each) => each.person === person))
    for (const [key, found] of complete(free, left_over, weighing)) taken.set(key, found)
    for (const someone of card.people) {
      const found = taken.get(someone.key)
      if (found) found.person.listings.push({ someone, by: found.by, completed: found.completed })
      else persons.push(newPerson(someone, false))
    }
  }
  return persons
}

const newPerson = (someone: Someone, known: boolean): Person => ({
  person_id: known ? someone.key : randomUUID(),
  known,
  listings: [{ someone, by: null, completed: false }],
})

/** Of each member and each person the best pair; its right side stands for the person as a whole. */
function bestPairs(
  card: Card,
  seen: readonly Card[],
  persons: readonly Person[],
  between: (a: string, b: string) => CardPair | undefined,
): { person: Person; pair: Supported }[] {
  const person_of = new Map(persons.flatMap((person) => person.listings.map((each) => [each.someone.key, person])))
  const best = new Map<string, { person: Person; pair: Supported }>()
  for (const other of seen) {
    const found = between(card.card_id, other.card_id)
    for (const pair of found?.chosen ?? []) {
      const [mine, theirs] = pair.left.card_id === card.card_id ? [pair.left, pair.right] : [pair.right, pair.left]
      const person = person_of.get(theirs.key)
      if (!person) continue
      const key = `${mine.key}\n${person.person_id}`
      const first = person.listings[0]?.someone
      // `right` is the person's first listing, so that one-to-one counts persons, not listings.
      if ((best.get(key)?.pair.total ?? -Infinity) < pair.total && first) {
        best.set(key, { person, pair: { ...pair, left: mine, right: first } })
      }
    }
  }
  return [...best.values()]
}

/**
 * Members left over against persons left over of the same household, at the household's own odds: that some two of them
 * are the same is as likely as not; what a family shares counts for nothing.
 */
function complete(free: readonly Someone[], left_over: readonly Person[], weighing: Weighing) {
  const found: { person: Person; pair: Supported }[] = []
  const odds = Math.log2(0.5 / (Math.max(free.length, left_over.length) - 0.5))
  for (const left of free) {
    for (const person of left_over) {
      const right = person.listings.at(-1)?.someone
      if (!right) continue
      const scored = weighing.score(recordOf(left, undefined), recordOf(right, undefined))
      const { completion_vetoed } = meaningOf(patternOf(scored.levels, weighing.model), weighing.model)
      const pair = judge(left, right, { weight: scored.match_weight, levels: scored.levels }, weighing.model)
      const total = pair.household_weight + odds
      if ((completion_vetoed && !pair.exact) || total < LEAST_COMPLETED) continue
      found.push({ person, pair: { ...pair, support: 0, total } })
    }
  }
  const chosen = oneToOne(found.map((each) => each.pair))
  return found
    .filter((each) => chosen.includes(each.pair))
    .map((each) => [each.pair.left.key, { person: each.person, by: each.pair, completed: true }] as const)
}

/**
 * One person on cards of different households: somebody moved, or is counted twice. The persons become one, under the
 * id of the one that stood before; never two that stood before, and never two members of one card.
 * Returns the persons that were taken into another, by that other's id.
 */
export function joinMoved(persons: readonly Person[], pairs: readonly Supported[]): Map<string, string> {
  const person_of = new Map(persons.flatMap((person) => person.listings.map((each) => [each.someone.key, person])))
  const joined = new Map<string, string>()
  for (const pair of pairs) {
    const [left, right] = [person_of.get(pair.left.key), person_of.get(pair.right.key)]
    if (!left || !right || left === right || (left.known && right.known)) continue
    const cards = new Set(left.listings.map((each) => each.someone.card_id))
    if (right.listings.some((each) => cards.has(each.someone.card_id))) continue
    const [kept, gone] = right.known ? [right, left] : [left, right]
    for (const listing of gone.listings) {
      kept.listings.push({ ...listing, by: listing.by ?? pair })
      person_of.set(listing.someone.key, kept)
    }
    gone.listings = []
    joined.set(gone.person_id, kept.person_id)
  }
  return joined
}
