import { assignOneToOne, readHouseholds, readLinks, unmatchedShare } from './choose/bands.ts'
import { block } from './pairs/block.ts'
import type { RuleCount } from './pairs/block.ts'
import { leastWeight } from './learn/bits.ts'
import type { TermFrequencies } from './learn/bits.ts'
import { clustersOf } from './choose/cluster.ts'
import { levelFrequencies, samplePairs } from './learn/chance.ts'
import type { LevelFrequencies, Sizes } from './learn/chance.ts'
import { encode } from './pairs/encode.ts'
import type { Run } from './pairs/encode.ts'
import type { LinkageProblem } from './errors.ts'
import { readFrequencies, writeFrequencies } from './learn/frequencies.ts'
import { learnOneEach } from './learn/one-each.ts'
import type { Link } from './choose/bands.ts'
import type { HouseholdLink } from './choose/households.ts'
import { loadRecords } from './pairs/load.ts'
import type { LinkInput } from './pairs/load.ts'
import { checkModel } from './model/model.ts'
import type { LinkageModel } from './model/model.ts'
import { countPatterns, scorePatterns, writeMeanings } from './pairs/score-sql.ts'
import { openSession, readColumns } from './session/session.ts'
import type { Session, SessionOptions, Step } from './session/session.ts'
import { levelOfTerm } from './model/terms.ts'
import type { Term } from './model/terms.ts'
import { whyNoLinks } from './pairs/no-links.ts'
import { MOST_SUPPORT } from './choose/support.ts'
import type { SupportTraining } from './choose/support.ts'
import { train } from './learn/train.ts'
import type { Training, TrainingFacts, TrainMode } from './learn/train.ts'

export type { Link } from './choose/bands.ts'
export type { LinkInput, RecordRow, Relation } from './pairs/load.ts'
export type { TermFrequencies } from './learn/bits.ts'
export { clustersOf } from './choose/cluster.ts'

export type LinkOptions = SessionOptions & {
  /** Default `record_id`. */
  id_column?: string
  /** Default `household_id`; used when both sides have values in it. */
  household_column?: string
  /** Each record at most once: default true for two sides. */
  one_to_one?: boolean
  /** Household support and completion: default true when the model has settings for it and both sides have households. */
  households?: boolean
  /** Default: 'all' from 300 records a side, else 'prior'. */
  train?: TrainMode
  /** Random pairs for u; default 400,000. */
  sample_pairs?: number
  /** Most pairs that the blocking rules may make together; default 50,000,000. More is refused before it runs. */
  max_pairs?: number
  /** More records are paired in passes, each over one remainder of the keys; default 12,000,000. The links are the same. */
  records_a_pass?: number
  /** Shares of values in a wider population, in place of those among the records. */
  frequencies?: TermFrequencies
  /** Least weight of a link that is given back; default the review threshold. Below it the band is 'reject'. */
  least_weight?: number
}

export type LinkResult = {
  /** Accepted and doubtful pairs, ordered by ids. Rejected ones only where `least_weight` lies below review. */
  links: Link[]
  households: HouseholdLink[]
  /** Deduplication: record id -> cluster id, over accepted links. */
  clusters: Map<string, string>
  /** The model as learnt, with which `score` and `waterfall` repeat any weight. */
  model: LinkageModel
  frequencies: TermFrequencies
  training: Training
  rules: RuleCount[]
  counts: { left: number; right: number; pairs: number; accept: number; review: number }
  problems: LinkageProblem[]
  steps: Step[]
}

/** From this many records on both sides there are matches enough to learn from. */
const ENOUGH_TO_LEARN = 300

/** The chain up to lk_links, with what was learnt on the way. Of use to `link` and to `linkTables`. */
export async function chain(
  session: Session,
  records: { left: LinkInput; right?: LinkInput },
  model: LinkageModel,
  options: LinkOptions,
) {
  const dedupe = !records.right
  const { id_column = 'record_id', household_column = 'household_id', one_to_one = !dedupe } = options
  const loaded = await loadRecords(session, records, model, { id_column, household_column })
  const sizes = { left: loaded.left.rows, right: loaded.right.rows }
  const run: Run = { session, model, encoded: await encode(session, model, dedupe, loaded) }
  const found = await learn(run, sizes, { ...options, one_to_one })
  const learnt_run: Run = { ...run, model: found.model }
  await weigh(learnt_run, found, options.frequencies)
  const least = leastWeight(options.least_weight, model.thresholds.review)
  await scorePatterns(learnt_run, { table: 'compared', into: 'scored', least: least - MOST_SUPPORT })
  await session.drop('compared')
  const with_households = one_to_one && !dedupe && loaded.households && (options.households ?? true)
  const support = await assignOneToOne(learnt_run, {
    one_to_one,
    households: (with_households && model.households) || null,
    least,
    learn_support: found.mode === 'all',
    unmatched: one_to_one ? unmatchedShare(found.training.expected_matches, sizes) : 1,
  })
  const { mode, rules, pairs, patterns } = found
  const silence = await whyNoLinks(learnt_run, { mode, rules, pairs, patterns: patterns.length })
  // of them nothing is left to read but what the links say
  for (const table of ['scored', 'supported', 'best', 'completed', 'second']) await session.drop(table)
  return {
    run: { ...learnt_run, model: withSupport(found.model, support) },
    training: { ...found.training, support },
    rules,
    pairs,
    ...sizes,
    dedupe,
    households: loaded.households,
    problems: [...loaded.problems, ...silence],
  }
}

