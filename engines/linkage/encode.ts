import { comparerOf } from './comparers.ts'
import type { Comparer } from './comparers.ts'
import type { Comparison, LinkageModel } from './model.ts'
import { parseKey } from './keys.ts'
import { openWriter, quote, readColumns, readInts } from './session.ts'
import type { Session } from './session.ts'
import type { Side } from './load.ts'

/** One comparison over all records: `prepared[code]`, and per side the code of each record id (0: nothing to compare). */
export type Encoded = {
  comparison: Comparison
  comparer: Comparer
  prepared: unknown[]
  codes: Record<Side, Int32Array>
}

export type EncodedRecords = { comparisons: Encoded[]; keys: Map<string, string>; dedupe: boolean }

const column = (name: string) => quote(`c_${name}`)

/** lk_dictionary_<i>(code, v0, ...): distinct values of a comparison's columns, coded 1.. in their own order. */
async function dictionary(session: Session, table: string, columns: string[], dedupe: boolean): Promise<string[][]> {
  const list = columns.map((c, i) => `${column(c)} as v${i}`).join(', ')
  const values = columns.map((_, i) => `v${i}`).join(', ')
  const right = dedupe ? '' : ` union select ${list} from lk_right`
  await session.step(
    table,
    `select row_number() over (order by ${values})::integer as code, ${values}
from (select distinct ${list} from lk_left${right}) where coalesce(${values}) is not null order by code`,
  )
  return (await readColumns(session.connection, `select ${values} from lk_${table} order by code`)) as string[][]
}

/**
 * Turns values into ints: lk_codes_left and lk_codes_right hold, per record, one code per comparison (c0, c1, ...) and
 * one per blocking key (k0, k1, ...; null where the record has none). The order of the input leaves no trace in them.
 */
export async function encode(session: Session, model: LinkageModel, dedupe: boolean): Promise<EncodedRecords> {
  const joins: string[] = []
  const selected: string[] = []
  const comparisons: Encoded[] = []
  for (const [i, comparison] of model.comparisons.entries()) {
    const table = `dictionary_${comparison.name}`
    const values = await dictionary(session, table, comparison.columns, dedupe)
    const comparer = comparerOf(comparison)
    const prepared: unknown[] = [null]
    for (let row = 0; row < values[0]!.length; row++) prepared.push(comparer.prepare(values.map((v) => v[row] ?? null)))
    comparisons.push({ comparison, comparer, prepared, codes: { left: new Int32Array(), right: new Int32Array() } })
    const on = comparison.columns.map((c, j) => `r.${column(c)} is not distinct from d${i}.v${j}`).join(' and ')
    joins.push(`left join lk_${table} d${i} on ${on}`)
    selected.push(`d${i}.code as c${i}`)
  }
  const keys = new Map<string, string>()
  const read = new Map<string, string[]>()
  for (const text of new Set(model.blocking_rules.flat())) {
    const key = parseKey(text)
    const table = `values_${[...read.keys(), key.column].indexOf(key.column)}`
    const values = read.get(key.column) ?? (await dictionary(session, table, [key.column], dedupe))[0]!
    read.set(key.column, values)
    const name = `k${keys.size}`
    keys.set(text, name)
    await writeKey(session, `key_${name}`, values.map(key.of))
    joins.push(`left join lk_${table} v_${name} on v_${name}.v0 = r.${column(key.column)}`)
    joins.push(`left join lk_key_${name} x_${name} on x_${name}.code = v_${name}.code`)
    selected.push(`x_${name}.key as ${name}`)
  }
  for (const side of dedupe ? (['left'] as const) : (['left', 'right'] as const)) {
    await session.step(
      `codes_${side}`,
      `select r.id, r.household, ${selected.join(', ')}\nfrom lk_${side} r\n${joins.join('\n')}\norder by r.id`,
    )
    const list = comparisons.map((_, i) => `c${i}`).join(', ')
    const codes = await readInts(session.connection, `select ${list} from lk_codes_${side} order by id`)
    comparisons.forEach((encoded, i) => (encoded.codes[side] = codes[i]!))
  }
  if (dedupe) for (const encoded of comparisons) encoded.codes.right = encoded.codes.left
  return { comparisons, keys, dedupe }
}

/** lk_key_<k>(code, key): the key of each distinct value as an int; values without a key are left out. */
async function writeKey(session: Session, table: string, keys: (string | null)[]): Promise<void> {
  const numbers = new Map<string, number>()
  const [codes, numbered]: [number[], number[]] = [[], []]
  for (const [row, key] of keys.entries()) {
    if (key === null) continue
    let number = numbers.get(key)
    if (number === undefined) numbers.set(key, (number = numbers.size + 1))
    codes.push(row + 1)
    numbered.push(number)
  }
  const writer = await openWriter(session, table, { code: 'int', key: 'int' })
  if (codes.length > 0) writer.write([codes, numbered])
  writer.close()
}
