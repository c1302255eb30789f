// From pairs of people to pairs of households: what two cards have in common.
import type { Card } from './cards.ts'
import type { Pair } from './candidates.ts'

/** A pair of people with what the rest of the two cards adds to it. */
export interface Supported extends Pair {
  /** Other sure pairs between the same two cards. */
  support: number
  /** Bits, support included. */
  total: number
}

/**
 * `same`: one household seen twice. `part`: the smaller card names people of the larger one under another head, who
 * leaves two or more of them out: a family that split off, or that was counted twice. `doubtful`: too like to be taken
 * for two, too little for one. `apart`: perhaps one person in common, who moved.
 */
export type Verdict = 'same' | 'part' | 'doubtful' | 'apart'

export interface CardPair {
  left: Card
  right: Card
  /** At most one for each person of either card, the best first. */
  chosen: Supported[]
  /** Those among `chosen` that are sure. */
  shared: Supported[]
  verdict: Verdict
  /** Bits of all that is shared: the surest household first. */
  strength: number
  /**
   * The highest acceptance threshold (bits) at which these two would have been taken for one household without asking;
   * null where none does it: too few members are alike, or they are part of a family.
   */
  decisive: number | null
}

/** As in the linkage model: bits of a pair that vouches for its household, and what so many of them add, as learnt. */
export interface Bands {
  accept: number
  review: number
  margin: number
  anchor: number
  /** Bits by number of other anchors, from 0 up; more than the last count as the last. */
  support_bits: readonly number[]
}

/** An exact pair is as sure as anything that is weighed. */
const EXACT_WEIGHT = 30

/** An exact pair is sure whatever the threshold: more bits than any threshold may have. */
export const ALWAYS = 1000

const own = (pair: Pair): number => (pair.exact ? Math.max(pair.weight, EXACT_WEIGHT) : pair.weight)

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Heaviest first; equal weights by key, so that the order of the input leaves no trace. */
const byWeight = (a: Supported, b: Supported): number =>
  b.total - a.total || order(a.left.key, b.left.key) || order(a.right.key, b.right.key)

/** Best partners first, each person once. */
export function oneToOne(pairs: readonly Supported[]): Supported[] {
  const taken = new Set<string>()
  return pairs.toSorted(byWeight).filter((pair) => {
    if (taken.has(pair.left.key) || taken.has(pair.right.key)) return false
    taken.add(pair.left.key).add(pair.right.key)
    return true
  })
}

/** Pairs between two cards with what the other sure pairs add to each. */
export function supported(pairs: readonly Pair[], bands: Bands): Supported[] {
  const plain = pairs.map((pair): Supported => ({ ...pair, support: 0, total: own(pair) }))
  const anchors = new Set(
    oneToOne(plain.filter((pair) => !pair.vetoed && pair.total >= bands.anchor)).map((pair) => pairKey(pair)),
  )
  return plain.map((pair) => {
    const support = pair.vetoed ? 0 : anchors.size - (anchors.has(pairKey(pair)) ? 1 : 0)
    const bits = pair.vetoed ? 0 : (bands.support_bits[Math.min(support, bands.support_bits.length - 1)] ?? 0)
    return { ...pair, support, total: pair.total + bits }
  })
}

const pairKey = (pair: Pair): string => `${pair.left.key}\n${pair.right.key}`

/** Sure: heavy enough, with a name that agrees, no veto, and no rival on the other card that is nearly as good. */
function isSure(pair: Supported, all: readonly Supported[], bands: Bands): boolean {
  return pair.exact || (pair.total >= bands.accept && isClear(pair, all, bands))
}

/** All that sureness asks for besides weight. */
function isClear(pair: Supported, all: readonly Supported[], bands: Bands): boolean {
  if (pair.exact) return true
  if (pair.vetoed || !pair.acceptable) return false
  return !all.some(
    (other) =>
      other !== pair &&
      (other.left.key === pair.left.key || other.right.key === pair.right.key) &&
      pair.total - other.total < bands.margin,
  )
}

/** Judge every two cards that have a pair of people between them. */
export function cardPairs(cards: ReadonlyMap<string, Card>, pairs: readonly Pair[], bands: Bands): CardPair[] {
  const by_cards = Map.groupBy(pairs, (pair) => `${pair.left.card_id}\n${pair.right.card_id}`)
  const found: CardPair[] = []
  for (const some of by_cards.values()) {
    const left = cards.get(some[0]?.left.card_id ?? '')
    const right = cards.get(some[0]?.right.card_id ?? '')
    if (left && right) found.push(judgeCards(left, right, some, bands))
  }
  return found.sort(
    (a, b) =>
      b.strength - a.strength || order(a.left.card_id, b.left.card_id) || order(a.right.card_id, b.right.card_id),
  )
}

/** What two cards are to one another, from the pairs of people between them. */
export function judgeCards(left: Card, right: Card, pairs: readonly Pair[], bands: Bands): CardPair {
  const all = supported(pairs, bands)
  const chosen = oneToOne(all)
  const shared = chosen.filter((pair) => isSure(pair, all, bands))
  const smaller = Math.min(left.people.length, right.people.length)
  const enough = (count: number) => count >= 2 || 2 * count >= smaller
  const strength = shared.reduce((sum, pair) => sum + pair.total, 0)
  const part = isPart(left, right, chosen, bands)
  const clear = chosen
    .filter((pair) => isClear(pair, all, bands))
    .map((pair) => (pair.exact ? ALWAYS : pair.total))
    .toSorted((a, b) => b - a)
  // The first one is enough, or the second.
  const decisive = part ? null : (clear[enough(1) ? 0 : 1] ?? null)
  const base = { left, right, chosen, shared, strength, decisive }
  if (shared.length > 0 && enough(shared.length)) return { ...base, verdict: part ? 'part' : 'same' }
  const likely = chosen.filter((pair) => (pair.acceptable && pair.total >= bands.review) || pair.exact)
  return { ...base, verdict: likely.length > 0 && enough(likely.length) ? 'doubtful' : 'apart' }
}

function isPart(left: Card, right: Card, chosen: readonly Supported[], bands: Bands): boolean {
  const [small, large] = left.people.length <= right.people.length ? [left, right] : [right, left]
  const likely = chosen.filter((pair) => pair.total >= bands.review && !pair.vetoed)
  if (large.people.length - likely.length < 2) return false
  const heads = new Set([small, large].flatMap((card) => card.people.find(isHead)?.key ?? []))
  const same_head = likely.some((pair) => heads.has(pair.left.key) && heads.has(pair.right.key))
  return heads.size === 2 && !same_head
}

const isHead = (someone: { relation: string | null }): boolean => someone.relation === 'head'
