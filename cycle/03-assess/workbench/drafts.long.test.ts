import { mkdir, mkdtemp, rm, cp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import JSZip from 'jszip'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkPack } from '#packs/check/check.ts'
import { loadPack } from '#packs/load.ts'
import { rulesHash, ruleTexts } from '#packs/overlay.ts'
import { SYSTEM, transact } from '#registry/transaction.ts'
import { someHouseholds } from '#test/steps/households.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

// Every draft passes the whole check of the pack, contradictions and all: a second or so each on a busy machine.

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

type Entry = Record<string, unknown> & { label: Record<string, string>; examples: { expect: unknown }[] }

const drafts = async (login: string) => (await world.as(login)).api.rules.drafts
const begin = async (login = 'wang.jing', title = 'Grade C may be lived in') =>
  unwrap((await drafts(login)).$post({ json: { title, why: 'Repairs of 2014 are done.' } }))
const show = async (draft_id: string, login = 'wang.jing') =>
  unwrap((await drafts(login))[':draft_id'].$get({ param: { draft_id } }))
const entryOf = async (draft_id: string, entry_id: string) =>
  unwrap((await drafts('wang.jing'))[':draft_id'].entries[':entry_id'].$get({ param: { draft_id, entry_id } }))
const edit = async (draft_id: string, revision: number, id: string, value: unknown, login = 'wang.jing') =>
  unwrap(
    (await drafts(login))[':draft_id'].$patch({ param: { draft_id }, json: { revision, entries: [{ id, value }] } }),
  )
const publish = async (draft_id: string, revision: number, login = 'deng.kai') =>
  unwrap((await drafts(login))[':draft_id'].publish.$post({ param: { draft_id }, json: { revision } }))
const book = async () => unwrap(world.client.api.rules.$get())
const ruleOf = async (code: string) =>
  (await book()).entries.find((each) => each.chapter === 'indicators' && each.code === code)?.rule

/** Houses of grade C count as safe, and the example that said otherwise is put right. */
async function widened(draft_id: string): Promise<Entry> {
  const { value } = await entryOf(draft_id, 'indicators.housing')
  const housing = structuredClone(value) as Entry
  housing['met'] = "house_grade in ['A', 'B', 'C']"
  housing.examples[1]!.expect = 'met'
  return housing
}

