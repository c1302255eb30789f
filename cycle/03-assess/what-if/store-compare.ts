// One partition of a snapshot under the rules in force and under the changed ones: DuckDB over Parquet, nothing else.
import { compileRule, isRefused } from '#engines/rules/check/check.ts'
import { quoteName } from '#engines/rules/sql/dialect.ts'
import type { NamedRule } from '#engines/rules/sql/sql.ts'
import { assessSql, diagnoseSql, type NationTables } from '#packs/nation.ts'
import { standAt, type Rulebook } from '#packs/rulebook.ts'
import type { Duck, Partition } from '#registry/copies/analytics.ts'
import { literal } from '#registry/copies/files.ts'
import { duckType, type TakenFields } from './fields.ts'

export interface Question {
  before: Rulebook
  after: Rulebook
  fields: TakenFields
  /** Ages count and parameters are read on this day under both rulebooks. */
  date: string
  /** Code prefix of the area asked about; '' is everywhere. */
  prefix: string
  /** Figures are given for areas whose codes have this length. */
  area_length: number
}

export interface FlowRow {
  area_code: string
  before: string
  after: string
  households: number
  people: number
  /** Money a year that these households lack to the line, in minor units; those with an unknown income lack nothing here. */
  gap_before: number
  gap_after: number
  gap_unknown: number
}

export interface GroupRow {
  by: 'sex' | 'age'
  code: string | null
  before: number
  after: number
  entering: number
  leaving: number
}

export interface CauseRow {
  change: 'entering' | 'leaving'
  cause: string | null
  households: number
  people: number
}

export interface MovedRow {
  county_code: string
  household_id: string
  area_code: string
  change: 'entering' | 'leaving'
  before: string
  after: string
  people: number
  gap: number | null
  main_cause: string | null
  unmet_before: string[]
  unmet_after: string[]
  unknown_before: string[]
  unknown_after: string[]
  signs_before: string[]
  signs_after: string[]
}

export interface Compared {
  counties: string[]
  flows: FlowRow[]
  groups: GroupRow[]
  causes: CauseRow[]
  moved: MovedRow[]
}

const whole_key = ['county_code', 'household_id']
const on = (key: string[], a: string, b: string) => key.map((column) => `${a}.${column} = ${b}.${column}`).join(' and ')

