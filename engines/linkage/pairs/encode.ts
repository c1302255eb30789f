import { comparerOf } from '../compare/comparers.ts'
import type { Comparer } from '../compare/comparers.ts'
import { hashed, numbered, out, raw, slotsOf } from '../compare/levels-sql.ts'
import type { ComparisonSql, ValueColumns } from '../compare/levels-sql.ts'
import { comparisonSql } from '../compare/levels-person.ts'
import type { Comparison, LinkageModel } from '../model/model.ts'
import { parseKey } from '../model/keys.ts'
import { CHARACTER_COLUMNS, characterRow, PARTS } from '../compare/parts.ts'
import type { Part } from '../compare/parts.ts'
import { at } from '../at.ts'
import { readColumns, readRow } from '../session/read.ts'
import type { ColumnType, Session } from '../session/session.ts'
import type { Loaded, LoadedSide, Side } from './load.ts'

export type EncodedComparison = { comparison: Comparison; comparer: Comparer; sql: ComparisonSql }

/**
 * What lk_codes_left and lk_codes_right hold: per record its id (0.. in the order of the source ids), household, the slots
 * of each comparison and one key per blocking rule. They are views of lk_rows_*: ids are places in it, keys are computed
 * from what is kept anyway. lk_left and lk_right, of lk_names_*, hold its source_id and household: all that the links need.
 */
export type EncodedRecords = {
  comparisons: EncodedComparison[]
  /** `columns`: the hashes whose equality together is equality of the key. */
  rules: { slot: string; sql: string; columns: string[] }[]
  dedupe: boolean
}

/** A run while its tables are made: the session that holds them, the model, and how the records are encoded. */
export type Run = { session: Session; model: LinkageModel; encoded: EncodedRecords }

/** How a model's records are turned into ints: `columns` of the records, with all that is computed of their values. */
export type EncodingPlan = EncodedRecords & {
  columns: Map<string, ValueColumns[]>
  /** Columns that rules need beside the slots. */
  keys: string[]
}

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
  if (transform === 'exact') return of(PARTS.raw.at(column), 'text')
  if (transform === 'digits') return of(PARTS.number_digits.at(column), 'text')
  if (transform === 'code') return of(PARTS.digits.at(column), 'text')
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
  const columns = new Map<string, ValueColumns[]>()
  const add = (values: ValueColumns) =>
    columns.set(values.part.column, [...(columns.get(values.part.column) ?? []), values])
  for (const { sql } of comparisons) sql.values.forEach(add)
  const slots = new Map(comparisons.flatMap(({ sql }) => Object.entries(slotsOf(sql))))
  const names = new Map<string, string>()
  const keys: string[] = []
  for (const text of new Set(model.blocking_rules.flat())) {
    const { part, sql } = keySql(text)
    const wanted = hashed(sql)
    // what a comparison keeps of the value already is its key too
    const kept = (columns.get(part.column) ?? [])
      .filter((values) => values.part.name === part.name && !values.layers)
      .flatMap((values) => Object.entries(values.columns))
      .find(([name, of]) => of === wanted && slots.get(name) === name)
    const name = kept?.[0] ?? `q${keys.length}`
    names.set(text, name)
    if (kept) continue
    keys.push(name)
    add({ part, columns: { [name]: wanted } })
  }
  const rules = model.blocking_rules.map((rule, j) => {
    const of = rule.flatMap((text) => names.get(text) ?? [])
    const [only = 'null', ...more] = of
    const sql =
      more.length === 0
        ? only
        : `case when ${of.map((x) => `${x} is not null`).join(' and ')} then hash(${of.join(', ')}) end`
    return { slot: `k${j}`, sql, columns: of }
  })
  return { comparisons, rules, dedupe, columns, keys }
}

/**
 * A relation of values, column `written`; `name` names the tables that are made of it. `written` is a relation of the same
 * values and nothing else: `from` may also hold columns computed earlier, which reading the values does not need.
 */
type Values = { name: string; from: string; written: string }

/** lk_odd_<table>: what JavaScript reads from the values that are not plainly written. Returns false when there are none. */
async function readOdd(
  session: Session,
  { written }: Values,
  { plain, parts }: PlainParts,
  table: string,
): Promise<boolean> {
  const sql = `select distinct written from ${written} where written is not null and not coalesce(${plain}, false)`
  const outputs = parts.flatMap((part) =>
    Object.entries(part.types).flatMap(([name, type]) =>
      type === 'none' ? [] : [{ part, name, column: `${part.name}__${name}`, type }],
    ),
  )
  const types: Record<string, ColumnType> = Object.fromEntries(outputs.map(({ column, type }) => [column, type]))
  return session.fill(table, sql, { written: 'text', ...types }, async (writer) => {
    const texts = (await readColumns(session.connection, sql))[0].map(String)
    if (texts.length === 0) return
    const read = new Map(parts.map((part) => [part, texts.map((value) => part.of(value))]))
    writer.write([texts, ...outputs.map(({ part, name }) => (read.get(part) ?? []).map((row) => row[name] ?? null))])
  })
}

