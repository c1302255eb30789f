import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkPack } from '#packs/check/check.ts'
import { loadPack } from '#packs/load.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

test('the book is open to everyone, complete, sourced, and every worked example holds', async () => {
  const book = await unwrap(world.client.api.rules.$get())
  const chapters = Map.groupBy(book.entries, (entry) => entry.chapter)
  const { pack } = world
  expect(chapters.get('indicators')).toHaveLength(pack.indicators.length)
  expect(chapters.get('causes')).toHaveLength(pack.causes.length)
  expect(chapters.get('measures')).toHaveLength(pack.measures.length)
  for (const chapter of ['derived', 'verdict', 'vetoes', 'exit', 'alerts', 'appraisal'])
    expect(chapters.get(chapter)?.length, chapter).toBeGreaterThan(0)
  expect(new Set(book.entries.map((entry) => entry.id)).size).toBe(book.entries.length)
  const examples = book.entries.flatMap((entry) => entry.examples)
  expect(examples.length).toBeGreaterThan(35)
  expect(examples.filter((example) => !example.holds)).toEqual([])
  expect(examples[0]).toMatchObject({ expect: 'met', got: 'met' })
  for (const { label, source, valid_from } of book.entries) {
    expect(Object.keys(label).sort()).toEqual(['en', 'zh'])
    expect(Object.keys(book.confidence)).toContain(source.confidence)
    expect(valid_from).toMatch(/^\d{4}-\d\d-\d\d$/)
  }
  const line = book.parameters.find((each) => each.code === 'income_line')!
  expect(line.values.find((each) => each.from === '2014-01-01')).toMatchObject({ value: 280_000, confidence: 'V' })
  expect(book.fields).toContainEqual(expect.objectContaining({ name: 'birth_date', list: 'members', type: 'date' }))
})

describe('a rule that somebody is writing', () => {
  const check = async (rule: string, chapter?: 'indicators' | 'exit_village' | 'derived' | 'verdict' | 'alerts') =>
    unwrap((await world.as('zhong.wei')).api.rules.check.$post({ json: { rule, ...(chapter ? { chapter } : {}) } }))
  const problem = async (rule: string) => {
    const { ok, problems } = await check(rule)
    expect(ok).toBe(false)
    const [first] = problems!
    return { ...first!, at: rule.slice(first!.start, first!.end) }
  }

  test('a good one gives its type and what it reads', async () => {
    expect(await check("members.all(m, m.health == 'healthy') && net_income_per_capita >= params.income_line")).toEqual(
      {
        ok: true,
        type: 'bool',
        fields: ['net_income_per_capita'],
        lists: { members: ['health'] },
        parameters: ['income_line'],
      },
    )
  })
  test('a syntax error has its place', async () => {
    const found = await problem('house_grade == && protein_weekly')
    expect(found.code).toBe('rule_syntax')
    expect(found.start).toBeGreaterThan(0)
  })
  test('an unknown field has its place and the nearest name', async () => {
    expect(await problem('protein_weekly && hous_grade == "A"')).toMatchObject({
      code: 'rule_unknown_field',
      at: 'hous_grade',
      hint: expect.stringContaining('house_grade'),
    })
  })
  test('a wrong type, an unknown choice and a sum of unlike units have theirs', async () => {
    expect(await problem('house_grade > 3')).toMatchObject({ code: 'rule_type' })
    expect(await problem("house_grade == 'E'")).toMatchObject({ code: 'rule_unknown_choice', at: "'E'" })
    expect((await problem('medical_expense + water_minutes > 0')).code).toMatch(/rule_(unit|type)/)
  })
  test('a division that may be by zero is refused, and guarded it is not', async () => {
    expect(await problem('debt / cattle > 100000')).toMatchObject({ code: 'rule_maybe_zero_division' })
    expect((await check('cattle > 0 && debt / cattle > 100000')).ok).toBe(true)
  })
  test('a number where yes or no is asked', async () => {
    expect(await problem('household_size + 1')).toMatchObject({ code: 'rule_type' })
    expect(await check('household_size + 1', 'derived')).toMatchObject({ ok: true, type: 'int' })
  })
  test('each chapter has its own fields', async () => {
    expect((await check('met_income', 'verdict')).ok).toBe(true)
    expect((await check('met_income', 'indicators')).ok).toBe(false)
    expect((await check('previous_debt < debt', 'alerts')).ok).toBe(true)
    expect((await check('incidence_percent < 2.0', 'exit_village')).ok).toBe(true)
  })
  test('hostile ones are refused and harm nobody', async () => {
    for (const rule of [
      '('.repeat(5000),
      '!'.repeat(9000) + 'protein_weekly',
      Array.from({ length: 900 }, () => 'cattle+').join('') + '1',
      'members.all(a, '.repeat(500),
      '__proto__',
      'constructor == 1',
      'has(params.constructor)',
    ]) {
      const { ok } = await check(rule)
      expect(typeof ok).toBe('boolean')
    }
    const officer = await world.as('zhong.wei')
    const long = officer.api.rules.check.$post({ json: { rule: 'x'.repeat(10_001) } })
    await expect(unwrap(long)).rejects.toMatchObject({ problem: { code: 'request_invalid' } })
    // Refused at the door, before anything reads them as a rule.
    for (const rule of ['\u0000', '"\ud800" == "x"']) {
      const call = officer.api.rules.check.$post({ json: { rule } })
      await expect(unwrap(call)).rejects.toMatchObject({ problem: { code: 'request_invalid' } })
    }
  })
})

test('nobody makes the server read a rule without a name', async () => {
  const call = world.client.api.rules.check.$post({ json: { rule: 'household_size > 0' } })
  await expect(unwrap(call)).rejects.toMatchObject({ problem: { code: 'sign_in_required' } })
})

describe('a pack whose rule is wrong', () => {
  const CHINA = path.join(import.meta.dirname, '../../../packs/china-2014')
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'pack-'))
    await cp(CHINA, folder, { recursive: true, filter: (from) => !from.endsWith('.ts') })
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  const problemsAfter = async (file: string, from: string, to: string) => {
    const text = await readFile(path.join(folder, file), 'utf8')
    expect(text).toContain(from)
    await writeFile(path.join(folder, file), text.replace(from, to))
    const { pack, problems } = await loadPack(folder)
    return pack ? checkPack(pack) : problems
  }

  test('that does not parse is told with file, entry and place', async () => {
    const found = await problemsAfter(
      'rules/indicators.yaml',
      "met: house_grade in ['A', 'B']",
      "met: house_grade in ['A', 'B'",
    )
    expect(found).toMatchObject([
      {
        code: 'pack_bad_rule',
        file: 'rules/indicators.yaml',
        at: 'housing.met',
        message: expect.stringContaining('In:'),
      },
    ])
  })
  test('that names no field is told with the nearest', async () => {
    const found = await problemsAfter('rules/causes.yaml', '(capital_needed &&', '(capital_neded &&')
    expect(found).toMatchObject([
      { code: 'pack_bad_rule', at: '09.rule', hint: expect.stringContaining('capital_needed') },
    ])
  })
  test('whose example comes out otherwise is told', async () => {
    const found = await problemsAfter(
      'rules/indicators.yaml',
      "met: house_grade in ['A', 'B']",
      "met: house_grade in ['A', 'B', 'C']",
    )
    expect(found).toMatchObject([{ code: 'pack_example_fails', at: 'housing' }])
  })
})
