import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import { clustersOf, dedupe, link } from './link.ts'
import type { LinkResult } from './link.ts'
import { evaluate } from './evaluate.ts'
import { waterfall } from './explain.ts'
import { chinesePersonModel } from './models/chinese-person.ts'
import { sampleCountryside } from './testing/sample.testkit.ts'
import { score } from './score.ts'

const model = chinesePersonModel()
const { left, right, truth } = sampleCountryside(105, 11)
const wanted = [...truth].map(([right_id, left_id]) => ({ left_id, right_id }))
const brief = (result: LinkResult) =>
  result.links.map((x) => [x.left_id, x.right_id, x.match_weight, x.band, x.doubt, x.pass])

const men = (rows: readonly { sex: string }[]) => rows.filter((x) => x.sex === '男').length

describe('link', () => {
  let result: LinkResult
  beforeAll(async () => {
    result = await link({ left, right }, model, { threads: 2 })
  })

  it('finds who is who among mistyped families, and accepts no wrong pair', () => {
    const accepted = result.links.filter((x) => x.band === 'accept')
    const [found] = evaluate(result.links, wanted, [0])
    const [sure] = evaluate(accepted, wanted, [0])
    expect(result.training).toMatchObject({ mode: 'all', converged: true })
    expect(found!.f1).toBeGreaterThan(0.99)
    expect(sure!.false_positives).toBe(0)
    expect(sure!.recall).toBeGreaterThan(0.95)
  })

  it('gives each record at most once', () => {
    const firm = result.links.filter((x) => x.doubt !== 'tie')
    expect(new Set(firm.map((x) => x.left_id)).size).toBe(firm.length)
    expect(new Set(firm.map((x) => x.right_id)).size).toBe(firm.length)
  })

  it('gives the same links in every run, with one thread or two, whatever the order of the records', async () => {
    const mixed = { left: left.toReversed(), right: [...right].sort((a, b) => (a.name < b.name ? -1 : 1)) }
    const one = await link(mixed, model, { threads: 1 })
    expect(brief(one)).toEqual(brief(result))
    expect(one.model).toEqual(result.model)
  })

  it('scores every pair in JavaScript as in SQL, to 1e-9', async () => {
    const all = await link({ left, right }, model, { one_to_one: false, least_weight: -99 })
    const [lefts, rights] = [new Map(left.map((x) => [x.record_id, x])), new Map(right.map((x) => [x.record_id, x]))]
    const pairs = all.links.map((x) => ({ left: lefts.get(x.left_id)!, right: rights.get(x.right_id)! }))
    const scored = score(pairs, all.model, all.frequencies)
    expect(scored.length).toBe(all.counts.pairs)
    for (const [i, x] of all.links.entries()) {
      expect(Math.abs(scored[i]!.match_weight - x.match_weight)).toBeLessThan(1e-9)
      expect(scored[i]!.levels).toEqual(x.levels)
      expect(scored[i]!.band).toBe(x.band)
    }
    const shown = waterfall(pairs[0]!, all.model, all.frequencies)
    expect(shown.bars.at(-1)!.running).toBeCloseTo(shown.match_weight, 9)
    expect(shown.bars[0]!.left).toEqual([pairs[0]!.left.name])
  })

  it('never weighs a better agreement less', () => {
    for (const comparison of result.model.comparisons) {
      const weights = comparison.levels.map((level) => level.m / level.u)
      for (let k = 1; k < weights.length; k++) expect(weights[k]!).toBeLessThanOrEqual(weights[k - 1]! * (1 + 1e-9))
    }
  })

  it('reads tables of the caller and leaves nothing behind', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run(
      `create table a as select * from (values ('1', '王小明', '11010519491231002X'), ('2', '李强', null)) t(record_id, name, national_id)`,
    )
    await connection.run('create table b as select * from a')
    const found = await link({ left: { relation: 'a' }, right: { relation: 'b' } }, model, {
      connection,
      train: 'none',
    })
    expect(found.links.find((x) => x.left_id === '1')).toMatchObject({ right_id: '1', band: 'accept' })
    expect(found.problems.map((p) => p.code)).toContain('linkage_missing_column')
    const rows = await (
      await connection.run(`select count(*)::integer from (show all tables) where name like 'lk_%'`)
    ).getRows()
    expect(rows[0]![0]).toBe(0)
    expect(found.steps.find((s) => s.table === 'lk_pairs_0')?.sql).toContain('join lk_codes_right r on l.k0 = r.k0')
    // one connection serves run after run, of either kind, also with the tables kept
    const kept = { connection, train: 'none', keep_tables: true } as const
    await dedupe({ relation: 'a' }, model, kept)
    const again = await link({ left: { relation: 'a' }, right: { relation: 'b' } }, model, kept)
    await dedupe({ relation: 'a' }, model, kept)
    expect(again.links).toEqual(found.links)
  })

  it('deduplicates with clusters that a withdrawn link takes apart again', async () => {
    const list = [...left.slice(0, 400), ...right.slice(0, 300)]
    const found = await dedupe(list, model)
    const accepted = found.links.filter((x) => x.band === 'accept')
    expect(accepted.length).toBeGreaterThan(200)
    const ids = list.map((x) => x.record_id)
    expect(clustersOf(ids, accepted)).toEqual(found.clusters)
    const [withdrawn, ...others] = accepted
    const before = clustersOf(ids, others)
    expect(before.get(withdrawn!.left_id)).not.toBe(before.get(withdrawn!.right_id))
    expect(clustersOf(ids, [...others, withdrawn!])).toEqual(found.clusters)
    expect(found.clusters.get(withdrawn!.right_id)).toBe(found.clusters.get(withdrawn!.left_id))
  })

  it('does not take the copies of one person in one list for a common name', async () => {
    const list = [...left, ...right]
    const found = await dedupe(list, model)
    const held = new Map<string, number>()
    for (const { name } of list) held.set(name, (held.get(name) ?? 0) + 1)
    const [name, times] = [...held].reduce((most, next) => (next[1] > most[1] ? next : most))
    expect(found.frequencies.name!.get(name)!).toBeLessThan((0.9 * times) / (list.length + 1000))
    expect(result.frequencies.name!.get(left[0]!.name)!).toBeGreaterThan(0)
  })
})

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (e: { code: string }) => e.code,
  )

