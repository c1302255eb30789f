// Which cards are one household: what names it, what corrects it, and what shares its people.
import type { Card, Visit } from './cards.ts'
import { groups } from './groups.ts'
import type { CardPair } from './households.ts'

export interface Known {
  /** Active households and the people on them. */
  households: readonly Card[]
  /** Household of every submission that is linked, corrected ones included. */
  linked: ReadonlyMap<string, string>
  /** Submission that each superseded one corrected in turn. */
  corrects: ReadonlyMap<string, string>
  /** Where a merged household went. */
  merged_into: ReadonlyMap<string, string>
  /** `instance_id\nhousehold_id` that a person has said no to, by the household it counts for now. */
  barred: ReadonlySet<string>
  /** `instance_id\nhousehold_id` that is or was before a person. */
  reviewed: ReadonlySet<string>
}

export type Named = { household_id: string; method: 'correction' | 'household_code' }

/** Two clusters that a person must look at, by the two cards that brought it up. */
export interface Doubt {
  kind: 'part' | 'doubtful' | 'code_disagrees' | 'two_households'
  pair: CardPair
}

export interface Clusters {
  /** Cards by the cluster that holds them; every card is in one. */
  cards: Map<string, Card[]>
  of(card_id: string): string
  named: Map<string, Named>
  doubts: Doubt[]
}

/** The household that a correction or a written code names; null where neither does. */
export function namedBy(visit: Visit, county_code: string, known: Known): Named | null {
  for (let old = visit.deprecated_id; old !== null; old = known.corrects.get(old) ?? null) {
    const household_id = known.linked.get(old)
    if (household_id !== undefined) return { household_id: survivor(household_id, known), method: 'correction' }
  }
  const written = codeOf(visit, county_code)
  return written === null ? null : { household_id: survivor(written, known), method: 'household_code' }
}

/** The household whose number stands on a card; null where none does. */
export function codeOf(visit: Pick<Visit, 'household_code'>, county_code: string): string | null {
  const digits = /^(?:\d+-)?(\d{1,7})$/.exec(visit.household_code?.trim() ?? '')?.[1]
  return digits === undefined ? null : `${county_code}-${digits.padStart(7, '0')}`
}

/** A no to a card holds for what corrects it too. */
function isBarred(instance_id: string, household_id: string, known: Known): boolean {
  for (let card: string | null = instance_id; card !== null; card = known.corrects.get(card) ?? null) {
    if (known.barred.has(`${card}\n${household_id}`)) return true
  }
  return false
}

function survivor(household_id: string, known: Known): string {
  let last = household_id
  for (let next = known.merged_into.get(last); next !== undefined; next = known.merged_into.get(last)) last = next
  return last
}

/**
 * Put cards together. First what a correction or a code names (a code only where at least one member agrees), then the
 * surest pairs. No cluster ever holds two households that stand: those go to a person.
 */
export function clusterCards(
  county_code: string,
  visits: readonly Visit[],
  known: Known,
  pairs: readonly CardPair[],
): Clusters {
  const sets = groups()
  const households = new Map(known.households.map((card) => [card.card_id, card]))
  /** Of each cluster: the household that stands in it, and its visits. */
  const held = new Map<string, { household_id: string | null; visits: string[] }>()
  const holding = (card_id: string) =>
    held.get(sets.of(card_id)) ??
    (households.has(card_id) ? { household_id: card_id, visits: [] } : { household_id: null, visits: [card_id] })
  const mayJoin = (a: string, b: string): boolean => {
    const [left, right] = [holding(a), holding(b)]
    if (left.household_id !== null && right.household_id !== null) return false
    const household_id = left.household_id ?? right.household_id
    return (
      household_id === null || ![...left.visits, ...right.visits].some((visit) => isBarred(visit, household_id, known))
    )
  }
  const join = (a: string, b: string) => {
    const [left, right] = [holding(a), holding(b)]
    sets.join(a, b)
    held.set(sets.of(a), {
      household_id: left.household_id ?? right.household_id,
      visits: [...left.visits, ...right.visits],
    })
  }
  const between = new Map(pairs.map((pair) => [pairKey(pair.left.card_id, pair.right.card_id), pair]))
  const named = new Map<string, Named>()
  const doubts: Doubt[] = []

  for (const visit of visits) {
    const name = namedBy(visit, county_code, known)
    if (!name || !households.has(name.household_id) || !mayJoin(visit.card_id, name.household_id)) continue
    const pair = between.get(pairKey(visit.card_id, name.household_id))
    const agrees = pair?.chosen.some((each) => each.exact || (each.acceptable && !each.vetoed)) ?? false
    if (name.method === 'correction' || agrees) {
      join(visit.card_id, name.household_id)
      named.set(visit.card_id, name)
    } else {
      const right = households.get(name.household_id)
      if (right) doubts.push({ kind: 'code_disagrees', pair: pair ?? nothingShared(visit, right) })
    }
  }
  for (const pair of pairs) {
    if (pair.verdict !== 'same' || sets.of(pair.left.card_id) === sets.of(pair.right.card_id)) continue
    if (mayJoin(pair.left.card_id, pair.right.card_id)) join(pair.left.card_id, pair.right.card_id)
    else doubts.push({ kind: 'two_households', pair })
  }
  for (const pair of pairs) {
    if (pair.verdict === 'part' || pair.verdict === 'doubtful') doubts.push({ kind: pair.verdict, pair })
  }
  const asked = new Set<string>()
  return {
    cards: Map.groupBy([...known.households, ...visits], (card) => sets.of(card.card_id)),
    of: (card_id) => sets.of(card_id),
    named,
    doubts: doubts.filter(({ pair }) => {
      const [left, right] = [sets.of(pair.left.card_id), sets.of(pair.right.card_id)]
      const key = pairKey(left, right)
      if (left === right || asked.has(key)) return false
      asked.add(key)
      return true
    }),
  }
}

const pairKey = (a: string, b: string): string => (a < b ? `${a}\n${b}` : `${b}\n${a}`)

const nothingShared = (left: Card, right: Card): CardPair => ({
  left,
  right,
  chosen: [],
  shared: [],
  verdict: 'doubtful',
  strength: 0,
  decisive: null,
})