describe('a draft', () => {
  test('changes one entry, keeps the rest of its file to the letter, and tells what it changes', async () => {
    const { draft_id, revision } = await begin()
    const answer = await edit(draft_id, revision, 'indicators.housing', await widened(draft_id))
    expect(answer).toEqual({ revision: 2, problems: [] })
    const draft = await show(draft_id)
    expect(draft).toMatchObject({ state: 'open', outdated: false, edited_by_me: true, revision: 2 })
    expect(draft.changes).toEqual([
      expect.objectContaining({
        id: 'indicators.housing',
        change: 'changed',
        changes: [
          { path: 'met', kind: 'rule', before: "house_grade in ['A', 'B']", after: "house_grade in ['A', 'B', 'C']" },
          expect.objectContaining({ path: 'examples[Part of the house is dangerous]', kind: 'example' }),
        ],
      }),
    ])
    const { files } = await unwrap(
      (await world.as('wang.jing')).api.rules.files.$get({ query: { of: `draft:${draft_id}` } }),
    )
    const before = ruleTexts(world.pack)['rules/indicators.yaml']!.split('\n')
    const after = files['rules/indicators.yaml']!.split('\n')
    expect(after).toHaveLength(before.length)
    expect(after.filter((line, index) => line !== before[index])).toHaveLength(2)
    expect(await ruleOf('housing'), 'a draft changes nothing in force').toBe("house_grade in ['A', 'B']")
  })

  test('a rule that cannot be read, an example that fails and a missing word are told with their entry', async () => {
    const { draft_id, revision } = await begin()
    const housing = await widened(draft_id)
    const broken = await edit(draft_id, revision, 'indicators.housing', { ...housing, met: 'hous_grade == "A"' })
    expect(broken.problems).toMatchObject([
      { code: 'pack_bad_rule', entry: 'indicators.housing', hint: expect.stringContaining('house_grade') },
    ])
    housing.examples[1]!.expect = 'unmet'
    housing.label = { en: 'A safe house' }
    const wrong = await edit(draft_id, 2, 'indicators.housing', housing)
    expect(wrong.problems.map((each) => [each.code, each.entry]).sort()).toEqual([
      ['pack_example_fails', 'indicators.housing'],
      ['pack_missing_word', 'indicators.housing'],
    ])
    await expect(publish(draft_id, 3)).rejects.toMatchObject({ status: 422, problem: { code: 'draft_has_problems' } })
    const shape = await edit(draft_id, 3, 'indicators.housing', { code: 'housing', met: 7 })
    expect(shape.problems.length).toBeGreaterThan(0)
    expect(new Set(shape.problems.map((each) => each.code))).toEqual(new Set(['pack_bad_shape']))
    expect(shape.problems[0]?.entry).toBe('indicators.housing')
  })

  test('two people at once: the second is told and nothing of his is written', async () => {
    const { draft_id, revision } = await begin()
    const housing = await widened(draft_id)
    await edit(draft_id, revision, 'indicators.housing', housing)
    const late = edit(draft_id, revision, 'indicators.housing', { ...housing, met: 'true' }, 'hu.min')
    await expect(late).rejects.toMatchObject({ status: 409, problem: { code: 'draft_conflict', revision: 2 } })
    const draft = await show(draft_id)
    expect(draft.revision).toBe(2)
    expect(draft.editors).toHaveLength(1)
  })

  test('entries are added and taken out; a parameter gets a value of its own day', async () => {
    const { draft_id, revision } = await begin()
    const { value } = await entryOf(draft_id, 'parameters.income_line')
    const line = structuredClone(value) as { values: Record<string, unknown>[] }
    const source = { title: { en: 'Decision of 2021', zh: '2021年决定' }, date: '2021-01-01', confidence: 'assumption' }
    line.values.push({ from: '2021-01-01', value: 420_000, confidence: 'assumption', source })
    expect((await edit(draft_id, revision, 'parameters.income_line', line)).problems).toEqual([])
    const veto = structuredClone((await entryOf(draft_id, 'vetoes.car')).value) as Entry
    const added = await edit(draft_id, 2, 'vetoes.two_cars', { ...veto, code: 'two_cars', examples: [] })
    expect(added.problems).toEqual([])
    await edit(draft_id, 3, 'vetoes.car', null)
    const { changes } = await show(draft_id)
    expect(changes.map((each) => [each.id, each.change])).toEqual(
      expect.arrayContaining([
        ['parameters.income_line', 'changed'],
        ['vetoes.two_cars', 'added'],
        ['vetoes.car', 'removed'],
      ]),
    )
    const parameter = changes.find((each) => each.id === 'parameters.income_line')
    expect(parameter?.changes.map((each) => each.path)).toContain('values[2021-01-01].value')
    await expect(edit(draft_id, 4, 'vetoes.two_cars', { ...veto, code: 'other' })).rejects.toMatchObject({
      problem: { code: 'draft_bad_entry' },
    })
  })

  test('gives the browser what a rule may read, and an example’s reasons in sentences', async () => {
    const { draft_id } = await begin()
    const at = (await drafts('wang.jing'))[':draft_id']
    const bench = await unwrap(at.bench.$get({ param: { draft_id } }))
    expect(bench.schema.household['house_grade']).toMatchObject({ type: 'choice', choices: ['A', 'B', 'C', 'D'] })
    expect(bench.labels).toContainEqual(expect.objectContaining({ name: 'income_line', list: 'params' }))
    const why = async (rule: string, record: Record<string, unknown>) => {
      const json = { entry_id: 'indicators.housing', path: 'met', rule, example: { record } }
      return (await unwrap(at.explain.$post({ param: { draft_id }, json }))).said
    }
    expect(await why("house_grade == 'B'", { house_grade: 'C' })).toMatchObject({
      state: 'false',
      text: { en: expect.stringContaining('C'), zh: expect.stringContaining('C') },
    })
    const unknown = await why("house_grade == 'B'", { house_grade: null })
    expect(unknown).toMatchObject({ state: 'unknown', ask: [{ field: 'house_grade' }] })
    expect(await why('house_grade ==', {})).toBeNull()
  })

  test('is for those who may draft; nobody else reads it', async () => {
    const { draft_id } = await begin()
    await expect(begin('li.guoqiang')).rejects.toMatchObject({ problem: { code: 'not_permitted' } })
    await expect(show(draft_id, 'li.guoqiang')).rejects.toMatchObject({ problem: { code: 'not_permitted' } })
    const query = { from: 'force', to: `draft:${draft_id}` }
    await expect(unwrap(world.client.api.rules.diff.$get({ query }))).rejects.toMatchObject({ status: 403 })
  })
})

