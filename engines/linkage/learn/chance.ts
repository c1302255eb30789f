import { compareJoined } from '../compare/compare.ts'
import { at, double } from '../at.ts'
import type { EncodedRecords, Run } from '../pairs/encode.ts'
import { slotsOf } from '../compare/levels-sql.ts'
import type { Comparison, LinkageModel } from '../model/model.ts'
import { levelsOf } from './patterns.ts'
import type { FirstRule } from '../pairs/block.ts'
import { countPatterns } from '../pairs/score-sql.ts'
import { readNumbers, readRows } from '../session/read.ts'
import type { ChancePairs, PatternCounts } from './train.ts'
import type { Side } from '../pairs/load.ts'
import type { Session } from '../session/session.ts'
import { agreementWithin } from '../pairs/within.ts'
import type { Within } from '../pairs/within.ts'

/** A 32-bit mixer (murmur3 finalizer): sampling must not depend on the run, the threads or the order of the input. */
function mix(value: number): number {
  let h = Math.imul(value ^ 0x9e3779b9, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f)
  return (h ^ (h >>> 15)) >>> 0
}

/** Records of each side that sampled pairs are made of: reading them costs less than a look at every record. */
const SAMPLED_RECORDS = 40_000
/** Up to so many records there is nothing to be spared: pairs are drawn of all. */
const FEW_RECORDS = 100_000

/** Ids of about SAMPLED_RECORDS of `size` records, by hash, in order. */
function pickRecords(size: number, salt: number): Int32Array {
  const picked = new Set<number>()
  for (let i = 0; i < SAMPLED_RECORDS; i++) picked.add(mix(2 * i + salt) % size)
  return Int32Array.from(picked).sort()
}

/**
 * lk_sample(l, r): pairs drawn by hash of a counter, as places in lk_sampled_left and lk_sampled_right, which hold their
 * records; all pairs when there are few. Returns how many.
 */
async function drawPairs({ session, encoded: { dedupe } }: Run, sizes: Sizes, sample_pairs: number) {
  const left = await placeRecords(session, 'left', sizes.left)
  const right = dedupe ? left : await placeRecords(session, 'right', sizes.right)
  const everything = sizes.left * sizes.right <= sample_pairs
  const draws = everything ? sizes.left * sizes.right : sample_pairs
  const [ls, rs] = [new Int32Array(draws), new Int32Array(draws)]
  let drawn = 0
  for (let i = 0; i < draws; i++) {
    const l = everything ? Math.floor(i / right) : mix(2 * i) % left
    const r = everything ? i % right : mix(2 * i + 1) % right
    if (dedupe && (everything ? l >= r : l === r)) continue
    ls[drawn] = l
    rs[drawn++] = r
  }
  await session.fill('sample', `${draws} draws`, { l: 'int', r: 'int' }, async (writer) => {
    if (drawn > 0) writer.write([ls.subarray(0, drawn), rs.subarray(0, drawn)])
  })
  return drawn
}

/** lk_sampled_<side>: the records that pairs are drawn of, with their places from 0 up. Returns how many. */
async function placeRecords(session: Session, side: Side, size: number): Promise<number> {
  if (size <= FEW_RECORDS) {
    await session.view(`sampled_${side}`, `select id as place, * from lk_codes_${side}`)
    return size
  }
  const ids = pickRecords(size, side === 'left' ? 0 : 1)
  const source = `${ids.length} of ${size} records`
  await session.fill(`drawn_${side}`, source, { id: 'int' }, async (writer) => writer.write([ids]))
  // dense places: DuckDB makes an array of what has keys without gaps, and one of a million for ids up to a million
  await session.step(
    `picked_${side}`,
    `select (row_number() over (order by id) - 1)::integer as place, * from lk_codes_${side} where id in (select id from lk_drawn_${side})`,
  )
  await session.drop(`drawn_${side}`)
  await session.view(`sampled_${side}`, `select * from lk_picked_${side}`)
  return ids.length
}

/**
 * lk_agreement(comparison, key, agreeing, total): record pairs that share the value behind a level, counted from the
 * sizes of the values' groups. A value that few hold is shared by few pairs: nothing is sampled, nothing is noise.
 */
async function countAgreement(session: Session, encoded: EncodedRecords, first: FirstRule | null): Promise<void> {
  const selects = encoded.comparisons.flatMap(({ sql }, c) =>
    sql.keys.map((slot, k) => {
      // a rule of this one key has made and counted just these pairs
      if (first?.key === slot) {
        const pairs = encoded.dedupe ? 2 * first.pairs : first.pairs
        return `select ${c} as comparison, ${k} as key, ${pairs}::double as agreeing`
      }
      // both sides in one group: two thirds of the time of joining two
      const of = (side: string) =>
        `select ${slot} as v, ${side === 'left'} as l from lk_codes_${side} where ${slot} is not null`
      const agreeing = encoded.dedupe
        ? `select coalesce(sum(n * (n - 1)), 0)::double as agreeing from (select count(*) as n from (${of('left')}) group by v)`
        : `select coalesce(sum(x * y), 0)::double as agreeing from (select count(*) filter (l) as x, count(*) filter (not l) as y from (${of('left')} union all ${of('right')}) group by v)`
      return `select ${c} as comparison, ${k} as key, agreeing from (${agreeing})`
    }),
  )
  await session.step(
    'agreement',
    selects.length > 0
      ? selects.join('\nunion all\n')
      : 'select 0 as comparison, 0 as key, 0.0 as agreeing where false',
  )
}

