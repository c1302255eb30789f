import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { assignOneToOne, readHouseholds, readLinks, unmatchedShare } from './choose/bands.ts'
import type { Link } from './choose/bands.ts'
import { leastWeight } from './learn/bits.ts'
import { comparePairs } from './compare/compare.ts'
import { contentsOf } from './files/contents.ts'
import { codesSql, encodeSide, planEncoding } from './pairs/encode.ts'
import type { EncodingPlan, Run } from './pairs/encode.ts'
import { LinkageError } from './errors.ts'
import type { LinkageProblem } from './errors.ts'
import { termSlot, writeFrequencies } from './learn/frequencies.ts'
import type { HouseholdLink } from './choose/households.ts'
import type { LinkOptions } from './link.ts'
import { loadSide } from './pairs/load.ts'
import type { LinkInput, Relation } from './pairs/load.ts'
import { checkModel } from './model/model.ts'
import { modelSchema } from './model/schema.ts'
import type { LinkageModel } from './model/model.ts'
import { claimWorkFolder, digest, engineDigest, workFile } from './session/resume.ts'
import { countPatterns, scorePatterns, writeMeanings } from './pairs/score-sql.ts'
import { readRow } from './session/read.ts'
import { literal, openSession } from './session/session.ts'
import type { Session, SessionOptions, Step } from './session/session.ts'
import { MOST_SUPPORT } from './choose/support.ts'
import { termsOf } from './model/terms.ts'
import { train } from './learn/train.ts'

export type IndexOptions = Pick<SessionOptions, 'threads' | 'memory_limit' | 'temp_directory' | 'on_step'> &
  Pick<LinkOptions, 'id_column' | 'household_column' | 'frequencies'> & { folder: string }

export type BatchOptions = Pick<SessionOptions, 'threads' | 'memory_limit' | 'temp_directory' | 'on_step'> &
  Pick<LinkOptions, 'id_column' | 'household_column' | 'one_to_one' | 'households' | 'least_weight' | 'max_pairs'>

export type BatchResult = {
  links: Link[]
  households: HouseholdLink[]
  counts: { left: number; right: number; pairs: number; accept: number; review: number }
  problems: LinkageProblem[]
  steps: Step[]
}

/** What index.json says; `duckdb` and `engine` because the codes are theirs, which other versions may compute otherwise. */
const INDEX = z.object({
  format: z.literal('linkage-index/1'),
  model: modelSchema,
  left: z.number(),
  households: z.boolean(),
  duckdb: z.string(),
  engine: z.string(),
})
type Index = z.infer<typeof INDEX>

const duckdbVersion = async (session: Session) => (await readRow(session.connection, 'select version()')).text(0)

/**
 * Prepares the left side once for any number of batches: its codes, keys and the shares of its values, in a folder of
 * about 300 bytes a record. `model` is one that was learnt (`result.model` of a whole run): a batch is too small to learn
 * from. A call that was killed goes on where it stopped; with another list, model or shares the folder is made anew.
 * Refusals as `link`.
 */
export async function prepareIndex(
  left: Relation,
  model: LinkageModel,
  options: IndexOptions,
): Promise<{ left: number }> {
  checkModel(model)
  const { folder, id_column = 'record_id', household_column = 'household_id' } = options
  await mkdir(folder, { recursive: true })
  const given = Object.entries(options.frequencies ?? {}).map(([name, shares]) => [name, [...shares]])
  const key = [await engineDigest(), await contentsOf([left]), model, id_column, household_column, given]
  await claimWorkFolder(folder, digest(JSON.stringify(key)))
  const session = await openSession({ ...options, work_dir: folder })
  try {
    const loaded = await loadSide(session, 'left', left, { model, id_column, household_column })
    const plan = planEncoding(model, true)
    await encodeSide(session, plan, 'left', loaded)
    // the records as they were written, for the pairs that JavaScript compares: the list itself may be gone by then
    await session.step('texts_left', 'select i.* from lk_input_left i order by source_id')
    await writeFrequencies({ session, model, encoded: plan }, options.frequencies)
    const index: Index = {
      format: 'linkage-index/1',
      model,
      left: loaded.rows,
      households: loaded.households,
      duckdb: await duckdbVersion(session),
      engine: await engineDigest(),
    }
    await session.connection.run('checkpoint')
    // written last and at once: a folder without it is not ready
    await writeFile(join(folder, 'index.json.new'), JSON.stringify(index))
    await rename(join(folder, 'index.json.new'), join(folder, 'index.json'))
    return { left: loaded.rows }
  } finally {
    await session.close()
  }
}

