import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { link } from './link.ts'
import type { Comparison, LinkageModel } from './model.ts'

const two = (name: string, column: string, kind: Comparison['kind'] = 'exact'): Comparison => ({
  name,
  columns: [column],
  kind,
  levels: [
    { name: 'exact', m: 0.9, u: 0.01 },
    { name: 'different', m: 0.1, u: 0.99 },
  ],
})
const modelOf = (comparisons: Comparison[], blocking_rules: string[][]): LinkageModel => ({
  format: 'linkage-model/1',
  name: 'hostile',
  comparisons,
  blocking_rules,
  prior: 0.01,
  thresholds: { accept: 3, review: 0 },
})

describe('lists of very different sizes', () => {
  it('a rule that makes too few pairs for an estimate to see is applied all the same', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    await connection.run(
      "create table many as select i::varchar as record_id, 'n' || i as name, 'p' || i as phone from range(1000000) t(i)",
    )
    await connection.run(
      "create table few as select i::varchar as record_id, 'n' || (i * 7919) as name, 'p' || (i * 7919 + 1) as phone from range(20) t(i)",
    )
    const found = await link(
      { left: { relation: 'many' }, right: { relation: 'few' } },
      modelOf([two('name', 'name'), two('phone', 'phone')], [['name'], ['phone']]),
      { connection, train: 'none', one_to_one: false, least_weight: -99 },
    )
    expect(found.rules.some(({ pairs, estimated }) => estimated && pairs === 0)).toBe(true)
    expect(found.counts.pairs).toBe(40)
  })

  it('a few records under the key that a million have are too many pairs', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    await connection.run("create table many as select i::varchar as record_id, 'x' as place from range(1000000) t(i)")
    await connection.run("create table few as select i::varchar as record_id, 'x' as place from range(300) t(i)")
    const run = link(
      { left: { relation: 'many' }, right: { relation: 'few' } },
      modelOf([two('place', 'place')], [['place']]),
      {
        connection,
      },
    )
    await expect(run).rejects.toMatchObject({ code: 'linkage_too_many_pairs', detail: { pairs: 300_000_000 } })
  })
})