describe('publication', () => {
  test('takes a second person of the nation, and holds from the next request on', async () => {
    const { draft_id, revision } = await begin()
    await edit(draft_id, revision, 'indicators.housing', await widened(draft_id))
    await expect(publish(draft_id, 2, 'wang.jing')).rejects.toMatchObject({
      status: 403,
      problem: { code: 'pack_second_person' },
    })
    await expect(publish(draft_id, 2, 'zhong.wei')).rejects.toMatchObject({ problem: { code: 'not_permitted' } })
    const before = (await book()).pack_hash
    const { number, pack_hash } = await publish(draft_id, 2)
    expect(number).toBe(1)
    expect(pack_hash).not.toBe(before)
    expect((await book()).pack_hash).toBe(pack_hash)
    expect(await ruleOf('housing')).toBe("house_grade in ['A', 'B', 'C']")
    const events = await transact(world.registry, SYSTEM, (tx) =>
      tx
        .selectFrom('audit_event')
        .select(['action', 'subject_id'])
        .where('county_code', '=', 'nation')
        .where('action', 'like', 'rules.%')
        .execute(),
    )
    expect(events.map((each) => each.action).sort()).toEqual(['rules.draft', 'rules.edit', 'rules.publish'])
    await expect(edit(draft_id, 3, 'indicators.housing', null)).rejects.toMatchObject({
      problem: { code: 'draft_closed' },
    })
  })

  test('who only edited a colleague’s draft may not publish it either', async () => {
    const { draft_id, revision } = await begin()
    await edit(draft_id, revision, 'indicators.housing', await widened(draft_id), 'deng.kai')
    await expect(publish(draft_id, 2)).rejects.toMatchObject({ problem: { code: 'pack_second_person' } })
  })

  test('nothing changed is nothing to publish; a withdrawn draft stays closed', async () => {
    const { draft_id, revision } = await begin()
    await expect(publish(draft_id, revision)).rejects.toMatchObject({ problem: { code: 'draft_empty' } })
    const at = (await drafts('wang.jing'))[':draft_id']
    expect(await unwrap(at.withdraw.$post({ param: { draft_id }, json: { revision } }))).toEqual({ state: 'withdrawn' })
    await expect(publish(draft_id, 2)).rejects.toMatchObject({ problem: { code: 'draft_closed' } })
  })

  test('a draft that began before another was published is brought up to date, entry by entry', async () => {
    const first = await begin()
    const second = await begin('hu.min', 'Clothing asked otherwise')
    const third = await begin('hu.min', 'The same entry')
    await edit(first.draft_id, 1, 'indicators.housing', await widened(first.draft_id))
    const clothing = structuredClone((await entryOf(second.draft_id, 'indicators.clothing')).value) as Entry
    clothing.label['en'] = 'Warm clothes'
    await edit(second.draft_id, 1, 'indicators.clothing', clothing, 'hu.min')
    const housing = { ...(await widened(third.draft_id)), met: "house_grade == 'A'" }
    await edit(third.draft_id, 1, 'indicators.housing', housing, 'hu.min')
    await publish(first.draft_id, 2)

    expect((await show(second.draft_id)).outdated).toBe(true)
    await expect(publish(second.draft_id, 2)).rejects.toMatchObject({
      status: 409,
      problem: { code: 'draft_outdated' },
    })
    const renew = async (draft_id: string) =>
      unwrap((await drafts('hu.min'))[':draft_id'].renew.$post({ param: { draft_id }, json: { revision: 2 } }))
    expect((await renew(second.draft_id)).problems).toEqual([])
    await expect(renew(third.draft_id)).rejects.toMatchObject({
      problem: { code: 'draft_overlaps', errors: [{ path: 'indicators.housing' }] },
    })
    expect((await show(third.draft_id)).revision, 'nothing was written').toBe(2)
    expect((await publish(second.draft_id, 3)).number).toBe(2)
    expect(await ruleOf('housing')).toBe("house_grade in ['A', 'B', 'C']")
    expect((await book()).entries.find((each) => each.id === 'indicators.clothing')?.label['en']).toBe('Warm clothes')
  })
})

describe('other rules put in force while an assessment runs', () => {
  test('the run ends under the rules it began with, the next one goes over everything', async () => {
    const households = await someHouseholds(world, [{ house_grade: 'C' }, { house_grade: 'C' }, { house_grade: 'A' }])
    const { draft_id, revision } = await begin()
    await edit(draft_id, revision, 'indicators.housing', await widened(draft_id))
    const county = await world.as('zhong.wei')
    const run = () => unwrap(county.api.assess.run.$post({ json: { area_code: world.county_code } }))
    const standing = async () =>
      (
        await transact(world.registry, SYSTEM, (tx) =>
          tx
            .selectFrom('assessment')
            .select(['pack_hash', 'verdict'])
            .where('county_code', '=', world.county_code)
            .where('superseded_at', 'is', null)
            .execute(),
        )
      ).map((each) => `${each.pack_hash} ${each.verdict}`)
    const before = world.pack.pack_hash
    const [ran, published] = await Promise.all([run(), publish(draft_id, 2)])
    expect(ran.result).toMatchObject({ assessed: households.length, eligible: 2 })
    expect((await standing()).sort()).toEqual(
      [`${before} eligible`, `${before} eligible`, `${before} not_eligible`].sort(),
    )
    expect((await run()).result).toMatchObject({ assessed: households.length, eligible: 0 })
    expect(await standing()).toEqual(households.map(() => `${published.pack_hash} not_eligible`))
  })
})

