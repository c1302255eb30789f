import type { RuleCount } from './block.ts'
import { at } from '../at.ts'
import type { Run } from './encode.ts'
import type { LinkageProblem } from '../errors.ts'
import { readColumns, readNumber, readRow } from '../session/read.ts'
import type { TrainMode } from '../learn/train.ts'

type Found = {
  mode: TrainMode
  rules: readonly RuleCount[]
  pairs: number
  /** Different ways in which the pairs agree. */
  patterns: number
}

const named = (rule: readonly string[]) => `[${rule.join(', ')}]`

/**
 * Why a run of many records gives not one link to accept or to look at: `linkage_no_pairs` (no two records share a key),
 * `linkage_all_alike` (all pairs agree in one way: nothing can be learnt), `linkage_no_links` (none is heavy enough). Reads
 * lk_links and lk_codes_*; nothing where there are links.
 */
export async function whyNoLinks(run: Run, found: Found): Promise<LinkageProblem[]> {
  const { session, model } = run
  const links = await readNumber(session.connection, `select count(*)::double from lk_links where band <> 'reject'`)
  if (links > 0) return []
  if (found.pairs === 0) return [await noPairs(run)]
  const crowd = await crowdOf(run, found.rules)
  const widest = `The widest rule, ${named(crowd.rule)}, makes ${crowd.rule_pairs} of them; one of its keys is shared by ${crowd.crowd} of ${crowd.records} records`
  const detail = { pairs: found.pairs, ...crowd }
  if (found.mode !== 'none' && found.patterns === 1 && found.pairs > 1) {
    const message = `No link: all ${found.pairs} pairs that were compared agree in the same way on every comparison. Nothing tells a match from two strangers, so nothing can be learnt. ${widest}.`
    return [{ code: 'linkage_all_alike', message, detail }]
  }
  const message = `No link: none of the ${found.pairs} pairs that were compared reaches ${model.thresholds.review} bits, from where on pairs are given. ${widest}.`
  return [{ code: 'linkage_no_links', message, detail: { ...detail, review: model.thresholds.review } }]
}

async function noPairs({ session, model, encoded }: Run): Promise<LinkageProblem> {
  const sides = encoded.dedupe ? ['left'] : ['left', 'right']
  const counts = sides.map((side) => {
    const each = encoded.rules.map(
      ({ slot }, j) => `select ${j} as rule, count(${slot})::double as n from lk_codes_${side}`,
    )
    return `(${each.join(' union all ')}) ${side}_keys`
  })
  // a table, since a run that goes on may find the codes spent
  await session.step(
    'unmet_keys',
    `select rule, ${sides.map((side) => `${side}_keys.n as n_${side}`).join(', ')} from ${counts.join(' join ')}${encoded.dedupe ? '' : ' using (rule)'}`,
  )
  const names = sides.map((side) => `n_${side}`).join(', ')
  const keys = await readColumns(session.connection, `select ${names} from lk_unmet_keys order by rule`)
  const rules = model.blocking_rules.map((rule, j) => ({ rule, records: keys.map((column) => Number(column[j])) }))
  const each = rules.map(({ rule, records }) => `${named(rule)} ${records.join(' and ')}`).join('; ')
  const message = `No link: no two records share a key of any rule, so no pair was compared. Records that have one${encoded.dedupe ? '' : ' (left and right)'}: ${each}.`
  return { code: 'linkage_no_pairs', message, detail: { rules } }
}

/** The rule that makes most pairs, and how many records share its commonest key. */
async function crowdOf({ session, encoded }: Run, rules: readonly RuleCount[]) {
  const sides = encoded.dedupe ? ['left'] : ['left', 'right']
  const counted = encoded.rules.map(({ slot }, j) => ({ slot, ...at(rules, j) }))
  const { slot, rule, pairs } = counted.reduce((best, next) => (next.pairs > best.pairs ? next : best))
  const all = sides.map((side) => `select ${slot} as k from lk_codes_${side}`).join(' union all ')
  await session.step(
    'crowd',
    `select coalesce(max(n) filter (where k is not null), 0)::double as crowd, sum(n)::double as records from (select k, count(*) as n from (${all}) group by k)`,
  )
  const row = await readRow(session.connection, 'select crowd, records from lk_crowd')
  return { rule, rule_pairs: pairs, crowd: row.number(0), records: row.number(1) }
}