/** The left records that a batch can meet: lk_candidates(l, r), and their households' members as lk_left, lk_codes_left. */
async function findCandidates(session: Session, encoded: EncodingPlan, max_pairs: number): Promise<void> {
  const held = `(${codesSql(encoded, 'prepared.lk_rows_left')})`
  // keys of the batch are few: each rule reads the columns of its key, and no more
  const each = encoded.rules.map(
    ({ slot }) =>
      `(select l.id as l, r.id as r from ${held} l join lk_codes_right r on l.${slot} = r.${slot} limit ${max_pairs + 1})`,
  )
  const pairs = await session.step('candidates', `select distinct l, r from (${each.join('\nunion all ')})`)
  if (pairs > max_pairs) {
    throw new LinkageError(
      'linkage_too_many_pairs',
      `The blocking rules would compare more than ${max_pairs} pairs of this batch. Add a key to the widest rule.`,
      { pairs, max_pairs },
    )
  }
  await session.step(
    'met',
    `with found as (select id, household from ${held} where id in (select l from lk_candidates))
select id from found union select id from ${held} where household in (select household from found)`,
  )
  await session.step('codes_left', `select * from ${held} where id in (select id from lk_met)`)
  const names = '(select rowid::integer as id, * from prepared.lk_names_left)'
  await session.step('left', `select * from ${names} where id in (select id from lk_met)`)
  // all tables of the index stand in the order of the source ids
  await session.step('copied_left', 'select * from prepared.lk_texts_left where rowid in (select id from lk_met)')
  await session.view('input_left', 'select * from lk_copied_left')
  await session.view('households_left', 'select * from prepared.lk_households_left')
}

/**
 * Links a batch (a day's survey) against a prepared left side. The links are those that `link` finds between the whole
 * left side and the batch with the index's model and shares; only records that some rule brings together are read.
 * Throws LinkageError as `link`, and `linkage_no_index` for a folder that is not ready, or of another DuckDB or engine.
 */
export async function linkBatch(folder: string, right: LinkInput, options: BatchOptions = {}): Promise<BatchResult> {
  const index = await readIndex(folder)
  const { model, left, households } = index
  const session = await openSession(options)
  try {
    await attachIndex(session, folder, index)
    const loaded = await loadSide(session, 'right', right, {
      model,
      id_column: options.id_column ?? 'record_id',
      household_column: options.household_column ?? 'household_id',
    })
    const run: Run & { encoded: EncodingPlan } = { session, model, encoded: planEncoding(model, false) }
    await encodeSide(session, run.encoded, 'right', loaded)
    await findCandidates(session, run.encoded, options.max_pairs ?? 50_000_000)
    const both_households = households && loaded.households
    await scoreCandidates(run, { left, right: loaded.rows, both_households }, options)
    const links = await readLinks(session, model, false)
    const of = (band: Link['band']) => links.filter((link) => link.band === band).length
    const pairs = session.steps.find((step) => step.table === 'lk_candidates')?.rows ?? 0
    return {
      links,
      households: both_households ? await readHouseholds(session, model) : [],
      counts: { left, right: loaded.rows, pairs, accept: of('accept'), review: of('review') },
      problems: loaded.problems,
      steps: session.steps,
    }
  } finally {
    await session.close()
  }
}

async function readIndex(folder: string): Promise<Index> {
  const text = await readFile(join(folder, 'index.json'), 'utf8').catch(() => null)
  if (text === null) throw new LinkageError('linkage_no_index', `No index is ready in ${folder}.`, { folder })
  return INDEX.parse(JSON.parse(text))
}

/** Opens the tables of an index as `prepared`. Throws `linkage_no_index` where they are of another version. */
async function attachIndex(session: Session, folder: string, { duckdb, engine }: Index): Promise<void> {
  if (duckdb !== (await duckdbVersion(session))) {
    throw new LinkageError('linkage_no_index', `The index in ${folder} is of DuckDB ${duckdb}: prepare it anew.`, {
      folder,
    })
  }
  if (engine !== (await engineDigest())) {
    throw new LinkageError('linkage_no_index', `The index in ${folder} is of another version: prepare it anew.`, {
      folder,
    })
  }
  const attached = `attach ${literal(await workFile(folder))} as prepared (read_only)`
  await session.connection.run(attached).catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error)
    throw new LinkageError('linkage_no_index', `The index in ${folder} cannot be opened: prepare it anew.`, {
      folder,
      said,
    })
  })
}

/** lk_links from lk_candidates, under the model and the shares of the index. */
async function scoreCandidates(
  run: Run,
  { left, right, both_households }: { left: number; right: number; both_households: boolean },
  options: BatchOptions,
): Promise<void> {
  const { session, model, encoded } = run
  for (const [n, term] of termsOf(model).entries()) {
    const held = `select ${termSlot(encoded, term)} from lk_codes_left`
    await session.step(`frequency_${n}`, `select * from prepared.lk_frequency_${n} where code in (${held})`)
  }
  await comparePairs(run, 'candidates', 'compared')
  const patterns = await countPatterns(session, 'compared')
  await writeMeanings(run, patterns.patterns, 'compared')
  const least = leastWeight(options.least_weight, model.thresholds.review)
  await scorePatterns(run, { table: 'compared', into: 'scored', least: least - MOST_SUPPORT })
  const { training } = train(model, patterns, 'none', {
    frequencies: [],
    behind: [],
    sampled_pairs: 0,
    total_pairs: left * right,
    most_matches: Math.min(left, right),
  })
  const { one_to_one = true } = options
  const with_households = one_to_one && both_households && (options.households ?? true)
  await assignOneToOne(run, {
    one_to_one,
    households: (with_households && model.households) || null,
    least,
    learn_support: false,
    unmatched: one_to_one ? unmatchedShare(training.expected_matches, { left, right }) : 1,
  })
}