/** lk_characters_<table>: readings of the characters that occur in plainly written names. */
async function readCharacters(session: Session, { name, written }: Values, plain: string): Promise<void> {
  const each = [1, 2, 3, 4].map(
    (k) =>
      `select unicode(substr(written, ${k}, 1)) as code from ${written} where ${plain} and length(written) >= ${k}`,
  )
  const sql = `select distinct code from (${each.join(' union all ')}) order by code`
  await session.fill(`characters_${name}`, sql, CHARACTER_COLUMNS, async (writer) => {
    const codes = (await readColumns(session.connection, sql))[0].map(Number)
    const rows = codes.map(characterRow)
    if (rows.length > 0) writer.write(Object.keys(CHARACTER_COLUMNS).map((_, k) => rows.map((row) => at(row, k))))
  })
}

/** Parts whose plain values are the same ones: `plain` is the SQL condition on `written`. */
type PlainParts = { plain: string; parts: Part[] }

function partsByPlain(wanted: readonly ValueColumns[]): PlainParts[] {
  const groups = new Map<string, Part[]>()
  for (const part of new Map(wanted.map(({ part }) => [part.name, part])).values()) {
    const plain = part.plain?.replaceAll('$', 'written') ?? 'false'
    groups.set(plain, [...(groups.get(plain) ?? []), part])
  }
  return [...groups].map(([plain, parts]) => ({ plain, parts }))
}

/** The columns of one part of the n-th group: by SQL where a value is plainly written, else from what JavaScript read. */
function outputsOf(part: Part, n: number, odd: boolean): string[] {
  return Object.entries(part.types).map(([name, type]) => {
    const other = type !== 'none' && odd ? `o${n}.${out(part, name)}` : 'null'
    const sql = (part.sql[name] ?? 'null').replaceAll(/\$([1-4])/g, `h${n}_$1`).replaceAll('$', 'a.written')
    return `${part.plain === null ? other : `case when ok_${n} then ${sql} else ${other} end`} as ${out(part, name)}`
  })
}

/** The select that adds all columns of one column's values to `values.from`, keeping the columns `kept`. */
async function valueSql(session: Session, values: Values, wanted: ValueColumns[], kept: string): Promise<string> {
  const [outputs, joins, tests]: [string[], string[], string[]] = [[], [], []]
  for (const [n, { plain, parts }] of partsByPlain(wanted).entries()) {
    const ok = `ok_${n}`
    tests.push(`coalesce(${plain}, false) as ${ok}`)
    const odd = await readOdd(session, values, { plain, parts }, `odd_${values.name}_${n}`)
    if (odd)
      joins.push(`left join lk_odd_${values.name}_${n} o${n} on o${n}.written = case when not ${ok} then a.written end`)
    if (parts.some((part) => part.characters)) {
      await readCharacters(session, values, plain)
      for (const k of [1, 2, 3, 4]) {
        const code = `case when ${ok} and length(a.written) >= ${k} then unicode(substr(a.written, ${k}, 1)) end`
        joins.push(`left join lk_characters_${values.name} h${n}_${k} on h${n}_${k}.code = ${code}`)
      }
    }
    for (const part of parts) outputs.push(...outputsOf(part, n, odd))
  }
  let from = `(select a.*,\n  ${outputs.join(',\n  ')}\nfrom (select *, ${tests.join(', ')} from ${values.from}) a\n${joins.join('\n')})`
  for (let k = 0; k < Math.max(...wanted.map((x) => x.layers?.length ?? 0)); k++) {
    const layer = wanted.flatMap((x) => Object.entries(x.layers?.[k] ?? {}).map(([name, sql]) => `${sql} as ${name}`))
    from = `(select *, ${layer.join(',\n  ')}\nfrom ${from})`
  }
  const columns = wanted.flatMap((x) => Object.entries(x.columns).map(([name, sql]) => `${sql} as ${name}`))
  return `select ${kept}, ${columns.join(',\n  ')}\nfrom ${from}`
}

/** Parts that hold for every value of a column need neither a dictionary nor JavaScript. */
const always = (part: Part, integers: ReadonlySet<string>) =>
  part.plain === '$ is not null' || (part.integers === true && integers.has(part.column))

/** About how many different values each column has. */
async function countVariety(session: Session, side: Side, columns: readonly string[]): Promise<Map<string, number>> {
  if (columns.length === 0) return new Map()
  const counts = columns.map((name, n) => `approx_count_distinct(${raw(name)})::double as n${n}`)
  await session.step(`variety_${side}`, `select ${counts.join(', ')} from lk_input_${side}`)
  const row = await readRow(session.connection, `select * from lk_variety_${side}`)
  return new Map(columns.map((name, n) => [name, row.number(n)]))
}

