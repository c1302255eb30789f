import type { LinkageModel } from '../model/model.ts'
import { multipliers } from '../learn/patterns.ts'
import { raw } from './levels-sql.ts'
import { readColumns } from '../session/session.ts'
import type { Session } from '../session/session.ts'
import type { EncodedComparison, EncodedRecords } from '../pairs/encode.ts'

/**
 * The select that compares: `from` joins lk_codes_* as l and r. It gives l, r, the agreement pattern of all that SQL can
 * tell, and in `rest` a bit for each comparison that JavaScript has still to look at.
 */
export function compareSql(model: LinkageModel, encoded: EncodedRecords, from: string): string {
  const by = multipliers(model)
  const sources = encoded.comparisons.map(({ sql }) => sql.level)
  const outer = (sql: string) => sql.replaceAll(/\b([lr])\.([a-z]\w*)/g, '$1_$2')
  const used = [...new Set(sources.join(' ').match(/\b[lr]\.[a-z]\w*/g) ?? [])]
  const inner = [
    ...used.map((name) => `${name} as ${outer(name)}`),
    ...encoded.comparisons.flatMap(({ sql }) =>
      Object.entries(sql.helpers ?? {}).map(([name, text]) => `${text} as ${name}`),
    ),
  ]
  const levels = sources.map((sql, i) => `${outer(sql)} as g${i}`)
  return `select a as l, b as r,
  (${sources.map((_, i) => `coalesce((g${i} + 1) * ${by[i]}, 0)`).join(' + ')})::integer as pattern,
  (${sources.map((_, i) => `(g${i} is null)::integer * ${2 ** i}`).join(' + ')})::integer as rest
from (select a, b, ${levels.join(',\n  ')}
from (select l.id as a, r.id as b, ${inner.join(',\n  ')}
${from}))`
}

/** lk_<into>_<side>(id, columns...): the texts of all records that JavaScript has still to look at. */
async function readRest(
  session: Session,
  table: string,
  into: string,
  side: 'left' | 'right',
  encoded: EncodedRecords,
) {
  const columns = [...new Set(encoded.comparisons.flatMap(({ comparison }) => comparison.columns))].map(raw)
  const of = encoded.dedupe ? 'left' : side
  await session.step(
    `${into}_${side}`,
    `select c.id, ${columns.map((column) => `i.${column}`).join(', ')}
from (select id, source_id from lk_${of} where id in (select ${side === 'left' ? 'l' : 'r'} from lk_${table} where rest <> 0)) c
join lk_input_${of} i using (source_id)`,
  )
}

/** Prepared values of the records that a comparison still needs, by record id. */
async function prepareRest(
  session: Session,
  table: string,
  wanted: string,
  { comparison, comparer }: EncodedComparison,
) {
  const columns = comparison.columns.map(raw).join(', ')
  const [ids, ...values] = await readColumns(
    session.connection,
    `select id, ${columns} from lk_${table} where id in (${wanted})`,
  )
  const [by_id, by_value] = [new Map<number, unknown>(), new Map<string, unknown>()]
  for (const [row, record] of ids!.entries()) {
    const texts = values.map((column) => column[row] as string | null)
    const key = texts.length === 1 ? (texts[0] ?? '') : JSON.stringify(texts)
    if (!by_value.has(key)) by_value.set(key, comparer.prepare(texts))
    by_id.set(record as number, by_value.get(key))
  }
  return by_id
}

/** One comparison that SQL left open for some pairs, with the values that they need by record id. */
type RestPart = {
  bit: number
  multiplier: number
  level(a: unknown, b: unknown): number
  left: Map<number, unknown>
  right: Map<number, unknown>
}

/** lk_<into>(l, r, pattern): lk_<table> with what SQL could not tell compared in JavaScript. */
export async function finishPairs(
  session: Session,
  model: LinkageModel,
  encoded: EncodedRecords,
  table: string,
  into: string,
) {
  const by = multipliers(model)
  const sql = `select l, r, pattern, rest from lk_${table} where rest <> 0`
  for (const side of ['left', 'right'] as const) await readRest(session, table, into, side, encoded)
  const rest = await session.fill(`${into}_rest`, sql, { l: 'int', r: 'int', pattern: 'int' }, async (writer) => {
    const bits =
      (await readColumns(session.connection, `select distinct rest from lk_${table} where rest <> 0`))[0] ?? []
    const mask = bits.reduce((all: number, bit) => all | Number(bit), 0)
    const parts: RestPart[] = []
    for (const [i, comparison] of encoded.comparisons.entries()) {
      const bit = 2 ** i
      if ((mask & bit) === 0) continue
      const wanted = (id: string) => `select ${id} from lk_${table} where rest & ${bit} <> 0`
      parts.push({
        bit,
        multiplier: by[i]!,
        level: comparison.comparer.level,
        left: await prepareRest(session, `${into}_left`, wanted('l'), comparison),
        right: await prepareRest(session, `${into}_right`, wanted('r'), comparison),
      })
    }
    if (parts.length === 0) return
    const done: Int32Array[][] = []
    await session.eachInts(sql, (columns, rows) => {
      const [l, r, pattern, open] = columns as [Int32Array, Int32Array, Int32Array, Int32Array]
      for (let row = 0; row < rows; row++) {
        for (const part of parts) {
          if ((open[row]! & part.bit) === 0) continue
          const [a, b] = [part.left.get(l[row]!), part.right.get(r[row]!)]
          if (a != null && b != null) pattern[row]! += (part.level(a, b) + 1) * part.multiplier
        }
      }
      done.push([l, r, pattern].map((column) => column.slice(0, rows)))
    })
    for (const columns of done) writer.write(columns)
  })
  for (const side of ['left', 'right']) await session.drop(`${into}_${side}`)
  const decided = `select l, r, pattern from lk_${table} where rest = 0`
  return session.step(into, rest ? `${decided}\nunion all select l, r, pattern from lk_${into}_rest` : decided)
}

/** lk_<into>(l, r, pattern) of the pairs that `join` makes of records l and r. */
export async function compareJoined(
  session: Session,
  model: LinkageModel,
  encoded: EncodedRecords,
  join: string,
  into: string,
) {
  await session.step(`${into}_open`, compareSql(model, encoded, join))
  const pairs = await finishPairs(session, model, encoded, `${into}_open`, into)
  for (const table of [`${into}_open`, `${into}_rest`]) await session.drop(table)
  return pairs
}

/** Reads (l, r) from lk_<from> and writes lk_<into>(l, r, pattern). */
export function comparePairs(
  session: Session,
  model: LinkageModel,
  encoded: EncodedRecords,
  from: string,
  into: string,
) {
  const right = encoded.dedupe ? 'lk_codes_left' : 'lk_codes_right'
  const join = `from lk_${from} p join lk_codes_left l on l.id = p.l join ${right} r on r.id = p.r`
  return compareJoined(session, model, encoded, join, into)
}
