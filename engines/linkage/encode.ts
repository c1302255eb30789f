import { comparerOf } from './comparers.ts'
import type { Comparer } from './comparers.ts'
import { hashed, out, raw, slotsOf } from './levels_sql.ts'
import type { ComparisonSql, ValueColumns } from './levels_sql.ts'
import { comparisonSql } from './levels_person.ts'
import type { Comparison, LinkageModel } from './model.ts'
import { parseKey } from './keys.ts'
import { CHARACTER_COLUMNS, characterRow, PARTS } from './parts.ts'
import type { Part } from './parts.ts'
import { readColumns } from './session.ts'
import type { ColumnType, Session } from './session.ts'
import type { Side } from './load.ts'

export type EncodedComparison = { comparison: Comparison; comparer: Comparer; sql: ComparisonSql }

/** What lk_codes_left and lk_codes_right hold: per record the slots of each comparison and one key per blocking rule. */
export type EncodedRecords = {
  comparisons: EncodedComparison[]
  rules: { slot: string; sql: string }[]
  dedupe: boolean
}

/** How a model's records are turned into ints: `columns` of the records, with all that is computed of their values. */
export type EncodingPlan = EncodedRecords & { columns: Map<string, ValueColumns[]> }

/** SQL of a blocking key over the parts of its column. */
function keySql(text: string): { part: Part; sql: string } {
  const { column, transform } = parseKey(text)
  const of = (part: Part, output: string, wrap = (sql: string) => sql) => ({ part, sql: wrap(out(part, output)) })
  const cut = /^(prefix|suffix)(\d+)$/.exec(transform)
  if (cut) {
    const take = cut[1] === 'prefix' ? 'left' : 'right'
    return of(
      PARTS.text.at(column),
      'text',
      (sql) => `case when length(${sql}) >= ${cut[2]} then ${take}(${sql}, ${cut[2]}) end`,
    )
  }
  if (transform === 'folded' || transform === 'sound') return of(PARTS.name.at(column), transform)
  if (transform === 'date') return of(PARTS.date.at(column), 'ymd')
  if (transform === 'month_day') return of(PARTS.date.at(column), 'ymd', (sql) => `(${sql} % 10000)`)
  if (transform === 'date_unordered') {
    return of(
      PARTS.date.at(column),
      'ymd',
      (d) =>
        `(${d} // 10000 * 10000 + least(${d} // 100 % 100, ${d} % 100) * 100 + greatest(${d} // 100 % 100, ${d} % 100))`,
    )
  }
  if (transform === 'digits') return of(PARTS.number_digits.at(column), 'text')
  if (transform === 'surname' || transform === 'gb11643' || transform === 'year')
    return of(PARTS[transform].at(column), 'text')
  return of(PARTS.text.at(column), 'text')
}

/** Everything that `encodeSide` does, before any record is read. */
export function planEncoding(model: LinkageModel, dedupe: boolean): EncodingPlan {
  const comparisons = model.comparisons.map((comparison, i) => ({
    comparison,
    comparer: comparerOf(comparison),
    sql: comparisonSql(comparison, i),
  }))
  const keys = new Map(
    [...new Set(model.blocking_rules.flat())].map((text, n) => [text, { ...keySql(text), name: `q${n}` }]),
  )
  const columns = new Map<string, ValueColumns[]>()
  const add = (values: ValueColumns) =>
    columns.set(values.part.column, [...(columns.get(values.part.column) ?? []), values])
  for (const { sql } of comparisons) sql.values.forEach(add)
  for (const { part, sql, name } of keys.values()) add({ part, columns: { [name]: hashed(sql) } })
  const rules = model.blocking_rules.map((rule, j) => {
    const names = rule.map((text) => keys.get(text)!.name)
    const sql =
      names.length === 1
        ? names[0]!
        : `case when ${names.map((x) => `${x} is not null`).join(' and ')} then hash(${names.join(', ')}) end`
    return { slot: `k${j}`, sql }
  })
  return { comparisons, rules, dedupe, columns }
}

/** A relation of values, column `written`; `name` names the tables that are made of it. */
type Values = { name: string; from: string }

/** lk_odd_<table>: what JavaScript reads from the values that are not plainly written. Returns false when there are none. */
async function readOdd(
  session: Session,
  { from }: Values,
  plain: string,
  parts: Part[],
  table: string,
): Promise<boolean> {
  const sql = `select distinct written from ${from} where written is not null and not coalesce(${plain}, false)`
  const outputs = parts.flatMap((part) =>
    Object.entries(part.types).flatMap(([name, type]) =>
      type === 'none' ? [] : [{ part, name, column: `${part.name}__${name}`, type: type as ColumnType }],
    ),
  )
  const types = Object.fromEntries(outputs.map(({ column, type }) => [column, type]))
  return session.fill(table, sql, { written: 'text', ...types }, async (writer) => {
    const texts = ((await readColumns(session.connection, sql))[0] ?? []) as string[]
    if (texts.length === 0) return
    const read = new Map(parts.map((part) => [part, texts.map((value) => part.of(value))]))
    writer.write([texts, ...outputs.map(({ part, name }) => read.get(part)!.map((row) => row[name] ?? null))])
  })
}

/** lk_characters_<table>: readings of the characters that occur in plainly written names. */
async function readCharacters(session: Session, { name, from }: Values, plain: string): Promise<void> {
  const each = [1, 2, 3, 4].map(
    (k) => `select unicode(substr(written, ${k}, 1)) as code from ${from} where ${plain} and length(written) >= ${k}`,
  )
  const sql = `select distinct code from (${each.join(' union all ')}) order by code`
  await session.fill(`characters_${name}`, sql, CHARACTER_COLUMNS, async (writer) => {
    const codes = ((await readColumns(session.connection, sql))[0] ?? []).map(Number)
    const rows = codes.map(characterRow)
    if (rows.length > 0) writer.write(Object.keys(CHARACTER_COLUMNS).map((_, k) => rows.map((row) => row[k]!)))
  })
}