/** What changes in one partition. `listed` bounds the households named. The tables made are left for the next to replace. */
export async function comparePartition(
  duck: Duck,
  partition: Partition,
  question: Question,
  listed: number,
): Promise<Compared> {
  const tables = await placeTables(duck, partition, question)
  if (!tables) return { counties: [], flows: [], groups: [], causes: [], moved: [] }
  const stands = await standpointsOf(duck, question, tables.key)
  const { date } = question
  await assessInto(duck, 'wi_before', question.before, { tables, stands, date })
  await assessInto(duck, 'wi_after', question.after, { tables, stands, date })
  const { key } = tables
  const same_key = key.join(', ')
  const people = tables.list_tables.members
    ? `select ${same_key}, count(*) as people from wi_members group by all`
    : `select ${same_key}, 1 as people from wi_households where county_code is not null`
  await duck.run(`create or replace temp table wi_compared as
    select h.county_code, b.household_id, b.area_code, b.verdict as before, a.verdict as after,
      coalesce(p.people, 0) as people, b.gap as gap_before, a.gap as gap_after,
      case when a.verdict = 'eligible' and b.verdict <> 'eligible' then 'entering'
        when b.verdict = 'eligible' and a.verdict <> 'eligible' then 'leaving' end as change
    from wi_before b join wi_after a on ${on(key, 'a', 'b')}
    join wi_households h on ${on(key, 'h', 'b')} and h.county_code is not null
    left join (${people}) p on ${on(key, 'p', 'b')}`)
  const flows = await duck.rows<FlowRow>(`
    select left(area_code, ${question.area_length}) as area_code, before, after, count(*)::double as households,
      sum(people)::double as people, coalesce(sum(gap_before), 0)::double as gap_before,
      coalesce(sum(gap_after), 0)::double as gap_after,
      count(*) filter (where gap_after is null and after = 'eligible')::double as gap_unknown
    from wi_compared where county_code is not null group by 1, 2, 3`)
  const found = await duck.rows<{ county_code: string }>(
    'select distinct county_code from wi_compared where county_code is not null',
  )
  const counties = found.map((row) => row.county_code)
  const groups = await groupsOf(duck, question, tables)
  const enters = flows.some((row) => row.before !== 'eligible' && row.after === 'eligible')
  const leaves = flows.some((row) => row.before === 'eligible' && row.after !== 'eligible')
  if (!enters && !leaves) return { counties, flows, groups, causes: [], moved: [] }
  // To plan the rules of causes takes a tenth of a second, also where nobody is to be asked them.
  await diagnoseInto(duck, 'entering', question.after, { tables, stands: enters ? stands : [], date })
  await diagnoseInto(duck, 'leaving', question.before, { tables, stands: leaves ? stands : [], date })
  const causes = await duck.rows<CauseRow>(`
    select c.change, d.main_cause as cause, count(*)::double as households, sum(c.people)::double as people
    from wi_compared c join (select * from wi_entering union all select * from wi_leaving) d
      on ${on(key, 'd', 'c')}
    where c.county_code is not null and c.change is not null group by 1, 2`)
  const moved = await duck.rows<MovedRow>(`
    select c.county_code, cast(c.household_id as varchar) as household_id, c.area_code, c.change, c.before, c.after,
      c.people::double as people, d.main_cause,
      (case when c.change = 'entering' then c.gap_after else c.gap_before end)::double as gap,
      b.unmet as unmet_before, a.unmet as unmet_after, b.unknown as unknown_before, a.unknown as unknown_after,
      b.signs as signs_before, a.signs as signs_after
    from wi_compared c
    join wi_before b on ${on(key, 'b', 'c')}
    join wi_after a on ${on(key, 'a', 'c')}
    join (select * from wi_entering union all select * from wi_leaving) d
      on ${on(key, 'd', 'c')}
    where c.county_code is not null and c.change is not null order by c.change, c.area_code, c.household_id limit ${Math.max(0, listed)}`)
  return { counties, flows, groups, causes, moved: moved.map(plainLists) }
}

/** DuckDB gives lists as values of its own; the answer has plain arrays. */
function plainLists(row: MovedRow): MovedRow {
  return {
    ...row,
    unmet_before: [...row.unmet_before],
    unmet_after: [...row.unmet_after],
    unknown_before: [...row.unknown_before],
    unknown_after: [...row.unknown_after],
    signs_before: [...row.signs_before],
    signs_after: [...row.signs_after],
  }
}

