import type { HouseholdSettings, LevelReference } from '../model/model.ts'
import type { Session } from '../session/session.ts'
import type { Run } from '../pairs/encode.ts'
import { mutualBest } from './best.ts'
import { comparePairs } from '../compare/compare.ts'
import { levelsOf, meets } from '../learn/patterns.ts'
import { readColumns, readRows } from '../session/read.ts'
import { learnSupport, MOST_MEMBERS, MOST_SUPPORT, supportBits } from './support.ts'
import type { SupportGroup, SupportTraining } from './support.ts'
import { countPatterns, scorePatterns, writeMeanings } from '../pairs/score-sql.ts'

/**
 * lk_supported: lk_scored with what the household says. Anchors are pairs sure by themselves; the other anchors between
 * the same two households, the pair's own left out, add bits: the model's own, or those learnt from the pairs. People
 * who live alone on either side have no others, which says nothing, and nor does a household of thousands. `anchored`: a pair's other anchors.
 * Returns what was learnt.
 */
export async function supportHouseholds(
  { session, model }: Run,
  settings: HouseholdSettings,
  learn: boolean,
): Promise<SupportTraining | null> {
  await mutualBest(session, 'scored', 'first_best')
  await session.step(
    'anchors',
    `select b.l, b.r, x.household as hl, y.household as hr from lk_first_best b
join lk_codes_left x on x.id = b.l join lk_codes_right y on y.id = b.r
where b.weight >= ${settings.anchor} and b.margin > 0 and b.vetoed = 0 and x.household is not null and y.household is not null`,
  )
  await session.step('support', 'select hl, hr, count(*)::integer as anchors from lk_anchors group by all')
  const sizes = (side: string) =>
    `(select household, count(*) as n from lk_codes_${side} where household is not null group by all having count(*) between 2 and ${MOST_MEMBERS})`
  await session.step(
    'others',
    `select s.*, case when xs.n is null or ys.n is null then null
  else least(coalesce(h.anchors, 0) - case when a.l is null then 0 else 1 end, ${supportBits(settings).length - 1}) end::integer as others
from lk_scored s join lk_codes_left x on x.id = s.l join lk_codes_right y on y.id = s.r
left join ${sizes('left')} xs on xs.household = x.household
left join ${sizes('right')} ys on ys.household = y.household
left join lk_support h on h.hl = x.household and h.hr = y.household
left join lk_anchors a on a.l = s.l and a.r = s.r`,
  )
  const learnt = learn
    ? learnSupport(await supportGroups(session, model.thresholds.review - MOST_SUPPORT), settings)
    : null
  const bits = (learnt?.bits ?? supportBits(settings)).map((x, others) => `when others = ${others} then ${x}::double`)
  await session.step(
    'supported',
    `select * exclude (weight, others), weight as own_weight, coalesce(others, 0) as anchored,
  weight + case when vetoed = 1 then 0 ${bits.join(' ')} else 0 end as weight
from lk_others`,
  )
  for (const table of ['scored', 'others', 'first_best', 'anchors', 'support']) await session.drop(table)
  return learnt?.training ?? null
}

/**
 * Pairs that no veto names, by other anchors and weight to a quarter of a bit: those alone that support could lift into
 * the review band, whatever else the caller asks to be given back.
 */
async function supportGroups(session: Session, least: number): Promise<SupportGroup[]> {
  await session.step(
    'support_groups',
    `select others, round(least(weight, 40) * 4) / 4 as weight, count(*)::double as pairs
from lk_others where others is not null and vetoed = 0 and weight >= ${least} group by all order by all`,
  )
  const sql = 'select others::double, weight, pairs from lk_support_groups'
  return readRows(session.connection, sql, (row) => ({
    others: row.number(0),
    weight: row.number(1),
    pairs: row.number(2),
  }))
}

/**
 * lk_completed: members left over in households that are linked already, compared each with each and scored by the same
 * model under the household's own odds. Households are linked when two members are, or half of the smaller one.
 * Free members take at even odds that some two of them are the same; what a household shares counts for nothing.
 * Free are also two who were paired below the accept threshold, where the sure pairs alone link their households.
 */
