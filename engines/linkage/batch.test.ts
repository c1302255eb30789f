import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { linkBatch, prepareIndex } from './batch.ts'
import { link } from './link.ts'
import type { LinkResult } from './link.ts'
import { chinesePersonModel } from './models/chinese-person.ts'
import { sampleCountryside } from './testing/sample.testkit.ts'

const { left, right } = sampleCountryside(110, 11)
let folder: string
let whole: LinkResult

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'linkage-'))
  whole = await link({ left, right }, chinesePersonModel())
  await writeFile(join(folder, 'left.json'), JSON.stringify(left))
  const types = Object.keys(left[0]!).map((name) => `${name}: 'varchar'`)
  const relation = `read_json('${join(folder, 'left.json')}', columns = {${types.join(', ')}})`
  // shares of the whole run, so that a batch and the whole weigh a name alike
  const made = await prepareIndex({ relation }, whole.model, {
    folder: join(folder, 'index'),
    frequencies: whole.frequencies,
  })
  expect(made.left).toBe(left.length)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('links a batch as the whole left side would, reading only whom it can meet', async () => {
  const batch = right.filter((row) => Number(row.household_id.replace(/\D/g, '')) % 5 === 0)
  expect(batch.length).toBeGreaterThan(60)
  const found = await linkBatch(join(folder, 'index'), batch)
  const wanted = await link({ left, right: batch }, whole.model, { train: 'none', frequencies: whole.frequencies })
  expect(found.counts).toMatchObject({ left: left.length, right: batch.length, pairs: wanted.counts.pairs })
  expect(found.counts.accept).toBeGreaterThan(batch.length * 0.9)
  expect(found.links).toEqual(wanted.links)
  expect(found.households).toEqual(wanted.households)
  expect(found.steps.find((step) => step.table === 'lk_codes_left')!.rows).toBeLessThan(left.length * 0.7)
  // a second batch against the same folder
  const other = right.filter((row) => !batch.includes(row))
  expect((await linkBatch(join(folder, 'index'), other)).counts.accept).toBeGreaterThan(other.length * 0.9)
})

it('refuses a folder without an index, and a batch that would meet everybody', async () => {
  await expect(linkBatch(folder, right)).rejects.toMatchObject({ code: 'linkage_no_index' })
  const refused = linkBatch(join(folder, 'index'), right, { max_pairs: 20 })
  await expect(refused).rejects.toMatchObject({ code: 'linkage_too_many_pairs', detail: { max_pairs: 20 } })
})
