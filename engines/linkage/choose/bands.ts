import { bearOut, completeHouseholds, secondChoices, supportHouseholds } from './assign.ts'
import { mutualBest } from './best.ts'
import type { Run } from '../pairs/encode.ts'
import { elsewhereSql, householdLinks } from './households.ts'
import type { HouseholdLink } from './households.ts'
import type { HouseholdSettings, LinkageModel } from '../model/model.ts'
import { levelsOf } from '../learn/patterns.ts'
import { readRows } from '../session/read.ts'
import type { SupportTraining } from './support.ts'
import type { Session } from '../session/session.ts'

export type Band = 'accept' | 'review' | 'reject'
/** Why a pair is not accepted, whatever its weight. */
export type Doubt = 'veto' | 'tie' | 'close_rival' | 'second_choice' | 'needs_second_evidence'

export type Link = {
  left_id: string
  right_id: string
  /** Bits, household support included. */
  match_weight: number
  /**
   * That the pair is true. Person by person from the weight alone. One to one, each record has one partner at most: a
   * rival takes some of it, and where nearly everybody has a partner, being left without one is itself unlikely.
   */
  match_probability: number
  band: Band
  doubt: Doubt | null
  /** `pair`: by its own evidence; `household`: a member left over in a linked household; `second`: its best was taken. */
  pass: 'pair' | 'household' | 'second'
  /** Other sure links between the same two households, and the bits they added. */
  support: number
  support_weight: number
  /** Lead in bits over the next best pair of either record; null without a rival or without one-to-one. */
  margin: number | null
  /** Index of the level of each comparison; -1 where a value is missing. */
  levels: number[]
}

/** An enum: one byte a row in place of a text. */
const named = (sql: string, names: readonly string[]) =>
  `(${sql})::enum(${names.map((name) => `'${name}'`).join(', ')})`
const BANDS: readonly Band[] = ['accept', 'review', 'reject']
const DOUBTS: readonly Doubt[] = ['veto', 'tie', 'close_rival', 'second_choice', 'needs_second_evidence']
export const PASSES: readonly Link['pass'][] = ['pair', 'household', 'second']

/** Where the pairs of one pass stand, and the SQL of what differs between passes. `support` has both `own_weight` and `anchored`. */
type PassTable = { pass: Link['pass']; table: string; support?: boolean; margin?: string }

const passSql = ({ pass, table, support = false, margin = 'margin' }: PassTable) =>
  `select l, r, pattern, weight, ${support ? 'own_weight' : 'weight'} as own_weight, ${support ? 'anchored' : '0'} as support, ${margin} as margin, vetoed, acceptable, ${named(`'${pass}'`, PASSES)} as pass from lk_${table}`

/** A record completed by its household is not shown a second time with the tie or the doubt it had before. */
const NOT_COMPLETED = ' where l not in (select l from lk_completed) and r not in (select r from lk_completed)'

/** The share of the longer list's records without a partner; never held to be less than one in a hundred. */
export const unmatchedShare = (expected_matches: number, { left, right }: { left: number; right: number }) =>
  Math.min(1, Math.max(0.01, 1 - expected_matches / Math.max(left, right)))

/** How the pairs of a run are chosen. */
export type Assignment = {
  one_to_one: boolean
  /** Null: households say nothing. */
  households: HouseholdSettings | null
  least: number
  learn_support: boolean
  /** The share of records without a partner, 1 where records may have many. */
  unmatched?: number
}

/**
 * lk_links: the pairs to give back, with band and doubt. A vetoed pair, a tie, a pair whose record has another one almost
 * as good, and a pair without the second evidence asked for are never accepted: they go to review. Returns what was learnt
 * of household support.
 */
