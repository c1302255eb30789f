// A whole pack as one statement over a table of households and tables of their lists: what `judge` says of one
// household and `diagnose` of why it is poor, for a county or a nation at once, in DuckDB or PostgreSQL.
import { DIALECTS, quoteName, sqlLiteral, type DialectName } from '#engines/rules/sql/dialect.ts'
import { programSql, type ListTable, type NamedRule, type SqlOptions } from '#engines/rules/sql/sql.ts'
import { bookOn } from './in-force.ts'
import type { Rulebook, Standpoint } from './rulebook.ts'

export interface NationTables {
  /**
   * A table name, or SQL with a bracket in it. Columns: the key, `area_code`, one per card field that rules read
   * (choices fields are text arrays), and `<list>_present` where a list may be missing rather than empty.
   */
  household_table: string
  /** `members` and `registers`: one row per item, with the key columns. */
  list_tables: Record<string, ListTable>
  /** The county first: `['county_code', 'household_id']`. */
  key: string[]
  /** A condition on the key columns, laid on every table: one partition of the work. */
  where?: string
}

/**
 * Everything `judge` and the room assess say of each household, as one select: the key, `area_code`, every derived
 * field, `met_<code>` (NULL is unknown), `veto_<code>`, `score` and `verdict`. A household that would be eligible and
 * bears a sign is to be verified, as in the room.
 */
export function assessSql(
  book: Rulebook,
  tables: NationTables,
  at: Standpoint,
  dialect: DialectName = 'duckdb',
  extra: NamedRule[] = [],
): string {
  const standing = bookOn(book, at.date)
  const { verdicts, priority } = standing.compiled
  const last: NamedRule[] = verdicts.map(({ code, ready }) => ({ name: `verdict_${code}`, rule: ready.rule }))
  if (priority) last.push({ name: 'score', rule: priority.rule })
  const stages = [...derivedStages(standing), [...indicatorRules(standing), ...vetoRules(standing), ...extra], last]
  const program = programSql(stages, dialect, { ...optionsOf(tables, at), carry: ['area_code'] })
  const signs = book.pack.vetoes.map(({ code }) => `coalesce(${quoteName(`veto_${code}`)}, false)`).join(' or ')
  const first = verdicts.map(({ code }) => {
    const poor = code === 'eligible' && signs !== ''
    const said = poor ? `case when ${signs} then 'needs_verification' else 'eligible' end` : `'${code}'`
    return `    when ${quoteName(`verdict_${code}`)} then ${said}`
  })
  const kept = [
    ...[...tables.key, 'area_code'].map(quoteName),
    ...stages
      .slice(0, -1)
      .flat()
      .map(({ name }) => quoteName(name)),
    priority ? 'score' : 'cast(null as bigint) as score',
  ]
  return `select\n  ${kept.join(',\n  ')},\n  case\n${first.join('\n')}\n    else 'needs_verification' end as verdict\nfrom (\n${program}\n) as assessed`
}

/**
 * Why each household is poor, as the room diagnose says by the evidence alone (its `computed_cause`; the surveyor's word is
 * not in these tables): the key, `area_code`, `income_shortfall` (minor units, NULL
 * unknown), `unmet_count` (needs beside income), `cause_<code>` (NULL unknown), `closes_<code>` (share of the need,
 * 0 to 1; 0 where the cause is not present) and `main_cause` (a code or NULL). Give it the households that are poor.
 */