export async function completeHouseholds(run: Run, settings: HouseholdSettings, least: number) {
  const { session, model } = run
  const { accept, review } = model.thresholds
  await session.step('chosen', `select * from lk_best where margin > 0 and weight >= ${review}`)
  await session.step(
    'linked_households',
    `with sizes as (
  select 'l' as side, household, count(*) as size from lk_codes_left where household is not null group by all
  union all select 'r', household, count(*) from lk_codes_right where household is not null group by all)
select x.household as hl, y.household as hr, count(*) as shared,
  coalesce(sum((b.weight >= ${accept})::int), 0) as sure, sure >= 2 or 2 * sure >= least(s.size, t.size) as firm
from lk_chosen b
join lk_codes_left x on x.id = b.l join lk_codes_right y on y.id = b.r
join sizes s on s.side = 'l' and s.household = x.household
join sizes t on t.side = 'r' and t.household = y.household
where b.weight >= ${settings.anchor} and b.vetoed = 0 and greatest(s.size, t.size) <= ${MOST_MEMBERS}
group by x.household, y.household, s.size, t.size having count(*) >= 2 or 2 * count(*) >= least(s.size, t.size)`,
  )
  // `other`: the household of a partner who is not sure; -1 for one without a household
  const free = (side: 'l' | 'r', table: string, other: string, households: string) =>
    `select '${side}' as side, c.id, c.household, case when b.l is not null then coalesce(o.household, -1) end as other
from lk_codes_${table} c left join lk_chosen b on b.${side} = c.id left join lk_codes_${other} o on o.id = b.${side === 'l' ? 'r' : 'l'}
where c.household in (select ${households} from lk_linked_households) and (b.l is null or b.weight < ${accept})`
  await session.step(
    'free_members',
    `${free('l', 'left', 'right', 'hl')}\nunion all ${free('r', 'right', 'left', 'hr')}`,
  )
  await session.step(
    'free_pairs',
    `select a.id as l, b.id as r,
  greatest(count(*) over (partition by h.hl, h.hr, a.id), count(*) over (partition by h.hl, h.hr, b.id)) as free
from lk_linked_households h
join lk_free_members a on a.side = 'l' and a.household = h.hl and (a.other is null or (a.other = h.hr and h.firm))
join lk_free_members b on b.side = 'r' and b.household = h.hr and (b.other is null or (b.other = h.hl and h.firm))`,
  )
  await comparePairs(run, 'free_pairs', 'free_compared')
  const { patterns } = await countPatterns(session, 'free_compared')
  await writeMeanings(run, patterns, 'free_compared', true)
  // a probability of 0.5 / free, as odds
  const weight = '(w.household_weight + log2(0.5 / (free.free - 0.5)))'
  const join = 'join lk_free_pairs free on free.l = p.l and free.r = p.r'
  await scorePatterns(run, { table: 'free_compared', into: 'free_scored', least, weight, join })
  await session.step('free_allowed', 'select * from lk_free_scored where completion_vetoed = 0')
  await mutualBest(session, 'free_allowed', 'completed')
  for (const table of ['chosen', 'linked_households', 'free_members', 'free_pairs']) await session.drop(table)
}

/**
 * lk_borne_out(l, r): pairs that lack what `accept_requires` asks for but have `second_evidence`, another anchor between
 * their households (completed ones have it), and nobody there to take for one of the two: no member has the first of the
 * levels asked for with either, none without a sure link of his own any of them. (A child who carries the father's number
 * stands in the father's household by name.)
 */
export async function bearOut(run: Run, settings: HouseholdSettings): Promise<void> {
  const { session, model } = run
  const { accept } = model.thresholds
  const chosen = `(select l, r, pattern, weight, margin, vetoed, acceptable, anchored from lk_best
union all select l, r, pattern, weight, margin, vetoed, acceptable, 1 from lk_completed)`
  const doubted = `from ${chosen} where acceptable = 0 and vetoed = 0 and anchored > 0 and margin > 0 and weight >= ${accept}`
  // a table, since a run that goes on while the links are written finds the pairs spent
  await session.step('doubted_patterns', `select distinct pattern ${doubted}`)
  const [patterns] = await readColumns(session.connection, 'select pattern from lk_doubted_patterns order by 1')
  const second = settings.second_evidence ?? []
  const meeting = patterns.map(Number).filter((pattern) => meets(levelsOf(pattern, model), second, model))
  await session.step('doubted', `select l, r ${doubted} and pattern in (${meeting.join(', ') || 'null'})`)
  const sure = (side: string) =>
    `(select ${side} from ${chosen} where acceptable = 1 and margin > 0 and weight >= ${accept})`
  await session.step(
    'housemates',
    `select d.l, y.id as r, y.id not in ${sure('r')} as free from lk_doubted d join lk_codes_right x on x.id = d.r
join lk_codes_right y on y.household = x.household and y.id <> d.r
union select y.id, d.r, y.id not in ${sure('l')} from lk_doubted d join lk_codes_left x on x.id = d.l
join lk_codes_left y on y.household = x.household and y.id <> d.l`,
  )
  await comparePairs(run, 'housemates', 'housemates_compared')
  const compared = Array.from((await countPatterns(session, 'housemates_compared')).patterns)
  const required = model.accept_requires ?? []
  const fully = required.map(({ comparison, levels }) => ({ comparison, levels: levels.slice(0, 1) }))
  const having = (references: readonly LevelReference[]) =>
    compared.filter((pattern) => meets(levelsOf(pattern, model), references, model)).join(', ') || 'null'
  const rivals = (side: string) =>
    `(select ${side} from lk_housemates_compared join lk_housemates using (l, r)
  where pattern in (${having(fully)}) or (free and pattern in (${having(required)})))`
  await session.step(
    'borne_out',
    `select l, r from lk_doubted where l not in ${rivals('l')} and r not in ${rivals('r')}`,
  )
  for (const table of ['doubted', 'housemates']) await session.drop(table)
}

/**
 * lk_second: pairs of lk_<from> between records that the tables in `taken` leave free, each the best of both among those:
 * their better partner is linked to another record. Never accepted: they go to review.
 */
export async function secondChoices(
  { session, encoded: { dedupe }, model }: Run,
  from: string,
  taken: readonly string[],
): Promise<void> {
  const { review } = model.thresholds
  const used = (own: string) =>
    taken
      .flatMap((table) =>
        (dedupe ? ['l', 'r'] : [own]).map((side) => `select ${side} from lk_${table} where weight >= ${review}`),
      )
      .join(' union all ')
  await session.step(
    'remaining',
    `select * from lk_${from} where weight >= ${review} and l not in (${used('l')}) and r not in (${used('r')})`,
  )
  await mutualBest(session, 'remaining', 'second', dedupe)
}
