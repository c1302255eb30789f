import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, it } from 'vitest'
import { dedupe, link } from '#engines/linkage/link.ts'
import { checkModel } from '#engines/linkage/model/model.ts'
import { cleanUp, findSplink, OURS, runOnce } from './contestants.ts'
import type { Run } from './contestants.ts'
import { accuracyOf, agreementOf, gatePasses } from './judge.ts'
import { CACHE, prepareData } from './prepare.ts'
import { lineOf, median, tableOf, verdictOf } from './report.ts'
import { bitsOf, modelOf, readSpec, SPECS } from './spec.ts'

describe('specs', () => {
  it.each(SPECS)('%s is a model of ours, and its training names columns that exist', (name) => {
    const spec = readSpec(name)
    checkModel(modelOf(spec))
    const { deterministic_rules, em_rules, recall } = spec.training
    const columns = new Set([...spec.comparisons.flatMap((c) => c.columns), ...spec.rules.flat(), 'postcode_2'])
    for (const column of [...deterministic_rules, ...em_rules].flat()) expect(columns).toContain(column)
    expect(recall).toBeGreaterThan(0)
    expect(em_rules.length).toBeGreaterThan(1)
  })

  it("Splink's weights come over to the last bit, a zero as a weight that is never kept", () => {
    const spec = readSpec('febrl3')
    const learnt = spec.comparisons.map(({ name, levels }) => ({
      name,
      levels: levels.map((_, k) => ({ m: k === 0 ? 0.7 : 0.1, u: k === 0 ? 0.001 : 0 })),
    }))
    const model = modelOf(spec, { prior: 0.00012, comparisons: learnt })
    checkModel(model)
    expect(model.prior).toBe(0.00012)
    expect(model.comparisons[0]!.levels[0]).toMatchObject({ m: 0.7, u: 0.001 })
    expect(model.comparisons[0]!.levels[1]!.u).toBeGreaterThan(0)
  })

  it('a spec runs: slips are found by their level, a missing value is no evidence', async () => {
    const spec = readSpec('fake_1000')
    const person = (record_id: string, first_name: string | null, dob: string, dob_days: number) =>
      ({
        record_id,
        first_name,
        surname: 'miller',
        dob,
        dob_days,
        city: 'leeds',
        email: null,
        email_user: null,
      }) as const
    const rows = [
      person('a', 'martha', '1980-05-07', 3779),
      person('b', 'marhta', '1980-05-08', 3780),
      person('c', null, '1995-01-01', 9131),
    ]
    const { links } = await dedupe(rows, modelOf(spec), { train: 'none', least_weight: -100 })
    const levels = new Map(links.map((found) => [`${found.left_id}${found.right_id}`, found.levels]))
    // martha and marhta: Jaro-Winkler .961, the level from .92; a day apart is one edit first; no e-mail
    expect(levels.get('ab')).toEqual([1, 0, 1, 0, -1])
    expect(levels.get('ac')).toEqual([-1, 0, 5, 0, -1])
  })
})

const run = (contestant: string, wall: number, cpu: number, cluster: number, peak_mb: number): Run => ({
  contestant,
  version: '1',
  stages: { link: { wall, cpu }, cluster: { wall: cluster, cpu: cluster } },
  peak_mb,
  load: 0,
  folder: '',
})
const accuracy = (f1_at: number, f1_best: number) => ({ kept: 10, f1_at, f1_best, best_weight: 0, recall_kept: 1 })