/** The select that adds all columns of one column's values to `values.from`, keeping the columns `kept`. */
async function valueSql(session: Session, values: Values, wanted: ValueColumns[], kept: string): Promise<string> {
  const groups = new Map<string, Part[]>()
  for (const part of new Map(wanted.map(({ part }) => [part.name, part])).values()) {
    const plain = part.plain?.replaceAll('$', 'written') ?? 'false'
    groups.set(plain, [...(groups.get(plain) ?? []), part])
  }
  const [outputs, joins, tests]: [string[], string[], string[]] = [[], [], []]
  for (const [n, [plain, parts]] of [...groups].entries()) {
    const ok = `ok_${n}`
    tests.push(`coalesce(${plain}, false) as ${ok}`)
    const odd = await readOdd(session, values, plain, parts, `odd_${values.name}_${n}`)
    if (odd)
      joins.push(`left join lk_odd_${values.name}_${n} o${n} on o${n}.written = case when not ${ok} then a.written end`)
    if (parts.some((part) => part.characters)) {
      await readCharacters(session, values, plain)
      for (const k of [1, 2, 3, 4]) {
        const code = `case when ${ok} and length(a.written) >= ${k} then unicode(substr(a.written, ${k}, 1)) end`
        joins.push(`left join lk_characters_${values.name} h${n}_${k} on h${n}_${k}.code = ${code}`)
      }
    }
    for (const part of parts) {
      for (const [name, type] of Object.entries(part.types)) {
        const other = type !== 'none' && odd ? `o${n}.${out(part, name)}` : 'null'
        const sql = (part.sql[name] ?? 'null').replaceAll(/\$([1-4])/g, `h${n}_$1`).replaceAll('$', 'a.written')
        outputs.push(
          `${part.plain === null ? other : `case when ${ok} then ${sql} else ${other} end`} as ${out(part, name)}`,
        )
      }
    }
  }
  let from = `(select a.*,\n  ${outputs.join(',\n  ')}\nfrom (select *, ${tests.join(', ')} from ${values.from}) a\n${joins.join('\n')})`
  for (let k = 0; k < Math.max(...wanted.map((x) => x.layers?.length ?? 0)); k++) {
    const layer = wanted.flatMap((x) => Object.entries(x.layers?.[k] ?? {}).map(([name, sql]) => `${sql} as ${name}`))
    from = `(select *, ${layer.join(',\n  ')}\nfrom ${from})`
  }
  const columns = wanted.flatMap((x) => Object.entries(x.columns).map(([name, sql]) => `${sql} as ${name}`))
  return `select ${kept}, ${columns.join(',\n  ')}\nfrom ${from}`
}

/** lk_codes_<side>(id, household, slots, rule keys): a record as ints and hashes, each a function of that record alone. */
export async function encodeSide(session: Session, plan: EncodingPlan, side: Side): Promise<void> {
  const names = [...plan.columns.keys()]
  const counts = names.map((name, n) => `approx_count_distinct(${raw(name)})::double as n${n}`)
  await session.step(`variety_${side}`, `select ${counts.join(', ')}, count(*)::double as n from lk_${side}`)
  const variety = (await readColumns(session.connection, `select * from lk_variety_${side}`)).map((c) => Number(c[0]))
  const joins: string[] = []
  const single = (n: number) => variety[n]! > VARIED * variety.at(-1)!
  // a column with a value of its own for every other record is not worth a dictionary: computed record by record
  let from = `lk_${side}`
  let kept = ['id', 'household', ...names.map(raw)].join(', ')
  for (const [n, [name, wanted]] of [...plan.columns].entries()) {
    const [column, values] = [raw(name), `values_${side}_${n}`]
    if (single(n)) {
      const written = { name: values, from: `(select *, ${column} as written from ${from})` }
      const columns = wanted.flatMap((x) => Object.keys(x.columns))
      from = `(${await valueSql(session, written, wanted, kept)})`
      kept = [kept, ...columns].join(', ')
      continue
    }
    await session.step(
      values,
      `select distinct ${column} as key, ${column} as written from lk_${side} where ${column} is not null`,
    )
    await session.step(
      `coded_${side}_${n}`,
      await valueSql(session, { name: values, from: `lk_${values}` }, wanted, 'key'),
    )
    await session.drop(values)
    joins.push(`left join lk_coded_${side}_${n} v${n} on v${n}.key = r.${column}`)
  }
  const slots = plan.comparisons.flatMap((c) =>
    Object.entries(slotsOf(c.sql)).map(([slot, sql]) => `${sql} as ${slot}`),
  )
  const keys = plan.rules.map((rule) => `${rule.sql} as ${rule.slot}`)
  await session.step(
    `codes_${side}`,
    `select id, household,\n  ${[...slots, ...keys].join(',\n  ')}\nfrom ${from} r\n${joins.join('\n')}`,
  )
  for (let n = 0; n < names.length; n++) await session.drop(`coded_${side}_${n}`)
}

/** Share of different values in a column from which on a dictionary of them costs more than it saves. */
const VARIED = 0.5

/** Turns the values of both sides (of one for deduplication) into ints. The order of the input leaves no trace in them. */
export async function encode(session: Session, model: LinkageModel, dedupe: boolean): Promise<EncodingPlan> {
  const plan = planEncoding(model, dedupe)
  await encodeSide(session, plan, 'left')
  if (!dedupe) await encodeSide(session, plan, 'right')
  return plan
}