/** lk_names_<side> and lk_rows_<side> with their views lk_<side> and lk_codes_<side>: a record as ints and hashes, each a function of that record alone. */
export async function encodeSide(session: Session, plan: EncodingPlan, side: Side, loaded: LoadedSide): Promise<void> {
  const names = [...plan.columns.keys()]
  const direct = (wanted: ValueColumns[]) =>
    wanted.every(({ part, layers }) => always(part, loaded.integers) && !layers)
  const worked = [...plan.columns].flatMap(([name, wanted]) => (direct(wanted) ? [] : [name]))
  const variety = await countVariety(session, side, worked)
  const joins: string[] = []
  let from = `lk_input_${side}`
  const numbers = names.filter((name) => loaded.integers.has(name)).map(numbered)
  let kept = ['source_id', 'source_household', ...names.map(raw), ...numbers].join(', ')
  for (const [n, [name, wanted]] of [...plan.columns].entries()) {
    const [column, values] = [raw(name), `values_${side}_${n}`]
    const all = wanted.flatMap((x) => Object.entries(x.columns))
    if (direct(wanted)) {
      const values = [...new Map(wanted.map(({ part }) => [part.name, part])).values()].flatMap((part) =>
        Object.entries(part.sql).map(([output, sql]) => {
          const value = part.integers ? numbered(name) : column
          // by a function: a column's name may hold `$&`
          return `${sql.replaceAll('$', () => value)} as ${out(part, output)}`
        }),
      )
      const inner = `(select *, ${values.join(', ')} from ${from})`
      from = `(select ${kept}, ${all.map(([slot, sql]) => `${sql} as ${slot}`).join(', ')} from ${inner})`
      kept = [kept, ...all.map(([slot]) => slot)].join(', ')
      continue
    }
    // a column with a value of its own for every other record is not worth a dictionary: computed record by record
    if ((variety.get(name) ?? 0) > VARIED * loaded.rows) {
      const written = `(select ${column} as written from lk_input_${side})`
      const each = { name: values, from: `(select *, ${column} as written from ${from})`, written }
      from = `(${await valueSql(session, each, wanted, kept)})`
      kept = [kept, ...all.map(([slot]) => slot)].join(', ')
      continue
    }
    await session.step(
      values,
      `select distinct ${column} as key, ${column} as written from lk_input_${side} where ${column} is not null`,
    )
    await session.step(
      `coded_${side}_${n}`,
      await valueSql(session, { name: values, from: `lk_${values}`, written: `lk_${values}` }, wanted, 'key'),
    )
    await session.drop(values)
    joins.push(`left join lk_coded_${side}_${n} v${n} on v${n}.key = r.${column}`)
  }
  const slots = plan.comparisons.flatMap((c) =>
    Object.entries(slotsOf(c.sql)).map(([slot, sql]) => `${sql} as ${slot}`),
  )
  // joins may give rows back in another order
  const order = (sorted: boolean) => (sorted ? '' : '\norder by source_id')
  const household = loaded.households ? 'h.household' : 'null::integer as household'
  const home = loaded.households ? `\nleft join lk_households_${side} h on h.h = r.source_household` : ''
  await session.step(
    `names_${side}`,
    `select source_id, ${household}\nfrom lk_input_${side} r${home}${order(loaded.ordered && !loaded.households)}`,
  )
  await session.view(side, `select rowid::integer as id, * from lk_names_${side}`)
  await session.step(
    `rows_${side}`,
    `select ${[household, ...slots, ...plan.keys].join(',\n  ')}\nfrom ${from} r\n${joins.join('\n')}${home}${order(loaded.ordered && worked.length === 0 && !loaded.households)}`,
  )
  await session.view(`codes_${side}`, codesSql(plan, `lk_rows_${side}`))
  for (let n = 0; n < names.length; n++) await session.drop(`coded_${side}_${n}`)
}

/** The select behind lk_codes_<side>, over the rows of lk_rows_<side>. */
export function codesSql(plan: EncodingPlan, rows: string): string {
  return `select rowid::integer as id, *${plan.rules.map(({ sql, slot }) => `, ${sql} as ${slot}`).join('')} from ${rows}`
}

/** Share of different values in a column from which on a dictionary of them costs more than it saves. */
const VARIED = 0.5

/** Turns the values of both sides (of one for deduplication) into ints. The order of the input leaves no trace in them. */
export async function encode(
  session: Session,
  model: LinkageModel,
  dedupe: boolean,
  loaded: Loaded,
): Promise<EncodingPlan> {
  const plan = planEncoding(model, dedupe)
  await encodeSide(session, plan, 'left', loaded.left)
  if (!dedupe) await encodeSide(session, plan, 'right', loaded.right)
  return plan
}
