import { at, int } from '../at.ts'
import type { Comparer } from './comparers.ts'
import type { Comparison, LinkageModel } from '../model/model.ts'
import { multipliers } from '../learn/patterns.ts'
import { raw } from './levels-sql.ts'
import { readColumns, textOrNull } from '../session/read.ts'
import type { EncodedRecords, Run } from '../pairs/encode.ts'

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

/** The open pairs of a comparison: lk_<table>(l, r, pattern, rest), to be finished as lk_<into>. */
type OpenPairs = { table: string; into: string }

/** lk_<into>_<side>(id, columns...): the texts of all records that JavaScript has still to look at. */
async function readRest({ session, encoded }: Run, { table, into }: OpenPairs, side: 'left' | 'right') {
  const columns = [...new Set(encoded.comparisons.flatMap(({ comparison }) => comparison.columns))].map(raw)
  const of = encoded.dedupe ? 'left' : side
  await session.step(
    `${into}_${side}`,
    `select c.id, ${columns.map((column) => `i.${column}`).join(', ')}
from (select id, source_id from lk_${of} where id in (select ${side === 'left' ? 'l' : 'r'} from lk_${table} where rest <> 0)) c
join lk_input_${of} i using (source_id)`,
  )
}

/** The level of a pair by the ids of its records; null where either has nothing to compare. */
type PairLevel = (left: number, right: number) => number | null

/** Prepares the values of the records whose pairs a comparison left open (`bit` of `rest`), each different value once. */
async function prepareRest(
  { session }: Run,
  { table, into }: OpenPairs,
  { comparison, comparer }: { comparison: Comparison; comparer: Comparer },
  bit: number,
): Promise<PairLevel> {
  const columns = comparison.columns.map(raw).join(', ')
  const prepare = async (side: 'left' | 'right') => {
    const wanted = `select ${side === 'left' ? 'l' : 'r'} from lk_${table} where rest & ${bit} <> 0`
    const [ids, ...values] = await readColumns(
      session.connection,
      `select id, ${columns} from lk_${into}_${side} where id in (${wanted})`,
    )
    const [by_id, by_value] = [new Map<number, unknown>(), new Map<string, unknown>()]
    for (const [row, record] of ids.entries()) {
      const texts = values.map((column) => textOrNull(column[row]))
      const key = texts.length === 1 ? (texts[0] ?? '') : JSON.stringify(texts)
      if (!by_value.has(key)) by_value.set(key, comparer.prepare(texts))
      by_id.set(Number(record), by_value.get(key))
    }
    return by_id
  }
  const [left, right] = [await prepare('left'), await prepare('right')]
  return (l, r) => {
    const [a, b] = [left.get(l), right.get(r)]
    return a === null || a === undefined || b === null || b === undefined ? null : comparer.level(a, b)
  }
}

/** One comparison that SQL left open for some pairs. */
type RestPart = { bit: number; multiplier: number; level: PairLevel }

async function restParts(run: Run, open: OpenPairs): Promise<RestPart[]> {
  const bits = await readColumns(run.session.connection, `select distinct rest from lk_${open.table} where rest <> 0`)
  const mask = bits[0].reduce((all: number, bit) => all | Number(bit), 0)
  const by = multipliers(run.model)
  const parts: RestPart[] = []
  for (const [i, comparison] of run.encoded.comparisons.entries()) {
    const bit = 2 ** i
    if ((mask & bit) === 0) continue
    parts.push({ bit, multiplier: at(by, i), level: await prepareRest(run, open, comparison, bit) })
  }
  return parts
}

/** lk_<into>(l, r, pattern): lk_<table> with what SQL could not tell compared in JavaScript. */
export async function finishPairs(run: Run, table: string, into: string) {
  const { session } = run
  const sql = `select l, r, pattern, rest from lk_${table} where rest <> 0`
  for (const side of ['left', 'right'] as const) await readRest(run, { table, into }, side)
  const rest = await session.fill(`${into}_rest`, sql, { l: 'int', r: 'int', pattern: 'int' }, async (writer) => {
    const parts = await restParts(run, { table, into })
    if (parts.length === 0) return
    const done: Int32Array[][] = []
    await session.eachChunk(sql, (chunk) => {
      const [l, r, patterns, open] = [chunk.ints(0), chunk.ints(1), chunk.ints(2), chunk.ints(3)]
      for (let row = 0; row < chunk.rows; row++) {
        let pattern = int(patterns, row)
        for (const part of parts) {
          if ((int(open, row) & part.bit) === 0) continue
          const level = part.level(int(l, row), int(r, row))
          if (level !== null) pattern += (level + 1) * part.multiplier
        }
        patterns[row] = pattern
      }
      done.push([l, r, patterns].map((column) => column.slice(0, chunk.rows)))
    })
    for (const columns of done) writer.write(columns)
  })
  for (const side of ['left', 'right']) await session.drop(`${into}_${side}`)
  const decided = `select l, r, pattern from lk_${table} where rest = 0`
  return session.step(into, rest ? `${decided}\nunion all select l, r, pattern from lk_${into}_rest` : decided)
}

/** lk_<into>(l, r, pattern) of the pairs that `join` makes of records l and r. */
export async function compareJoined(run: Run, join: string, into: string) {
  const { session, model, encoded } = run
  await session.step(`${into}_open`, compareSql(model, encoded, join))
  const pairs = await finishPairs(run, `${into}_open`, into)
  for (const table of [`${into}_open`, `${into}_rest`]) await session.drop(table)
  return pairs
}

/** Reads (l, r) from lk_<from> and writes lk_<into>(l, r, pattern). */
export function comparePairs(run: Run, from: string, into: string) {
  const right = run.encoded.dedupe ? 'lk_codes_left' : 'lk_codes_right'
  const join = `from lk_${from} p join lk_codes_left l on l.id = p.l join ${right} r on r.id = p.r`
  return compareJoined(run, join, into)
}
