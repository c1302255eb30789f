import { problem } from '#door/problems.ts'
import { LinkageError } from '#engines/linkage/errors.ts'
import { dedupe, link, type Link } from '#engines/linkage/link.ts'
import type { TermFrequencies } from '#engines/linkage/link.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import { chinesePersonModel } from '#engines/linkage/models/chinese-person.ts'
import { latinPersonModel } from '#engines/linkage/models/latin-person.ts'
import { meaningOf, patternOf } from '#engines/linkage/learn/patterns.ts'
import type { Card, Scheme, Someone } from './cards.ts'

/** Two people who may be one, from different cards. Weights in bits, household support not included. */
export interface Pair {
  left: Someone
  right: Someone
  weight: number
  /** Weight inside a household known to be the same, without the prior and without what a family shares. */
  household_weight: number
  /** The same valid number, and the name or the birth date agreeing: sure without any weighing. */
  exact: boolean
  vetoed: boolean
  acceptable: boolean
  /** Level of each comparison, by its name; null where a value is missing. */
  levels: Record<string, string | null>
}

export interface Candidates {
  pairs: Pair[]
  model: LinkageModel
  frequencies: TermFrequencies
  /** Pairs of people that were compared. */
  scored: number
}

/** Pairs this far below the review band are kept: three other sure members of the family lift a pair by as much. */
export const LEAST_WEIGHT = -6
/** From this many new people on, the model is learnt from them; fewer are weighed by the model learnt last. */
const ENOUGH_TO_LEARN = 2000

/** Whether so many are new that the model is learnt from them. */
export const learnsFrom = (fresh: readonly Card[]): boolean =>
  fresh.reduce((sum, card) => sum + card.people.length, 0) >= ENOUGH_TO_LEARN

/** The model a country's people are compared with, before anything is learnt. */
export function modelFor(scheme: Scheme): LinkageModel {
  if (scheme === 'gb11643') return chinesePersonModel()
  const columns = {
    given_name: 'given_name',
    surname: 'surname',
    birth_date: 'birth_date',
    number: 'national_id',
    place: 'area_code',
    phone: 'phone',
  }
  return latinPersonModel(columns)
}

/** What a model asks, without what it weighs. */
const askedBy = ({ comparisons, blocking_rules }: LinkageModel): string =>
  JSON.stringify([
    comparisons.map(({ name, kind, columns, levels }) => [name, kind, columns, levels.map((level) => level.name)]),
    blocking_rules,
  ])

/** Whether a model that was learnt asks what people are asked now: one of an earlier version may not. */
export const isCurrent = (learnt: LinkageModel, scheme: Scheme): boolean =>
  askedBy(learnt) === askedBy(modelFor(scheme))

/** Someone as the linkage engine reads records. */
export function recordOf(someone: Someone, card: Pick<Card, 'area_code' | 'phone'> | undefined) {
  const words = someone.name.trim().split(/\s+/)
  return {
    record_id: someone.key,
    name: someone.name,
    given_name: words.slice(0, -1).join(' ') || someone.name,
    surname: words.at(-1) ?? '',
    national_id: someone.national_id,
    birth_date: someone.birth_date,
    sex: someone.sex,
    area_code: card?.area_code.slice(0, 12) ?? null,
    phone: card?.phone ?? null,
  }
}

/**
 * All pairs worth a look: new visits among themselves, and against the people already known. One probabilistic pass
 * through the linkage engine; what it says of households is worked out in households.ts, for both kinds of pairs alike.
 */
