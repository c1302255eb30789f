import { at } from '../at.ts'
import { frequencyBits } from '../learn/bits.ts'
import type { TermFrequencies } from '../learn/bits.ts'
import { comparerOf } from '../compare/comparers.ts'
import { checkModel, levelWeight, priorWeight } from '../model/model.ts'
import type { Comparison, LevelReference, LinkageModel } from '../model/model.ts'
import { levelSql, preparedColumns, quoteName, quoteText, SQL_KINDS } from './prepare.ts'
import { levelOfTerm, termsOf } from '../model/terms.ts'
import type { Term } from '../model/terms.ts'
import { textOf } from '../compare/values.ts'

export { postgresFunctions } from './functions.ts'

/** Relations of a PostgreSQL database, as SQL text: a table's name or a query in parentheses. Never from a stranger. */
export type PostgresInput = {
  left: string
  right: string
  /** left_id, right_id: the pairs to score. */
  pairs: string
  /** Default `record_id`. */
  id_column?: string
  /** term text, value text, bits double precision: the rows of `frequencyRows`. None: no value counts more than another. */
  frequencies?: string
  /** comparison text, left_value text[], right_value text[], level int: the rows of `levelRows`. */
  levels?: string
  /** Where `postgresFunctions` put its functions; default pg_temp. */
  schema?: string
}

export type FrequencyRow = { term: string; value: string; bits: number }
export type LevelRow = {
  comparison: string
  left_value: (string | null)[]
  right_value: (string | null)[]
  level: number
  /** The values under which `frequencyRows` knows each side; null: none. */
  left_term: string | null
  right_term: string | null
}

type Row = Readonly<Record<string, unknown>>

/** Comparisons that need rows of `levelRows`: PostgreSQL knows no pinyin and no check characters. */
export function comparedInJavaScript(model: LinkageModel): Comparison[] {
  return model.comparisons.filter(({ kind }) => !SQL_KINDS.includes(kind))
}

/** What rare values add, as a table for PostgreSQL. */
export function frequencyRows(model: LinkageModel, frequencies: TermFrequencies): FrequencyRow[] {
  return termsOf(model).flatMap((term) => {
    const { u } = levelOfTerm(model, term)
    return [...(frequencies[term.key] ?? [])].map(([value, share]) => ({
      term: term.key,
      value,
      bits: frequencyBits(u, share),
    }))
  })
}

/** The levels of `comparedInJavaScript`, each pair of values once: to be kept as long as the model's levels stay. */
export function levelRows(model: LinkageModel, pairs: Iterable<{ left: Row; right: Row }>): LevelRow[] {
  const rows = new Map<string, LevelRow>()
  const all = [...pairs]
  for (const comparison of comparedInJavaScript(model)) {
    const comparer = comparerOf(comparison)
    const term = termsOf(model).find((each) => model.comparisons[each.comparison] === comparison)
    for (const { left, right } of all) {
      const left_value = comparison.columns.map((name) => textOf(left[name]))
      const right_value = comparison.columns.map((name) => textOf(right[name]))
      const key = JSON.stringify([comparison.name, left_value, right_value])
      if (rows.has(key)) continue
      const [a, b] = [comparer.prepare(left_value), comparer.prepare(right_value)]
      rows.set(key, {
        comparison: comparison.name,
        left_value,
        right_value,
        level: a === null || b === null ? -1 : comparer.level(a, b),
        left_term: a === null ? null : (term?.of(a) ?? null),
        right_term: b === null ? null : (term?.of(b) ?? null),
      })
    }
  }
  return [...rows.values()]
}

/** The value of a term on one side, as `frequencyRows` writes it. */
function termValue(model: LinkageModel, term: Term, side: 'l' | 'r'): string {
  const comparison = at(model.comparisons, term.comparison)
  const prepared = `${side}.p${term.comparison}`
  if (!SQL_KINDS.includes(comparison.kind)) return `v${term.comparison}.${side === 'l' ? 'left' : 'right'}_term`
  if (comparison.kind === 'tests') return `${prepared}_${term.column}`
  if (comparison.kind === 'date') return `${prepared}[4]::text`
  const { length } = at(comparison.levels, 0)
  return comparison.kind === 'prefix' && length !== undefined ? `left(${prepared}, ${length})` : prepared
}

