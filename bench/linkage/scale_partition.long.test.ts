import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { passesOf } from '#engines/linkage/pairs/block.ts'
import { link } from '#engines/linkage/link.ts'
import { chinesePersonModel } from '#engines/linkage/models/chinese-person.ts'
import { planEncoding } from '#engines/linkage/pairs/encode.ts'
import { sampleCountryside } from '#engines/linkage/testing/sample.testkit.ts'
import { runPass } from './partition_pass.ts'
import type { PassResult } from './partition_pass.ts'
import { columnsRead, NoRoomError, saltOf, writeRows } from './partition_rows.ts'
import { estimateWhole, pairsOfAll } from './scale_partition.ts'

const model = chinesePersonModel()
let [lists, folder] = ['', '']
const said: string[] = []
const options = () => ({ lists, folder, copies: 3, memory_limit: '1GB', say: (line: string) => void said.push(line) })

/** Numbers of pairs by agreement pattern. */
async function patternsIn(file: string): Promise<Map<number, number>> {
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  const rows = await connection.runAndReadAll('select pattern, count(*)::integer from lk_compared group by 1')
  connection.closeSync()
  instance.closeSync()
  return new Map(rows.getRows().map(([pattern, pairs]) => [Number(pattern), Number(pairs)]))
}

beforeAll(async () => {
  lists = await mkdtemp(join(tmpdir(), 'partition-lists-'))
  folder = await mkdtemp(join(tmpdir(), 'partition-'))
  const { left, right } = sampleCountryside(150, 11)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  for (const [name, rows] of Object.entries({ register: left, survey: right })) {
    const [json, file] = [join(lists, `${name}.json`), join(lists, `${name}.parquet`)]
    await writeFile(json, JSON.stringify(rows))
    const types = Object.keys(rows[0]!).map((column) => `${column}: 'varchar'`)
    await connection.run(
      `copy (from read_json('${json}', columns = {${types.join(', ')}})) to '${file}' (format parquet)`,
    )
  }
  connection.closeSync()
  instance.closeSync()
})
afterAll(async () => {
  for (const path of [lists, folder]) await rm(path, { recursive: true, force: true })
})

describe('scale_partition', () => {
  it('all passes over three salted copies make three times the pairs of the lists, with the same levels', async () => {
    const { left, right } = sampleCountryside(150, 11)
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const once = await link({ left, right }, model, { connection, keep_tables: true })
    const meanings = await connection.runAndReadAll('select pattern, pairs::integer from lk_compared_patterns')
    connection.closeSync()
    instance.closeSync()

    const rows = await writeRows(options(), model)
    expect(rows.people).toEqual({ left: left.length, right: right.length })
    const records = 3 * (left.length + right.length)
    const records_a_pass = Math.ceil(records / 4)
    const found: PassResult[] = []
    const patterns = new Map<number, number>()
    for (let pass = 0; pass < passesOf(records, records_a_pass).first; pass++) {
      found.push(await runPass({ folder, pass, memory_limit: '1GB', records_a_pass }))
      for (const [pattern, pairs] of await patternsIn(join(folder, 'tables.duckdb')))
        patterns.set(pattern, (patterns.get(pattern) ?? 0) + pairs)
      // the rows stay, the last pass's tables go
      await writeRows(options(), model)
      expect(said.at(-1)).toBe('the rows are there already')
    }
    expect(found).toHaveLength(4)
    expect(Math.min(...found.map(({ pairs }) => pairs))).toBeGreaterThan(0)
    expect(found.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(3 * once.counts.pairs)
    const expected = meanings.getRows().map(([pattern, pairs]) => [Number(pattern), 3 * Number(pairs)] as const)
    expect(patterns).toEqual(new Map(expected))
  })

  it('hashes are salted, what is read as a number is not', () => {
    const columns = columnsRead(planEncoding(model, false))
    const of = (hash: boolean) => columns.filter((column) => column.hash === hash).map(({ name }) => name)
    for (const name of ['c0', 'c0_s', 'c1_id', 'c2_0', 'c3', 'q0', 'q6']) expect(of(true)).toContain(name)
    for (const name of ['c0_p', 'c1_n17', 'c1_d', 'c1_x', 'c3_p']) expect(of(false)).toContain(name)
    expect(new Set(Array.from({ length: 200 }, (_, copy) => saltOf(copy))).size).toBe(200)
  })

  it('a disk that is too small is told before rows are written', async () => {
    const refused = writeRows({ ...options(), copies: 1_000_000_000 }, model)
    await expect(refused).rejects.toBeInstanceOf(NoRoomError)
    await expect(refused).rejects.toThrow(/GB free; the rows and one pass over them take about/)
  })

  it('the whole is its passes, what is done once, and the stages by the million', () => {
    const stage = (wall: number) => ({ wall, cpu: wall * 2, rows: 1, read_bytes: 0 })
    const pass: PassResult = {
      passes: { first: 17, others: 17 },
      pass: 3,
      once: { count: stage(5), texts: stage(7) },
      rules: [
        { rule: 'a', compared: true, ...stage(7) },
        { rule: 'b', compared: false, ...stage(3) },
      ],
      compare: stage(4),
      gather: stage(1),
      finish: stage(2),
      pairs: 2,
      peak_mb: 1,
    }
    const { wall, cpu } = estimateWhole(pass, { millions: 200, coding: 6, rest: 2, cores: 2 })
    expect(wall).toBeCloseTo(17 * 17 + 12 + (200 * 8) / 2)
    expect(cpu).toBeCloseTo(17 * 34 + 24 + 200 * 8)
    expect(pairsOfAll(pass)).toBe(34)
    // fewer passes of the others: 4 of the first rule's, 2 of theirs, and 6 pairs in all for each 2 of this pass
    const short = estimateWhole(
      { ...pass, passes: { first: 4, others: 2 } },
      { millions: 0, coding: 6, rest: 2, cores: 2 },
    )
    expect(short.wall).toBeCloseTo(4 * 7 + 2 * 7 + 3 * 3 + 12)
  })
})
