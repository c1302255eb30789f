import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generate } from './generate.ts'
import { marginals, marginalsTable, type Marginal } from './marginals.ts'

let out_dir: string
let measured: Marginal[]

beforeAll(async () => {
  out_dir = await mkdtemp(join(tmpdir(), 'township-'))
  await generate({ households: 17_000, seed: 1, out_dir })
  measured = await marginals(out_dir)
  console.log(marginalsTable(measured))
})

afterAll(() => rm(out_dir, { recursive: true, force: true }))

test('the township of 17,000 households stays within the published and stated bands', () => {
  const outside = measured.filter(({ value, low, high }) => !(value >= low && value <= high))
  expect(outside).toEqual([])
  expect(measured.find(({ name }) => name === 'groups')!.value).toBe(399)
})