describe('what is refused, and what is told', () => {
  const person = {
    name: '王小明',
    national_id: '11010519491231002X',
    birth_date: '1949-12-31',
    sex: '女',
    area_code: null,
    phone: null,
  }
  const one = [{ record_id: 'a', ...person }]

  it('refuses with a stable code', async () => {
    expect(await code(link({ left: one, right: [] }, model))).toBe('linkage_empty_side')
    expect(await code(link({ left: [...one, ...one], right: one }, model))).toBe('linkage_duplicate_ids')
    expect(await code(link({ left: [{ ...person }], right: one }, model))).toBe('linkage_missing_id')
    expect(await code(link({ left: [{ record_id: 'b', name: '李强' }], right: one }, model))).toBe(
      'linkage_no_usable_rule',
    )
    expect(await code(link({ left: one, right: one }, { ...model, blocking_rules: [['name:nonsense']] }))).toBe(
      'linkage_bad_model',
    )
    const weak = {
      ...model,
      comparisons: [{ ...model.comparisons[0]!, levels: model.comparisons[0]!.levels.toReversed() }],
    }
    expect(await code(link({ left: one, right: one }, weak))).toBe('linkage_bad_model')
  })

  it('refuses a rule that makes too many pairs, with the count, before it runs', async () => {
    const wide = { ...model, blocking_rules: [['sex']] }
    const refused = await link({ left, right }, wide, { max_pairs: 1000 }).catch((e: unknown) => e)
    const pairs = men(left) * men(right) + (left.length - men(left)) * (right.length - men(right))
    expect(refused).toMatchObject({ code: 'linkage_too_many_pairs', detail: { pairs, max_pairs: 1000, rule: ['sex'] } })
  })

  it('tells of columns without a value and goes on', async () => {
    const { problems, links } = await link({ left: one, right: one }, model)
    expect(problems.filter((p) => p.code === 'linkage_empty_column').map((p) => p.detail)).toContainEqual({
      side: 'left',
      column: 'phone',
    })
    expect(links).toHaveLength(1)
  })

  it('never accepts on a number alone', async () => {
    const child = [{ record_id: 'c', ...person, name: '王芳', birth_date: null }]
    const { links } = await link({ left: one, right: child }, model, { train: 'none' })
    expect(links[0]).toMatchObject({ band: 'review', doubt: 'needs_second_evidence' })
  })

  it('leaves a number that another birth date contradicts to a person', async () => {
    const lent = [{ record_id: 'c', ...person, birth_date: '2010-05-01' }]
    const { links } = await link({ left: one, right: lent }, model, { train: 'none' })
    expect(links[0]).toMatchObject({ band: 'review', doubt: 'veto' })
  })

  it('chooses neither of two equals', async () => {
    const twice = [...one, { record_id: 'b', ...person }]
    const { links } = await link({ left: twice, right: one }, model, { train: 'none' })
    expect(links.map((x) => [x.left_id, x.band, x.doubt])).toEqual([
      ['a', 'review', 'tie'],
      ['b', 'review', 'tie'],
    ])
  })
})