/** Views over the files with a column for every field, NULL where the snapshot has none. Null: nobody of the area is here. */
async function placeTables(duck: Duck, partition: Partition, question: Question): Promise<NationTables | null> {
  const { fields, prefix } = question
  const file = (path: string) => `read_parquet(${literal(path)})`
  const columnsOf = async (path: string) => {
    const rows = await duck.rows<{ column_name: string }>(`describe select * from ${file(path)}`)
    return new Set(rows.map((row) => row.column_name))
  }
  const typed = (own: TakenFields['household'], has: Set<string>) =>
    own.map(({ name, type }) => {
      const column = quoteName(name)
      const value = has.has(name) ? column : 'null'
      return `cast(${value} as ${duckType(type)}) as ${column}`
    })
  const has = await columnsOf(partition.households)
  const lists = Object.keys(fields.lists)
  const present = lists.map((list) => quoteName(`${list}_present`))
  const list_tables: NationTables['list_tables'] = {}
  const presence = lists.map(
    (list, index) => `${has.has(`${list}_present`) ? present[index] : 'true'} as ${present[index]}`,
  )
  await duck.run(`create or replace temp view wi_households as
    select ${[...whole_key, 'area_code', ...typed(fields.household, has), ...presence].join(', ')}
    from ${file(partition.households)} where starts_with(area_code, ${literal(prefix)}) and county_code is not null`)
  const [count] = await duck.rows<{ here: number; all: number }>(`select
    (select count(*) from wi_households where county_code is not null)::double as here,
    (select count(*) from ${file(partition.households)} where county_code is not null)::double as "all"`)
  if (!count || count.here === 0) return null
  // Else the people of the whole partition would be counted for a village.
  const listed = new Map<string, Set<string>>()
  for (const [list, path] of Object.entries(partition.lists)) if (path) listed.set(list, await columnsOf(path))
  // Ids that are unique in the whole snapshot need no county beside them; a registry's do.
  const key = [...listed.values()].every((columns) => columns.has('county_code')) ? whole_key : ['household_id']
  const same_key = key.join(', ')
  const mine = `(${same_key}) in (select (${same_key}) from wi_households where county_code is not null)`
  const only = count.here < count.all ? `where ${mine}` : ''
  for (const [list, own] of Object.entries(fields.lists)) {
    const path = partition.lists[list]
    const name = `wi_${list}`
    const from = path ? file(path) : `(select null::varchar as county_code, null::varchar as household_id where false)`
    const columns = [...key, ...typed(own, listed.get(list) ?? new Set())].join(', ')
    await duck.run(`create or replace temp view ${quoteName(name)} as select ${columns} from ${from} ${only}`)
    list_tables[list] = { table: name, present: `${list}_present` }
  }
  return { household_table: 'wi_households', list_tables, key }
}

interface Stand {
  /** An area to ask the parameters of; all areas of the standpoint have the same values. */
  area_code: string
  where: string | undefined
}

/** One for each set of parameter values that areas of the partition have; almost always one alone. */
async function standpointsOf(duck: Duck, { before, after }: Question, key: string[]): Promise<Stand[]> {
  const same_key = key.join(', ')
  const own = [
    ...new Set(
      [before, after]
        .flatMap((book) => book.pack.parameters.flatMap((each) => each.values))
        .flatMap((value) => value.area ?? []),
    ),
  ]
  const prefixes = `[${own.map(literal).join(', ')}]::varchar[]`
  const local = `list_filter(${prefixes}, lambda p: starts_with(area_code, p))`
  const rows = await duck.rows<{ local: string; area_code: string }>(`
    select array_to_string(${local}, ' ') as local, min(area_code) as area_code
    from wi_households where county_code is not null group by 1`)
  if (rows.length === 1) return rows.map(({ area_code }) => ({ area_code, where: undefined }))
  return rows.map((row) => ({
    area_code: row.area_code,
    where: `(${same_key}) in (select (${same_key}) from wi_households
      where county_code is not null and array_to_string(${local}, ' ') = ${literal(row.local)})`,
  }))
}

/** What income lacks to the line, below zero where it is above; null where the pack has no such fields. */
function gapRule(book: Rulebook): NamedRule[] {
  const rule = compileRule('params.income_line * household_size - net_income', book.compiled.schema, 'money')
  return isRefused(rule) ? [] : [{ name: 'gap', rule }]
}

/** What rules are asked of: the households' tables, and the figures of each place on the day. */
interface Evidence {
  tables: NationTables
  stands: Stand[]
  date: string
}

