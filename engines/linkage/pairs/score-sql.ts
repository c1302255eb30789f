import { at } from '../at.ts'
import type { Run } from './encode.ts'
import { termSlot } from '../learn/frequencies.ts'
import { levelsOf, meaningOf, sharedByHousehold } from '../learn/patterns.ts'
import { readRows } from '../session/read.ts'
import type { Session } from '../session/session.ts'
import { termsOf } from '../model/terms.ts'
import type { PatternCounts } from '../learn/train.ts'

/** Distinct patterns of lk_<table> and how often each occurs, in the order of the pattern. */
export async function countPatterns(session: Session, table: string): Promise<PatternCounts> {
  await session.step(`${table}_patterns`, `select pattern, count(*)::double as pairs from lk_${table} group by 1`)
  const sql = `select pattern, pairs from lk_${table}_patterns order by 1`
  const rows = await readRows(session.connection, sql, (row) => [row.number(0), row.number(1)] as const)
  return {
    patterns: Int32Array.from(rows, ([pattern]) => pattern),
    counts: Float64Array.from(rows, ([, pairs]) => pairs),
  }
}

/**
 * lk_<table>_weights: what each pattern of lk_<table> means under the model. `at_home`: no terms where what the household
 * shares is no evidence.
 */
export async function writeMeanings(
  { session, model }: Pick<Run, 'session' | 'model'>,
  patterns: Int32Array,
  table: string,
  at_home = false,
) {
  const meanings = Array.from(patterns, (pattern) => meaningOf(pattern, model))
  const terms = termsOf(model)
  const flags = Object.fromEntries(terms.map((_, n) => [`term_${n}`, 'int' as const]))
  const columns = {
    pattern: 'int',
    weight: 'double',
    household_weight: 'double',
    vetoed: 'int',
    completion_vetoed: 'int',
    acceptable: 'int',
    ...flags,
  } as const
  const levels = Array.from(patterns, (pattern) => levelsOf(pattern, model))
  await session.fill(`${table}_weights`, 'the model learnt', columns, async (writer) => {
    if (meanings.length === 0) return
    writer.write([
      patterns,
      meanings.map((x) => x.weight),
      meanings.map((x) => x.household_weight),
      meanings.map((x) => Number(x.vetoed)),
      meanings.map((x) => Number(x.completion_vetoed)),
      meanings.map((x) => Number(x.acceptable)),
      ...terms.map((term) =>
        levels.map((row) => {
          const level = at(row, term.comparison)
          const shared = at_home && sharedByHousehold(at(model.comparisons, term.comparison), level)
          return Number(term.levels.includes(level) && !shared)
        }),
      ),
    ])
  })
}

/** Pairs to be scored: from lk_<table> to lk_<into>, with `least` bits or more. */
export type Scoring = {
  table: string
  into: string
  least: number
  /** A column of the pattern table, or a sum with it; default `w.weight`. */
  weight?: string
  /** Another join that `weight` needs. */
  join?: string
}

/**
 * lk_<into>: pairs of lk_<table> with their weight in bits, from `least` up. To `weight` each term adds its bits at its
 * levels: of the commoner value where the two differ.
 */
export async function scorePatterns({ session, model, encoded }: Run, scoring: Scoring) {
  const { table, into, least, weight = 'w.weight', join = '' } = scoring
  const terms = termsOf(model)
  const bits = terms
    .map(({ both }, n) => {
      const found = both ? `least(f${n}.bits, g${n}.bits)` : `f${n}.bits`
      return ` + case when w.term_${n} = 1 then coalesce(${found}, 0) else 0 end`
    })
    .join('')
  const joins = terms.flatMap((term, n) => {
    const [slot, { both }] = [termSlot(encoded, term), term]
    return [
      `left join lk_frequency_${n} f${n} on f${n}.code = c.${slot}`,
      ...(both ? [`left join lk_frequency_${n} g${n} on g${n}.code = d.${slot}`] : []),
    ]
  })
  const right = terms.some((term) => term.both)
    ? [`join lk_codes_${encoded.dedupe ? 'left' : 'right'} d on d.id = p.r`]
    : []
  const codes = terms.length > 0 ? ['join lk_codes_left c on c.id = p.l', ...right, ...joins].join('\n') : ''
  return session.step(
    into,
    `select p.l, p.r, p.pattern, ${weight}${bits} as weight, w.vetoed, w.completion_vetoed, w.acceptable
from lk_${table} p join lk_${table}_weights w using (pattern)
${codes}
${join}
where ${weight}${bits} >= ${least}`,
  )
}