describe('report', () => {
  it('medians, sums over stages and the hardest rival of each measure', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    const ours = lineOf(
      [run('ours', 2, 3, 1, 100), run('ours', 4, 5, 1, 140), run('ours', 3, 4, 1, 90)],
      accuracy(0.9, 0.95),
    )
    expect(ours).toMatchObject({
      runs: 3,
      wall: 4,
      cpu: 5,
      wall_without_clusters: 3,
      cpu_without_clusters: 4,
      peak_mb: 140,
    })
    const fast = lineOf([run('splink 5', 9, 19, 3, 700)], accuracy(0.89, 0.955))
    const small = lineOf([run('splink 4', 20, 18, 2, 280)], accuracy(0.91, 0.94))
    const verdict = verdictOf(ours, [fast, small])!
    expect(verdict).toMatchObject({ wall: 3, cpu: 4, wall_without_clusters: 3, cpu_without_clusters: 4.5, memory: 0.5 })
    expect(verdict.f1_at).toBeCloseTo(-0.01, 12)
    expect(verdict.f1_best).toBeCloseTo(-0.005, 12)
    expect(tableOf('x', '1', [ours, fast, small])).toContain('3.00 times as fast by wall, 4.00 by CPU')
  })

  it('without a rival there is no verdict', () => {
    const ours = lineOf([run('ours', 2, 3, 1, 100)], accuracy(0.9, 0.95))
    expect(verdictOf(ours, [])).toBeNull()
    expect(tableOf('x', '1', [ours])).not.toContain('times as fast')
  })

  it('F1 by hand, pairs in either order for one list; agreement tells each kind of difference', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'linkage-bench-'))
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    try {
      const write = (name: string, rows: string) =>
        connection.run(
          `copy (select * from (values ${rows}) t(left_id, right_id, match_weight)) to '${join(folder, name)}' (format parquet)`,
        )
      await write('truth', "('a','b',0),('c','d',0),('e','f',0),('g','h',0)")
      await write('kept', "('b','a',9.0),('c','d',5.0),('a','z',4.5),('e','f',1.0)")
      await write('near', "('a','b',9.0000005),('c','d',5.0),('a','z',4.5),('e','f',1.0)")
      await write('off', "('a','b',9.0),('c','d',5.1),('a','z',4.5),('x','y',1.0)")
      const [truth, kept] = [join(folder, 'truth'), join(folder, 'kept')]
      // from 4.25 bits up: two right of three linked, four true: 4 / 7; with the last: six of eight
      const one_list = await accuracyOf(kept, truth, true, 0.95)
      expect(one_list.kept).toBe(4)
      expect(one_list.f1_at).toBeCloseTo(4 / 7, 12)
      expect(one_list.f1_best).toBeCloseTo(6 / 8, 12)
      expect(one_list).toMatchObject({ best_weight: 1, recall_kept: 0.75 })
      const two_lists = await accuracyOf(kept, truth, false, 0.95)
      expect(two_lists.f1_at).toBeCloseTo(2 / 7, 12)
      const near = await agreementOf(kept, join(folder, 'near'), true)
      expect(near).toMatchObject({ ours: 4, theirs: 4, only_ours: 0, only_theirs: 0 })
      expect(gatePasses(near)).toBe(true)
      const off = await agreementOf(kept, join(folder, 'off'), true)
      expect(off).toMatchObject({ only_ours: 1, only_theirs: 1 })
      expect(off.greatest_difference).toBeCloseTo(0.1, 9)
      expect(gatePasses(off)).toBe(false)
      expect(gatePasses({ ...near, ours: 0 })).toBe(false)
    } finally {
      connection.closeSync()
      instance.closeSync()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

// only environments that npm run bench:linkage has made: a test downloads nothing
const made = ['splink4', 'splink5'].some((name) => existsSync(join(CACHE, name, 'ready')))
const here = existsSync(new URL('../../../shared/reference/linkage/', import.meta.url))
if (!made) console.warn('skipped: Splink is not installed here (npm run bench:linkage installs it)')
if (!here) console.warn('skipped: ../shared/reference/linkage is not here (fake_1000)')

describe.skipIf(!made || !here)('beside Splink', () => {
  afterAll(cleanUp)

  it('with its weights ours keeps the same pairs of fake_1000 at the same weights', async () => {
    const data = (await prepareData('fake_1000'))!
    const dedupe_only = readSpec(data.spec).link_type === 'dedupe_only'
    const { found } = findSplink({ install: false })
    expect(found.length).toBeGreaterThan(0)
    for (const rival of found) {
      const theirs = await runOnce(rival, data, { threads: 1, memory: '2GB' })
      const ours = await runOnce(OURS, data, { threads: 1, memory: '2GB' }, theirs.folder)
      const files = [ours, theirs].map(({ folder }) => join(folder, 'pairs.parquet')) as [string, string]
      const agreement = await agreementOf(...files, dedupe_only)
      expect(agreement.ours).toBeGreaterThan(1000)
      expect(gatePasses(agreement), JSON.stringify(agreement)).toBe(true)
    }
  })
})

it('two lists: least probability and clusters are said in bits', async () => {
  expect(bitsOf(0.95)).toBeCloseTo(4.2479, 4)
  const spec = readSpec('febrl4')
  const row = (record_id: string, soc_sec_id: string) =>
    ({
      record_id,
      given_name: 'ann',
      surname: 'lee',
      date_of_birth: '19800507',
      birth_days: 3779,
      soc_sec_id,
      street_number: '3',
      postcode: '2000',
      state: 'nsw',
      address_1: 'x',
    }) as const
  const { links } = await link({ left: [row('a', '1234567')], right: [row('b', '1234567')] }, modelOf(spec), {
    one_to_one: false,
    train: 'none',
  })
  expect(links).toHaveLength(1)
  expect(links[0]!.band).toBe('accept')
})