async function assessInto(
  duck: Duck,
  table: string,
  book: Rulebook,
  { tables, stands, date }: Evidence,
): Promise<void> {
  const same_key = tables.key.join(', ')
  const codes = (list: { code: string }[], holds: (column: string) => string, name: string) =>
    `list_filter([${list.map(({ code }) => `case when ${holds(quoteName(`${name}_${code}`))} then ${literal(code)} end`).join(', ')}]::varchar[], lambda c: c is not null)`
  const { indicators, vetoes } = book.pack
  const gap = gapRule(book)
  const parts = stands.map(({ area_code, where }) => {
    const assessed = assessSql(book, narrowed(tables, where), standAt(book, date, area_code), 'duckdb', gap)
    return `select ${same_key}, area_code, verdict,
      ${gap.length > 0 ? 'case when gap is not null then greatest(gap, 0) end' : 'null::bigint'} as gap,
      ${codes(indicators, (met) => `not ${met}`, 'met')} as unmet,
      ${codes(indicators, (met) => `${met} is null`, 'met')} as unknown,
      ${codes(vetoes, (sign) => sign, 'veto')} as signs
    from (${assessed}) as assessed`
  })
  const none = `select ${same_key}, area_code, null::varchar as verdict, null::bigint as gap, []::varchar[] as unmet,
    []::varchar[] as unknown, []::varchar[] as signs from wi_households where false`
  await duck.run(`create or replace temp table ${table} as ${parts.length > 0 ? parts.join('\nunion all\n') : none}`)
}

async function diagnoseInto(
  duck: Duck,
  change: 'entering' | 'leaving',
  book: Rulebook,
  { tables, stands, date }: Evidence,
): Promise<void> {
  const same_key = tables.key.join(', ')
  const moved = `(${same_key}) in (select (${same_key}) from wi_compared where change = '${change}')`
  const parts = stands.map(({ area_code, where }) => {
    const both = where === undefined ? moved : `${moved} and ${where}`
    const diagnosed = diagnoseSql(book, narrowed(tables, both), standAt(book, date, area_code))
    return `select ${same_key}, main_cause from (${diagnosed}) as diagnosed`
  })
  const none = `select ${same_key}, null::varchar as main_cause from wi_compared where false`
  await duck.run(
    `create or replace temp table wi_${change} as ${parts.length > 0 ? parts.join('\nunion all\n') : none}`,
  )
}

const narrowed = (tables: NationTables, where: string | undefined): NationTables =>
  where === undefined ? tables : { ...tables, where }

/** People of households that the rules name, by sex and by age in completed years on the day. */
async function groupsOf(duck: Duck, question: Question, tables: NationTables): Promise<GroupRow[]> {
  const members = question.fields.lists.members ?? []
  if (!tables.list_tables.members) return []
  const has = (name: string) => members.some((field) => field.name === name)
  const day = Number(question.date.replaceAll('-', ''))
  const years = `((${day} - (year(birth_date) * 10000 + month(birth_date) * 100 + day(birth_date))) // 10000)`
  const ages = `case when birth_date is null or ${years} < 0 then null ${AGES.map(({ code, to }) => `when ${years} <= ${to} then '${code}'`).join(' ')} end`
  const kinds: ['sex' | 'age', string][] = []
  if (has('sex')) kinds.push(['sex', 'sex'])
  if (has('birth_date')) kinds.push(['age', ages])
  const found: GroupRow[] = []
  for (const [by, code] of kinds) {
    found.push(
      ...(await duck.rows<GroupRow>(`
        select '${by}' as by, ${code} as code, count(*) filter (where c.before = 'eligible')::double as before,
          count(*) filter (where c.after = 'eligible')::double as after,
          count(*) filter (where c.change = 'entering')::double as entering,
          count(*) filter (where c.change = 'leaving')::double as leaving
        from wi_members m join wi_compared c on ${on(tables.key, 'c', 'm')} and c.county_code is not null
        where c.before = 'eligible' or c.after = 'eligible' group by 2`)),
    )
  }
  return found
}

/** Groups of completed years; the last has no end. */
export const AGES: readonly { code: string; from: number; to: number }[] = [
  { code: '0-5', from: 0, to: 5 },
  { code: '6-15', from: 6, to: 15 },
  { code: '16-59', from: 16, to: 59 },
  { code: '60+', from: 60, to: 999 },
]