describe('history', () => {
  test('tells who, when and why to everybody, with any two compared', async () => {
    expect((await unwrap(world.client.api.rules.versions.$get())).items).toEqual([])
    const { draft_id, revision } = await begin()
    await edit(draft_id, revision, 'indicators.housing', await widened(draft_id))
    world.at('2014-06-01T08:00:00.000Z')
    await publish(draft_id, 2)
    const { items, in_force } = await unwrap(world.client.api.rules.versions.$get())
    expect(items.map((each) => each.number)).toEqual([1, 0])
    expect(items[0]).toMatchObject({
      title: 'Grade C may be lived in',
      why: 'Repairs of 2014 are done.',
      drafted_by: [{ en: 'Wang Jing' }],
      published_by: { en: 'Deng Kai' },
      published_at: '2014-06-01T08:00:00.000Z',
    })
    expect(in_force.number).toBe(1)
    const diff = await unwrap(world.client.api.rules.diff.$get({ query: { from: '0', to: '1' } }))
    expect(diff.entries.map((each) => each.id)).toEqual(['indicators.housing'])
    const back = await unwrap(world.client.api.rules.diff.$get({ query: { from: 'force', to: '0' } }))
    expect(back.entries[0]?.changes[0]).toMatchObject({ path: 'met', after: "house_grade in ['A', 'B']" })
    await expect(unwrap(world.client.api.rules.diff.$get({ query: { from: '7', to: '0' } }))).rejects.toMatchObject({
      status: 404,
    })
  })

  test('the files of a version, unpacked over the folder, pass the check and are that very pack', async () => {
    const { draft_id, revision } = await begin()
    await edit(draft_id, revision, 'indicators.housing', await widened(draft_id))
    const { pack_hash, rules_hash } = await publish(draft_id, 2)
    const answer = await world.request('/api/rules/files.zip?of=1')
    expect(answer.headers.get('content-type')).toBe('application/zip')
    const folder = await mkdtemp(path.join(tmpdir(), 'pack-'))
    try {
      const china = path.join(import.meta.dirname, '../../../packs/china-2014')
      await cp(china, folder, { recursive: true, filter: (from) => !from.endsWith('.ts') })
      const zip = await JSZip.loadAsync(new Uint8Array(await answer.arrayBuffer()))
      for (const file of Object.values(zip.files)) {
        await mkdir(path.dirname(path.join(folder, file.name)), { recursive: true })
        await writeFile(path.join(folder, file.name), await file.async('uint8array'))
      }
      const { pack, problems } = await loadPack(folder)
      expect(problems).toEqual([])
      expect(checkPack(pack!)).toEqual([])
      expect(pack!.pack_hash).toBe(pack_hash)
      expect(rulesHash(ruleTexts(pack!))).toBe(rules_hash)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('a folder’s files come in as a draft; one that is missing or strange is refused', async () => {
    const files = { ...ruleTexts(world.pack) }
    files['rules/vetoes.yaml'] = files['rules/vetoes.yaml']!.replace(
      /^ {4}label: .*$/m,
      '    label: { en: New, zh: 新 }',
    )
    const client = (await world.as('deng.kai')).api.rules.drafts
    const post = (given: Record<string, string>) =>
      unwrap(client.$post({ json: { title: 'From git', why: 'Reviewed there.', files: given } }))
    const { draft_id } = await post(files)
    expect((await show(draft_id)).changes).toHaveLength(1)
    const { 'rules/exit.yaml': _gone, ...fewer } = files
    await expect(post(fewer)).rejects.toMatchObject({ problem: { code: 'draft_bad_entry' } })
    await expect(post({ ...files, 'areas/areas.csv': '' })).rejects.toMatchObject({
      problem: { code: 'request_invalid' },
    })
    // Who brought the files wrote the draft.
    await expect(publish(draft_id, 1)).rejects.toMatchObject({ problem: { code: 'pack_second_person' } })
  })
})
