import { bearOut, completeHouseholds, secondChoices, supportHouseholds } from './assign.ts'
import { mutualBest } from './best.ts'
import type { EncodedRecords } from '../pairs/encode.ts'
import { elsewhereSql, householdLinks } from './households.ts'
import type { HouseholdLink } from './households.ts'
import type { LinkageModel } from '../model/model.ts'
import { levelsOf } from '../learn/patterns.ts'
import { readColumns } from '../session/session.ts'
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

/** As numbers with names: a letter's room each in place of a text's. */
const named = (sql: string, names: readonly string[]) =>
  `(${sql})::enum(${names.map((name) => `'${name}'`).join(', ')})`
const BANDS: readonly Band[] = ['accept', 'review', 'reject']
const DOUBTS: readonly Doubt[] = ['veto', 'tie', 'close_rival', 'second_choice', 'needs_second_evidence']
const PASSES: readonly Link['pass'][] = ['pair', 'household', 'second']

const shape = (table: string, pass: string, own: string, support: string, lead: string) =>
  `select l, r, pattern, weight, ${own} as own_weight, ${support} as support, ${lead} as margin, vetoed, acceptable, ${named(`'${pass}'`, PASSES)} as pass from lk_${table}`

/** A record completed by its household is not shown a second time with the tie or the doubt it had before. */
const NOT_COMPLETED = ' where l not in (select l from lk_completed) and r not in (select r from lk_completed)'

/**
 * lk_links: the pairs to give back, with band and doubt. A vetoed pair, a tie, a pair whose record has another one almost
 * as good, and a pair without the second evidence asked for are never accepted: they go to review. Returns what was learnt
 * of household support. `unmatched`: the share of records without a partner, 1 where records may have many.
 */
export async function assignOneToOne(
  session: Session,
  model: LinkageModel,
  encoded: EncodedRecords,
  settings: { one_to_one: boolean; households: boolean; least: number; learn_support: boolean; unmatched?: number },
): Promise<SupportTraining | null> {
  const { accept, review, margin = 3 } = model.thresholds
  const passes: string[] = []
  let support: SupportTraining | null = null
  if (settings.households) {
    support = await supportHouseholds(session, model, settings.learn_support)
    await mutualBest(session, 'supported', 'best')
    // evidence inside a household starts at even odds: being left over together is none, one bit is the least to look at
    await completeHouseholds(session, model, encoded, review + 1)
    await bearOut(session, model, encoded)
    passes.push(shape('best', 'pair', 'own_weight', 'anchored', 'margin') + NOT_COMPLETED)
    passes.push(shape('completed', 'household', 'weight', '0', 'margin'))
    await secondChoices(session, 'supported', ['best', 'completed'], review)
    passes.push(shape('second', 'second', 'own_weight', 'anchored', 'margin'))
  } else if (settings.one_to_one) {
    await mutualBest(session, 'scored', 'best', encoded.dedupe)
    passes.push(shape('best', 'pair', 'weight', '0', 'margin'))
    await secondChoices(session, 'scored', ['best'], review, encoded.dedupe)
    passes.push(shape('second', 'second', 'weight', '0', 'margin'))
  } else passes.push(shape('scored', 'pair', 'weight', '0', '1e9'))
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
  const [left, right, weight, probability, own, support, margin, pattern, pass, band, doubt] = await readColumns(
    session.connection,
    `select x.source_id, y.source_id, k.weight, k.probability, k.own_weight, k.support::double, k.margin, k.pattern, k.pass, k.band, k.doubt
from lk_links k join lk_left x on x.id = k.l join lk_${dedupe ? 'left' : 'right'} y on y.id = k.r order by 1, 2`,
  )
  return left!.map((id, i) => ({
    left_id: String(id),
    right_id: String(right![i]),
    match_weight: Number(weight![i]),
    match_probability: Number(probability![i]),
    band: band![i] as Band,
    doubt: doubt![i] as Doubt | null,
    pass: pass![i] as Link['pass'],
    support: Number(support![i]),
    support_weight: Number(weight![i]) - Number(own![i]),
    // a lead of millions of bits stands for "no rival"
    margin: Number(margin![i]) > 1e6 ? null : Number(margin![i]),
    levels: levelsOf(Number(pattern![i]), model),
  }))
}

/** Households joined by accepted links. */
export async function readHouseholds(session: Session, model: LinkageModel): Promise<HouseholdLink[]> {
  const [left, right, elsewhere] = await readColumns(
    session.connection,
    `select a.h, b.h, ${elsewhereSql(model, 'k.pattern')} from lk_links k
join lk_left x on x.id = k.l join lk_right y on y.id = k.r
join lk_households_left a on a.household = x.household join lk_households_right b on b.household = y.household
where k.band = 'accept'`,
  )
  const sizes = async (side: string) => {
    const sql = `select h, count(*)::double from lk_${side} join lk_households_${side} using (household) group by 1`
    const [names, counts] = await readColumns(session.connection, sql)
    return new Map(names!.map((name, i) => [String(name), Number(counts![i])]))
  }
  const pairs = left!.map((household, i) => [String(household), String(right![i]), elsewhere![i] === true] as const)
  return householdLinks(pairs, await sizes('left'), await sizes('right'))
}