/** Records of each side that have something to compare, by comparison: both sides' counts multiplied. */
async function countFilled(session: Session, encoded: EncodedRecords): Promise<number[]> {
  const present = encoded.comparisons.map(({ sql }) =>
    Object.keys(slotsOf(sql))
      .map((slot) => `${slot} is not null`)
      .join(' or '),
  )
  const counts = async (side: string) => {
    const list = present.map((condition, c) => `count(*) filter (where ${condition})::double as n${c}`)
    await session.step(`present_${side}`, `select ${list.join(', ')} from lk_codes_${side}`)
    return readNumbers(session.connection, `select * from lk_present_${side}`)
  }
  const left = await counts('left')
  const right = encoded.dedupe ? left.map((n) => n - 1) : await counts('right')
  return left.map((n, c) => n * at(right, c))
}

/** Records of each side. */
export type Sizes = { left: number; right: number }

/** Random pairs by what they agree on. */
export type Sample = { patterns: PatternCounts; drawn: number }

/** Draws random pairs and compares them. */
export async function samplePairs(run: Run, sizes: Sizes, sample_pairs: number): Promise<Sample> {
  const { session, encoded } = run
  const drawn = await drawPairs(run, sizes, sample_pairs)
  const right = encoded.dedupe ? 'sampled_left' : 'sampled_right'
  const join = `from lk_sample p join lk_sampled_left l on l.place = p.l join lk_${right} r on r.place = p.r`
  await compareJoined(run, join, 'sample_compared')
  const patterns = await countPatterns(session, 'sample_compared')
  for (const table of ['sample', 'sample_compared', 'picked_left', 'picked_right']) await session.drop(table)
  return { patterns, drawn }
}

/** u of every level, with what it was learnt from. */
export type LevelFrequencies = { frequencies: number[][]; behind: ChancePairs[][]; within: Within[] }

/** What is known of one comparison's random pairs. `hits`: sampled pairs by level; `agreeing`: counted pairs by key. */
type Chance = { comparison: Comparison; hits: Float64Array; compared: number; agreeing: number[] }

function countHits(model: LinkageModel, { patterns, counts }: PatternCounts): Float64Array[] {
  const hits = model.comparisons.map((c) => new Float64Array(c.levels.length))
  for (const [p, pattern] of patterns.entries()) {
    for (const [c, level] of levelsOf(pattern, model).entries()) {
      if (level < 0) continue
      const of = at(hits, c)
      of[level] = double(of, level) + double(counts, p)
    }
  }
  return hits
}

/** u of the levels of one comparison: sampled, and where its keys were counted the difference of one key to the one before. */
function levelChances({ comparison, hits, compared, agreeing }: Chance): { u: number; behind: ChancePairs }[] {
  const seen = Math.max(
    1,
    hits.reduce((sum, n) => sum + n, 0),
  )
  const unseen = (u: number) => Math.min(0.5 / seen, Math.max(0.01 / seen, u))
  let before = 0
  const found = comparison.levels.map((level, k) => {
    const pairs = double(hits, k)
    const sampled = { u: pairs > 0 ? pairs / seen : unseen(level.u), behind: { pairs, counted: false } }
    const counted = agreeing[k]
    if (counted === undefined) return sampled
    const reached = compared > 0 ? counted / compared : 0
    const u = reached - before
    before = reached
    return u > 0 ? { u, behind: { pairs: Math.round(u * compared), counted: true } } : sampled
  })
  const sum = found.reduce((total, { u }) => total + u, 0)
  return found.map(({ u, behind }) => ({ u: u / sum, behind }))
}

/**
 * How often random pairs reach each level: by counting value frequencies for levels that are equality of something
 * (exact, and free of sampling noise), by sampled pairs for the others. All pairs are taken when there are few.
 * A level that no sampled pair reaches is given half a pair, or the model's own u where that is less (down to a hundredth
 * of a pair): none comes out impossible, and a sample too small to see a level does not unlearn it.
 */
export async function levelFrequencies(
  run: Run,
  sample: Sample,
  { most_matches, first_rule }: { most_matches: number; first_rule: FirstRule | null },
): Promise<LevelFrequencies> {
  const { session, model, encoded } = run
  const hits = countHits(model, sample.patterns)
  await countAgreement(session, encoded, first_rule)
  const compared = await countFilled(session, encoded)
  const counted = await readRows(
    session.connection,
    'select comparison::integer, agreeing from lk_agreement order by comparison, key',
    (row) => ({ comparison: row.number(0), agreeing: row.number(1) }),
  )
  const chances = model.comparisons.map((comparison, c): Chance => {
    const agreeing = counted.filter((each) => each.comparison === c).map((each) => each.agreeing)
    return { comparison, hits: at(hits, c), compared: at(compared, c), agreeing }
  })
  const levels = chances.map(levelChances)
  const agreeing = chances.map((each) => each.agreeing[0] ?? 0)
  const within = await agreementWithin(run, { agreeing, compared, most_matches })
  return {
    frequencies: levels.map((of) => of.map(({ u }) => u)),
    behind: levels.map((of) => of.map(({ behind }) => behind)),
    within,
  }
}