export function diagnoseSql(
  book: Rulebook,
  tables: NationTables,
  at: Standpoint,
  dialect: DialectName = 'duckdb',
): string {
  const standing = bookOn(book, at.date)
  const needs = standing.pack.indicators.filter((each) => each.group !== 'income').map((each) => each.code)
  // Each has its columns, in force or not: one that is not is the cause of nothing.
  const causes = book.pack.causes.map((cause) => {
    const ready = standing.compiled.causes[cause.code]
    if (!ready) throw new Error(`cause ${cause.code} is not compiled`)
    return { ...cause, ready }
  })
  const { double } = DIALECTS[dialect]
  const rules: NamedRule[] = [
    ...indicatorRules(standing),
    ...causes.map(({ code, ready }) => ({ name: `cause_${code}`, rule: ready.rule.rule })),
    ...causes.map(({ code, ready }) => ({ name: `money_${code}`, rule: ready.closes.income.rule })),
  ]
  const derived = derivedStages(standing)
  const shortfall = shortfallSql(book, at, dialect)
  const carry = ['area_code', ...(shortfall.reads_size ? ['household_size'] : [])]
  const program = programSql([...derived, rules], dialect, { ...optionsOf(tables, at), carry })
  const unmet = (code: string) => `coalesce(cast(not ${quoteName(`met_${code}`)} as int), 0)`
  const sum = (parts: string[]) => (parts.length === 0 ? '0' : parts.join(' + '))
  const wanted = `select p.*, ${shortfall.sql} as income_shortfall, ${sum(needs.map(unmet))} as unmet_count from (\n${program}\n) as p`
  const units = `(case when income_shortfall > 0 then 1 else 0 end + unmet_count)`
  const shares = causes.map(({ code, closes }) => {
    const money = `cast(least(greatest(coalesce(${quoteName(`money_${code}`)}, 0), 0), income_shortfall) as ${double})`
    const income = `case when income_shortfall > 0 then ${money} / income_shortfall else 0 end`
    const closed = sum(closes.indicators.filter((each) => needs.includes(each)).map(unmet))
    const share = `(${income} + ${closed}) / ${units}`
    return `case when ${quoteName(`cause_${code}`)} and ${units} > 0 then ${share} else 0 end as ${quoteName(`closes_${code}`)}`
  })
  const shared = `select w.*${shares.map((each) => `,\n  ${each}`).join('')}\nfrom (${wanted}) as w`
  const key = [...tables.key, 'area_code'].map(quoteName)
  const mine = causes.flatMap(({ code }) => [quoteName(`cause_${code}`), quoteName(`closes_${code}`)])
  const kept = [...key, 'income_shortfall', 'unmet_count', ...mine].join(', ')
  const mains = causes
    .filter((cause) => cause.main)
    .map((cause) => cause.code)
    .sort((a, b) => a.localeCompare(b))
  if (mains.length === 0) return `select ${kept}, cast(null as text) as main_cause\nfrom (${shared}) as s`
  const present = (code: string, sql: string) => `case when ${quoteName(`cause_${code}`)} then ${sql} end`
  const money = (code: string) => `coalesce(${quoteName(`money_${code}`)}, 0)`
  const closes = (code: string) => quoteName(`closes_${code}`)
  const most = `select s.*, greatest(${mains.map((code) => present(code, closes(code))).join(', ')}, cast(null as ${double})) as most_closed from (${shared}) as s`
  const ties = mains.map((code) => `case when ${present(code, closes(code))} = most_closed then ${money(code)} end`)
  const dearest = `select b.*, greatest(${ties.join(', ')}, cast(null as bigint)) as most_money from (${most}) as b`
  const chosen = mains.map(
    (code) =>
      `    when ${present(code, closes(code))} = most_closed and ${money(code)} = most_money then ${sqlLiteral(code, 'text', DIALECTS[dialect])}`,
  )
  return `select ${kept},\n  case\n${chosen.join('\n')}\n  end as main_cause\nfrom (${dearest}) as c`
}

/** Money is a whole number in every back end, so the share is the same double as in the room. */
function shortfallSql(book: Rulebook, at: Standpoint, dialect: DialectName): { sql: string; reads_size: boolean } {
  const income = book.pack.derived.some((each) => each.name === 'net_income')
  const size_field = book.compiled.schema.household.household_size !== undefined
  const size_derived = book.pack.derived.some((each) => each.name === 'household_size')
  const line = at.params.income_line
  if (!income || !size_field || typeof line !== 'number') return { sql: `cast(null as bigint)`, reads_size: false }
  const lacking = `${sqlLiteral(line, 'money', DIALECTS[dialect])} * household_size - net_income`
  // greatest passes over NULL; an unknown income is no shortfall of zero.
  return {
    sql: `case when net_income is not null and household_size is not null then greatest(0, ${lacking}) end`,
    reads_size: !size_derived,
  }
}

const optionsOf = (tables: NationTables, at: Standpoint): SqlOptions => ({
  household_table: tables.household_table,
  list_tables: tables.list_tables,
  key: tables.key,
  parameters: at.params,
  reference_date: at.date,
  ...(tables.where === undefined ? {} : { where: tables.where }),
})

/** Derived fields by depth: each stage reads answers and the stages before. */
function derivedStages(book: Rulebook): NamedRule[][] {
  const depth = new Map<string, number>()
  const stages: NamedRule[][] = []
  for (const { name, ready } of book.compiled.derived) {
    const stage = Math.max(-1, ...ready.rule.fields.map((field) => depth.get(field) ?? -1)) + 1
    depth.set(name, stage)
    ;(stages[stage] ??= []).push({ name, rule: ready.rule })
  }
  return stages
}

const indicatorRules = (book: Rulebook): NamedRule[] =>
  Object.entries(book.compiled.indicators).map(([code, { met }]) => ({ name: `met_${code}`, rule: met.rule }))

const vetoRules = (book: Rulebook): NamedRule[] =>
  Object.entries(book.compiled.vetoes).map(([code, { rule }]) => ({ name: `veto_${code}`, rule }))
