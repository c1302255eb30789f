import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { modelOf, two } from './hostile.testkit.ts'
import { link } from '../link.ts'

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

  it('a few records under the key that very many have are too many pairs', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    await connection.run("create table many as select i::varchar as record_id, 'x' as place from range(200000) t(i)")
    await connection.run("create table few as select i::varchar as record_id, 'x' as place from range(300) t(i)")
    const run = link(
      { left: { relation: 'many' }, right: { relation: 'few' } },
      modelOf([two('place', 'place')], [['place']]),
      {
        connection,
      },
    )
    await expect(run).rejects.toMatchObject({ code: 'linkage_too_many_pairs', detail: { pairs: 60_000_000 } })
  })
})

describe('relations that give their rows in another order each time', () => {
  it('a view that joins two tables, and one that draws its rows', async () => {
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '4' })).connect()
    const wide = 300_000
    for (const sql of [
      `create table ids as select lpad(i::varchar, 9, '0') as record_id, i as k from range(${wide}) t(i)`,
      `create table names as select i as k, 'n' || i as name from range(${wide}) t(i)`,
      'create view people as select record_id, name from ids join names using (k)',
      'create view drawn as from people using sample 50%',
      `create table few as select lpad((i * 997)::varchar, 9, '0') as record_id, 'n' || (i * 997) as name from range(300) t(i)`,
    ])
      await connection.run(sql)
    for (const [relation, least] of [
      ['people', 300],
      ['(from people)', 300],
      ['drawn', 75],
    ] as const) {
      const model = modelOf([two('name', 'name')], [['name']])
      const { links } = await link({ left: { relation }, right: { relation: 'few' } }, model, {
        connection,
        train: 'none',
        least_weight: -99,
      })
      expect(links.length).toBeGreaterThanOrEqual(least)
      expect(links.filter(({ left_id, right_id }) => left_id !== right_id)).toEqual([])
    }
  })
})