const some = (model: LinkageModel, references: readonly LevelReference[]) =>
  references
    .map(({ comparison, levels }) => {
      const i = model.comparisons.findIndex(({ name }) => name === comparison)
      const wanted = at(model.comparisons, i).levels.flatMap(({ name }, k) => (levels.includes(name) ? [k] : []))
      return `level_${i} in (${wanted.join(', ')})`
    })
    .join(' or ')

/**
 * A query that scores pairs inside PostgreSQL as `scorer` does in JavaScript and `link` over DuckDB, to the same bits:
 * left_id, right_id, match_weight, match_probability, band, levels (int[], -1 where a value is missing). One-to-one and
 * households are properties of a set and are left to `link`. Numbers are read in decimal writing alone. A pair whose
 * values `levels` does not hold has no weight and no band (null): it is not taken for a pair without evidence. Meant for
 * small batches: distances run as PL/pgSQL, 50 to 400 microseconds each for names of nine letters. Throws `linkage_bad_model`, RangeError without
 * `levels` where the model needs them.
 */
export function postgresScoring(model: LinkageModel, input: PostgresInput): string {
  checkModel(model)
  const { schema = 'pg_temp', id_column = 'record_id', levels, frequencies } = input
  const coded = comparedInJavaScript(model).map(({ name }) => name)
  if (coded.length > 0 && !levels) throw new RangeError(`${coded.join(', ')} need levels made by levelRows`)
  const columns = model.comparisons.map((comparison, i) => preparedColumns(comparison, i, schema))
  const prepared = (relation: string) => {
    const list = columns.flatMap((of) => Object.entries(of).map(([name, sql]) => `${sql} as ${name}`))
    return `materialized (
  select ${quoteName(id_column)}::text as id, ${list.join(',\n  ')} from ${relation} t)`
  }
  const joins: string[] = []
  const level_of = model.comparisons.map((comparison, i) => {
    if (SQL_KINDS.includes(comparison.kind)) return levelSql(comparison, i, schema)
    joins.push(
      `left join ${levels} v${i} on v${i}.comparison = ${quoteText(comparison.name)} and v${i}.left_value = l.p${i} and v${i}.right_value = r.p${i}`,
    )
    return `v${i}.level`
  })
  const terms = frequencies ? termsOf(model) : []
  for (const [n, term] of terms.entries()) {
    for (const side of ['l', 'r'] as const) {
      const f = `f${n}${side}`
      joins.push(
        `left join ${frequencies} ${f} on ${f}.term = ${quoteText(term.key)} and ${f}.value = ${termValue(model, term, side)}`,
      )
    }
  }
  const bits = model.comparisons.map((comparison, i) => {
    const weights = comparison.levels.map((level) => levelWeight(level))
    return `case when level_${i} = -1 then 0 else ('{${weights.join(',')}}'::float8[])[level_${i} + 1] end`
  })
  const added = terms.map(
    (term, n) =>
      `case when level_${term.comparison} in (${term.levels.join(', ')}) then coalesce(term_${n}, 0) else 0 end`,
  )
  const { accept, review } = model.thresholds
  const sure = [
    ...(model.accept_requires?.length ? [`(${some(model, model.accept_requires)})`] : []),
    ...(model.vetoes?.length ? [`not (${some(model, model.vetoes)})`] : []),
  ]
  // the sum runs in the order of JavaScript's: prior, levels, term frequencies
  return `with prepared_left as ${prepared(input.left)},
prepared_right as ${prepared(input.right)},
leveled as materialized (
  select q.left_id::text as left_id, q.right_id::text as right_id,
  ${level_of.map((sql, i) => `${sql} as level_${i}`).join(',\n  ')}${terms.map((_, n) => `,\n  least(f${n}l.bits, f${n}r.bits) as term_${n}`).join('')}
  from ${input.pairs} q
  join prepared_left l on l.id = q.left_id::text
  join prepared_right r on r.id = q.right_id::text
  ${joins.join('\n  ')}
), weighed as (
  select *, '${priorWeight(model)}'::float8 + ${[...bits, ...added].join('\n    + ')} as match_weight
  from leveled
)
select left_id, right_id, match_weight, 1 / (1 + power(2::float8, -match_weight)) as match_probability,
  case when match_weight is null then null when ${[`match_weight >= ${accept}`, ...sure].join(' and ')} then 'accept'
    when match_weight >= ${review} then 'review' else 'reject' end as band,
  array[${model.comparisons.map((_, i) => `level_${i}`).join(', ')}] as levels
from weighed order by left_id, right_id`
}