/** lk_compared, and the model learnt from its pairs and from random ones. */
async function learn(run: Run, sizes: Sizes, options: LinkOptions & { one_to_one: boolean }) {
  const { left, right } = sizes
  const { dedupe } = run.encoded
  const mode = options.train ?? (Math.min(left, right) >= ENOUGH_TO_LEARN ? 'all' : 'prior')
  // before the pairs are made: there is room yet
  const sample = mode === 'all' ? await samplePairs(run, sizes, options.sample_pairs ?? 400_000) : null
  const { max_pairs = 50_000_000, records_a_pass } = options
  const blocked = await block(run, { max_pairs, records_a_pass })
  const { counts: rules, pairs } = blocked
  const patterns = await countPatterns(run.session, 'compared')
  const most_matches = dedupe ? pairs : Math.min(left, right)
  const chance: LevelFrequencies = sample
    ? await levelFrequencies(run, sample, { most_matches, first_rule: blocked.first })
    : { frequencies: [], behind: [], within: [] }
  const facts: TrainingFacts = {
    ...chance,
    sampled_pairs: sample?.drawn ?? 0,
    total_pairs: dedupe ? (left * (left - 1)) / 2 : left * right,
    most_matches: options.one_to_one ? Math.min(left, right) : pairs,
  }
  const by_all_pairs = train(run.model, patterns, mode, facts)
  const by_best_pairs =
    mode === 'all' && !dedupe ? await learnOneEach(run, by_all_pairs.model, { patterns, facts, sizes }) : null
  const { frequencies } = chance
  return { ...(by_best_pairs ?? by_all_pairs), mode, rules, pairs, patterns: patterns.patterns, frequencies }
}

/** lk_frequency_<n> and lk_compared_weights: what values and patterns are worth under the model learnt. */
async function weigh(
  run: Run,
  { patterns, frequencies }: { patterns: Int32Array; frequencies: number[][] },
  given: TermFrequencies | undefined,
): Promise<void> {
  const { model, encoded } = run
  // kept in the learnt model, so that it weighs the same records the same when it is read again
  const chance = (term: Term) => {
    if (!encoded.dedupe) return 1
    const observed = frequencies[term.comparison]?.[term.u_level]
    const level = levelOfTerm(model, term)
    if (observed) level.chance = Math.min(1, level.u / observed)
    return level.chance ?? 1
  }
  await writeFrequencies(run, given, chance)
  await writeMeanings(run, patterns, 'compared')
}

/** The model with the bits of household support that were learnt, if any were. */
function withSupport(model: LinkageModel, support: SupportTraining | null): LinkageModel {
  const { households } = model
  if (!support || !households) return model
  return { ...model, households: { ...households, support_bits: support.levels.map((level) => level.bits) } }
}

async function run(
  records: { left: LinkInput; right?: LinkInput },
  model: LinkageModel,
  options: LinkOptions,
): Promise<LinkResult> {
  checkModel(model)
  const session = await openSession(options)
  try {
    const found = await chain(session, records, model, options)
    const { dedupe, left, right, pairs } = found
    const { model: learnt } = found.run
    const links = await readLinks(session, learnt, dedupe)
    const accepted = links.filter((link) => link.band === 'accept')
    const ids = dedupe ? (await readColumns(session.connection, 'select source_id from lk_left'))[0].map(String) : []
    return {
      links,
      households: found.households && !dedupe ? await readHouseholds(session, learnt) : [],
      clusters: clustersOf(ids, dedupe ? accepted : []),
      model: learnt,
      frequencies: await readFrequencies(found.run),
      training: found.training,
      rules: found.rules,
      counts: { left, right, pairs, accept: accepted.length, review: links.filter((l) => l.band === 'review').length },
      problems: found.problems,
      steps: session.steps,
    }
  } finally {
    await session.close()
  }
}

/**
 * Links the records of two sides (or, without `right`, those of one side among themselves).
 * Throws LinkageError: linkage_bad_model, linkage_empty_side, linkage_missing_id, linkage_duplicate_ids,
 * linkage_too_many_pairs (with the count, before it runs), linkage_no_usable_rule. Columns without any value are warned of
 * in `problems`, and so is why not one pair was linked. The result depends on the records alone: not on their order, the threads or the run.
 */
export function link(records: { left: LinkInput; right?: LinkInput }, model: LinkageModel, options: LinkOptions = {}) {
  return run(records, model, options)
}

/** Finds records of one list that are the same, with clusters. */
export function dedupe(records: LinkInput, model: LinkageModel, options: LinkOptions = {}): Promise<LinkResult> {
  return run({ left: records }, model, options)
}