export async function findCandidates(
  fresh: readonly Card[],
  known: readonly Card[],
  settings: {
    scheme: Scheme
    learnt: LinkageModel | null
    /** Whether the model is learnt anew from these. */
    learn: boolean
    accept: number
    review: number
    /** How common values are in the whole county, where `known` is only those who can meet the new ones. */
    shares?: TermFrequencies | undefined
    /** Most pairs of one comparison; the engine's own limit by default. */
    max_pairs?: number
  },
): Promise<Candidates> {
  const cards = new Map([...fresh, ...known].map((card) => [card.card_id, card]))
  const left = fresh.flatMap((card) => card.people)
  const right = known.flatMap((card) => card.people)
  const people = new Map([...left, ...right].map((each) => [each.key, each]))
  const records = (some: Someone[]) => some.map((each) => recordOf(each, cards.get(each.card_id)))
  const { learn } = settings
  const model = settings.learnt ?? modelFor(settings.scheme)
  const thresholds = { ...model.thresholds, accept: settings.accept, review: settings.review }
  const found: Candidates = {
    pairs: [],
    model: { ...model, thresholds },
    frequencies: settings.shares ?? {},
    scored: 0,
  }
  if (left.length === 0) return found
  const take = (links: readonly Link[], model: LinkageModel) => {
    for (const each of links) {
      const [a, b] = [people.get(each.left_id), people.get(each.right_id)]
      if (a && b && a.card_id !== b.card_id) found.pairs.push(pairOf(a, b, each, model))
    }
  }
  const most = settings.max_pairs === undefined ? {} : { max_pairs: settings.max_pairs }
  const options = {
    one_to_one: false,
    least_weight: settings.review + LEAST_WEIGHT,
    household_column: 'card_id',
    ...most,
  }
  if (right.length > 0) {
    const train = learn ? ('all' as const) : ('none' as const)
    const result = await uncrowded(found.model, (model) =>
      link({ left: records(left), right: records(right) }, model, {
        ...options,
        train,
        frequencies: found.frequencies,
      }),
    )
    found.model = result.model
    if (!settings.shares) found.frequencies = result.frequencies
    found.scored += result.counts.pairs
    take(result.links, result.model)
  }
  if (left.length > 1) {
    const train = learn && right.length === 0 ? ('all' as const) : ('none' as const)
    const result = await uncrowded(found.model, (model) =>
      dedupe(records(left), model, { ...options, train, frequencies: found.frequencies }),
    )
    found.model = result.model
    if (right.length === 0 && !settings.shares) found.frequencies = result.frequencies
    found.scored += result.counts.pairs
    take(result.links, result.model)
  }
  return found
}

/**
 * Runs a comparison; where one rule would bring more pairs together than can be compared (15,000 heads whose names sound
 * alike in one village), the run goes on with that rule narrowed to people born in the same year, then without it. Who is
 * told apart by the other rules is found as before. Throws `match_crowded` when nothing is left to look people up by.
 */
async function uncrowded<R extends { model: LinkageModel }>(
  model: LinkageModel,
  run: (model: LinkageModel) => Promise<R>,
): Promise<R> {
  let rules = model.blocking_rules
  for (;;) {
    try {
      const result = await run({ ...model, blocking_rules: rules })
      // Narrowed for this run alone: what is learnt is learnt of the model as it stands.
      return { ...result, model: { ...result.model, blocking_rules: model.blocking_rules } }
    } catch (error) {
      if (!(error instanceof LinkageError)) throw error
      const { code, detail, message } = error
      // Where the rule that brought the crowd together is gone, it may be that nobody has anything else to be looked up by.
      if (code === 'linkage_no_usable_rule' && rules !== model.blocking_rules) {
        throw problem('match_crowded', { detail: message })
      }
      const rule = code === 'linkage_too_many_pairs' && detail.rule
      if (!Array.isArray(rule)) throw error
      const widest = JSON.stringify(rule)
      rules = rules.flatMap((each) => (JSON.stringify(each) === widest ? narrower(each) : [each]))
      if (rules.length === 0) throw problem('match_crowded', { detail: message })
    }
  }
}

const narrower = (rule: string[]): string[][] =>
  rule.some((key) => key.startsWith('birth_date')) ? [] : [[...rule, 'birth_date:year']]

function pairOf(left: Someone, right: Someone, found: Link, model: LinkageModel): Pair {
  return judge(left, right, { weight: found.match_weight, levels: found.levels }, model)
}

/** What the levels of one pair mean. */
export function judge(
  left: Someone,
  right: Someone,
  scored: { weight: number; levels: readonly number[] },
  model: LinkageModel,
): Pair {
  const meaning = meaningOf(patternOf(scored.levels, model), model)
  const levels = levelNames(scored.levels, model)
  const exact =
    left.id_valid && right.id_valid && left.national_id === right.national_id && secondEvidence(left, right, levels)
  return {
    left,
    right,
    weight: scored.weight,
    household_weight: meaning.household_weight,
    exact,
    vetoed: meaning.vetoed && !exact,
    acceptable: meaning.acceptable,
    levels,
  }
}

export function levelNames(levels: readonly number[], model: LinkageModel): Record<string, string | null> {
  return Object.fromEntries(model.comparisons.map((c, i) => [c.name, c.levels[levels[i] ?? -1]?.name ?? null]))
}

// One wrong character of a name is not enough beside a borrowed number: brothers, and father and son, differ by so much.
const SAME_NAME = ['exact', 'variant', 'same_tone', 'same_sound', 'close']

function secondEvidence(left: Someone, right: Someone, levels: Record<string, string | null>): boolean {
  if (left.birth_date !== null && left.birth_date === right.birth_date) return true
  const name = levels['name'] ?? levels['given_name']
  return typeof name === 'string' && SAME_NAME.includes(name)
}
