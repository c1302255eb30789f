import type { LinkageModel } from './model.ts'
import { levelsOf, meaningOf } from './patterns.ts'
import { openWriter, readColumns } from './session.ts'
import type { Session } from './session.ts'
import type { PatternCounts } from './train.ts'

/** Distinct patterns of lk_<table> and how often each occurs, in the order of the pattern. */
export async function countPatterns(session: Session, table: string): Promise<PatternCounts> {
  const sql = `select pattern, count(*)::double from lk_${table} group by 1 order by 1`
  const [patterns, counts] = await readColumns(session.connection, sql)
  return { patterns: Int32Array.from(patterns!.map(Number)), counts: Float64Array.from(counts!.map(Number)) }
}

/** lk_<table>_weights: what each pattern of lk_<table> means under the model. */
export async function writeMeanings(session: Session, model: LinkageModel, patterns: Int32Array, table: string) {
  const meanings = Array.from(patterns, (pattern) => meaningOf(pattern, model))
  const with_terms = model.comparisons.flatMap((c, i) => (c.term_frequency ? [i] : []))
  const flags = Object.fromEntries(with_terms.map((i) => [`exact_${i}`, 'int' as const]))
  const writer = await openWriter(session, `${table}_weights`, {
    pattern: 'int',
    weight: 'double',
    household_weight: 'double',
    vetoed: 'int',
    completion_vetoed: 'int',
    acceptable: 'int',
    ...flags,
  })
  const levels = Array.from(patterns, (pattern) => levelsOf(pattern, model))
  if (meanings.length > 0) {
    writer.write([
      patterns,
      meanings.map((x) => x.weight),
      meanings.map((x) => x.household_weight),
      meanings.map((x) => Number(x.vetoed)),
      meanings.map((x) => Number(x.completion_vetoed)),
      meanings.map((x) => Number(x.acceptable)),
      ...with_terms.map((i) => levels.map((row) => Number(row[i] === 0))),
    ])
  }
  writer.close()
}

/**
 * lk_<into>: pairs of lk_<table> with their weight in bits, from `least` up. `weight` is a column of the pattern table
 * (`w.weight`), to which each term-frequency comparison adds its bits where the values agree in full.
 */
export async function scorePatterns(
  session: Session,
  model: LinkageModel,
  table: string,
  into: string,
  least: number,
  weight = 'w.weight',
  extra = '',
) {
  const with_terms = model.comparisons.flatMap((c, i) => (c.term_frequency ? [{ name: c.name, i }] : []))
  const bits = with_terms
    .map(({ i }) => ` + case when w.exact_${i} = 1 then coalesce(f${i}.bits, 0) else 0 end`)
    .join('')
  const joins = with_terms.map(({ name, i }) => `left join lk_frequency_${name} f${i} on f${i}.code = c.c${i}`)
  const codes = with_terms.length > 0 ? ['join lk_codes_left c on c.id = p.l', ...joins].join('\n') : ''
  return session.step(
    into,
    `select p.l, p.r, p.pattern, ${weight}${bits} as weight, w.vetoed, w.completion_vetoed, w.acceptable
from lk_${table} p join lk_${table}_weights w using (pattern)
${codes}
${extra}
where ${weight}${bits} >= ${least}`,
  )
}