export async function assignOneToOne(run: Run, settings: Assignment): Promise<SupportTraining | null> {
  const { session, model, encoded } = run
  const { accept, review, margin = 3 } = model.thresholds
  const passes: string[] = []
  let support: SupportTraining | null = null
  if (settings.households) {
    support = await supportHouseholds(run, settings.households, settings.learn_support)
    await mutualBest(session, 'supported', 'best')
    // evidence inside a household starts at even odds: being left over together is none, one bit is the least to look at
    await completeHouseholds(run, settings.households, review + 1)
    await bearOut(run, settings.households)
    passes.push(passSql({ pass: 'pair', table: 'best', support: true }) + NOT_COMPLETED)
    passes.push(passSql({ pass: 'household', table: 'completed' }))
    await secondChoices(run, 'supported', ['best', 'completed'])
    passes.push(passSql({ pass: 'second', table: 'second', support: true }))
  } else if (settings.one_to_one) {
    await mutualBest(session, 'scored', 'best', encoded.dedupe)
    passes.push(passSql({ pass: 'pair', table: 'best' }))
    await secondChoices(run, 'scored', ['best'])
    passes.push(passSql({ pass: 'second', table: 'second' }))
  } else passes.push(passSql({ pass: 'pair', table: 'scored', margin: '1e9' }))
  await session.step(
    'links',
    `with candidates as (\n${passes.join('\nunion all\n')}),
judged as (select *, ${named(
      `case when vetoed = 1 then 'veto' when margin = 0 then 'tie'
  when pass = 'second' then 'second_choice' when margin < ${margin} then 'close_rival' when acceptable = 0${settings.households ? ' and (l, r) not in (select (l, r) from lk_borne_out)' : ''} then 'needs_second_evidence' end`,
      DOUBTS,
    )} as doubt
from candidates where weight >= ${settings.least})
select * exclude (vetoed, acceptable), 1 / (1 + pow(2, -margin) + case pass when 'pair' then ${settings.unmatched ?? 1}::double else 1 end * pow(2, -weight)) as probability,
  ${named(`case when weight < ${review} then 'reject' when weight < ${accept} or doubt is not null then 'review' else 'accept' end`, BANDS)} as band
from judged`,
  )
  return support
}

/** lk_links as objects, with the records' own ids, ordered by them. */
export async function readLinks(session: Session, model: LinkageModel, dedupe: boolean): Promise<Link[]> {
  const sql = `select x.source_id, y.source_id, k.weight, k.probability, k.own_weight, k.support::double, k.margin, k.pattern, k.pass, k.band, k.doubt
from lk_links k join lk_left x on x.id = k.l join lk_${dedupe ? 'left' : 'right'} y on y.id = k.r order by 1, 2`
  return readRows(session.connection, sql, (row): Link => {
    const [weight, margin] = [row.number(2), row.number(6)]
    return {
      left_id: row.text(0),
      right_id: row.text(1),
      match_weight: weight,
      match_probability: row.number(3),
      band: row.word(9, BANDS),
      doubt: row.value(10) === null ? null : row.word(10, DOUBTS),
      pass: row.word(8, PASSES),
      support: row.number(5),
      support_weight: weight - row.number(4),
      // a lead of millions of bits stands for "no rival"
      margin: margin > 1e6 ? null : margin,
      levels: levelsOf(row.number(7), model),
    }
  })
}

/** Households joined by accepted links. */
export async function readHouseholds(session: Session, model: LinkageModel): Promise<HouseholdLink[]> {
  const pairs = await readRows(
    session.connection,
    `select a.h, b.h, ${elsewhereSql(model, 'k.pattern')} from lk_links k
join lk_left x on x.id = k.l join lk_right y on y.id = k.r
join lk_households_left a on a.household = x.household join lk_households_right b on b.household = y.household
where k.band = 'accept'`,
    (row) => [row.text(0), row.text(1), row.value(2) === true] as const,
  )
  const sizes = async (side: string) => {
    const sql = `select h, count(*)::double from lk_${side} join lk_households_${side} using (household) group by 1`
    return new Map(await readRows(session.connection, sql, (row) => [row.text(0), row.number(1)] as const))
  }
  return householdLinks(pairs, await sizes('left'), await sizes('right'))
}
