import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { someHouseholds, type Given } from '#test/steps/households.ts'
import { staged, unwrap, type World } from '#test/world.ts'
import { cycle } from '#cycle/cycle.ts'
import { coveredBy, csvLine, readCursor, writeCursor } from './see.ts'

describe('what goes out and comes in', () => {
  it('writes cells that a spreadsheet reads as text', () => {
    expect(csvLine(['谢春生', '=1+1', 'a,"b"', -5, null, true])).toBe('谢春生,\'=1+1,"a,""b""",-5,,true\r\n')
  })

  it('reads its own cursors alone', () => {
    expect(readCursor(writeCursor({ value: 'Infinity', household_id: '360781-0000001' }))).toEqual({
      value: 'Infinity',
      household_id: '360781-0000001',
    })
    expect(readCursor('nonsense')).toBeNull()
  })
})

describe('see, through the door', () => {
  const poor: Given = { wage_income: 100_000, business_income: 50_000, water_safe: false }

  const begin = staged(async (world) => {
    const in_village = (index: number, given: Given = {}): Given => ({
      ...given,
      area_code: `${world.village_codes[index]}001`,
    })
    const ids = await someHouseholds(world, [
      in_village(0, { ...poor, members: [{ name: '谢春生', national_id: '36078119500315121X' }, {}] }),
      in_village(0),
      in_village(1, poor),
    ])
    const county = await world.as('zhong.wei')
    await unwrap(county.api.assess.run.$post({ json: { area_code: world.county_code } }))
    return ids
  })
  let world: World
  let ids: string[]
  beforeEach(async () => ({ world, given: ids } = await begin()))
  afterEach(() => world.rollback())
  afterAll(() => world.close())

  it('counts the same in the funnel, in the areas below, on the map and in the lists behind', async () => {
    const county = await world.as('zhong.wei')
    const overview = await unwrap(county.api.see.overview.$get({ query: { area_code: '360781107' } }))
    const step = Object.fromEntries(overview.funnel.map((each) => [each.step, each.count]))
    expect(step).toMatchObject({ surveyed: 3, households: 3, assessed: 3, registered: 0 })
    expect(overview.counts.people).toBe(4)
    expect(overview.children.reduce((sum, child) => sum + child.households, 0)).toBe(3)
    expect(overview.children.find((child) => child.area_code === world.village_codes[0])?.households).toBe(2)
    for (const { step: stage, count } of overview.funnel.slice(1)) {
      const list = await unwrap(
        county.api.see.households.$get({ query: { area_code: '360781107', reached: stage as 'assessed' } }),
      )
      expect(list.total, stage).toBe(count)
      expect(list.items).toHaveLength(count)
    }
    const listed = await unwrap(
      county.api.see.households.$get({ query: { area_code: '360781107', reached: 'on_the_list' } }),
    )
    expect(listed.total).toBe(overview.counts.poor_now)
    const map = await unwrap(county.api.see.map.$get({ query: { area_code: '360781107' } }))
    expect(map.features.reduce((sum, feature) => sum + feature.properties.households, 0)).toBe(3)
  })

  it('pages and sorts without losing or repeating a household', async () => {
    const county = await world.as('zhong.wei')
    for (const sort of ['household_id', 'income', '-income', '-score', 'size', '-size']) {
      const seen: string[] = []
      let after: string | undefined
      do {
        const page = await unwrap(
          county.api.see.households.$get({
            query: { area_code: world.county_code, sort: sort as 'income', limit: '1', ...(after ? { after } : {}) },
          }),
        )
        expect(page.total).toBe(3)
        seen.push(...page.items.map((item) => item.household_id))
        after = page.next ?? undefined
      } while (after)
      expect(seen.toSorted(), sort).toEqual(ids.toSorted())
    }
    const unmet = await unwrap(
      county.api.see.households.$get({ query: { area_code: world.county_code, unmet: 'income' } }),
    )
    expect(unmet.items.every((item) => item.unmet.includes('income'))).toBe(true)
  })

  it('finds by name, ending of an ID and number, and shows no identity number', async () => {
    const [first = ''] = ids
    const county = await world.as('zhong.wei')
    const find = async (q: string) => (await unwrap(county.api.see.search.$get({ query: { q } }))).items
    expect((await find('谢春'))[0]).toMatchObject({ household_id: first, by: 'name' })
    // As people type a name: with a space, by its sound, without the family name (F82).
    for (const typed of ['谢 春生', '春生', 'xie chunsheng', 'xiechun', 'Xiè Chūnshēng'])
      expect(await find(typed), typed).toContainEqual(expect.objectContaining({ household_id: first, by: 'name' }))
    expect((await find(first.replace('-', '')))[0]).toMatchObject({ household_id: first, by: 'household_id' })
    expect(await find('.*')).toEqual([])
    expect((await find('121x'))[0]).toMatchObject({ household_id: first, by: 'id_ending' })
    expect((await find(first))[0]).toMatchObject({ household_id: first, by: 'household_id' })
    const list = await county.api.see.households.$get({ query: { area_code: world.county_code, search: '121X' } })
    expect((await list.clone().json()) as object).toMatchObject({ total: 1 })
    const texts = [await list.text(), JSON.stringify(await find('谢春生'))]
    for (const text of texts) expect(text).not.toContain('36078119500315121X')
  })

  it('shows a village committee its village alone, and an inspector no household at all', async () => {
    const [first = '', , other = ''] = ids
    const committee = await world.as(`committee.${world.village_codes[0]?.slice(9)}`)
    const own = world.village_codes[0] ?? ''
    expect((await unwrap(committee.api.see.households.$get({ query: { area_code: own } }))).total).toBe(2)
    expect((await committee.api.see.households.$get({ query: { area_code: '360781107' } })).status).toBe(403)
    expect(
      (await committee.api.see.households[':household_id'].$get({ param: { household_id: other }, query: {} })).status,
    ).toBe(404)
    const inspector = await world.as('zhao.ruixue')
    const asked = await inspector.api.see.households[':household_id'].$get({
      param: { household_id: first },
      query: {},
    })
    expect(asked.status).toBe(403)
    expect((await world.client.api.see.overview.$get({ query: { area_code: own } })).status).toBe(401)
  })

  it('tells what was not yet known on a date', async () => {
    const [first = ''] = ids
    const county = await world.as('zhong.wei')
    const timeline = async (query: { on?: string; known_on?: string }) =>
      (
        await unwrap(
          county.api.see.households[':household_id'].timeline.$get({ param: { household_id: first }, query }),
        )
      ).events
    const all = await timeline({})
    expect(all.map((event) => event.kind).toSorted()).toEqual(['assess.assessed', 'survey.submitted'])
    expect(all.every((event) => event.seen)).toBe(true)
    const before = await timeline({ known_on: '2014-04-30T00:00:00.000Z' })
    expect(before.map((event) => event.seen)).toEqual([false, false])
    const on = await timeline({ on: '2014-04-19' })
    expect(on.find((event) => event.kind === 'survey.submitted')?.seen).toBe(false)
    expect((await timeline({ on: '2014-04-20' })).find((event) => event.kind === 'survey.submitted')?.seen).toBe(true)
  })

  it('heads the file with its place, stages and income beside the line of that year', async () => {
    const [first = ''] = ids
    const county = await world.as('zhong.wei')
    const head = await unwrap(
      county.api.see.households[':household_id'].$get({ param: { household_id: first }, query: {} }),
    )
    expect(head.place.map((area) => area.level)).toEqual(['county', 'township', 'village', 'group'])
    expect(head.stages.slice(0, 2)).toEqual(['households', 'assessed'])
    expect(head.income).toHaveLength(1)
    expect(head.income[0]?.line).toBeGreaterThan(0)
  })

  it('says at each step of the road what waits for this role', async () => {
    const county = await world.as('zhong.wei')
    const { steps } = await unwrap(county.api.road.$get({ query: { area_code: world.county_code } }))
    expect(steps.map((step) => step.step)).toEqual(cycle.map((each) => each.folder))
    expect(steps.find((step) => step.step === '02-match')?.count).toBe(3)
    const open = await unwrap(county.api.assess.verifications.$get({ query: { area_code: world.county_code } }))
    expect(steps.find((step) => step.step === '03-assess')?.waiting ?? 0).toBe(open.total)
    const analyst = await world.as('hu.min')
    const seen = await unwrap(analyst.api.road.$get({ query: { area_code: '36' } }))
    expect(seen.steps.every((step) => step.waiting === undefined)).toBe(true)
  })

  it('exports what spreadsheets read, to those who may', async () => {
    const address = `/api/see/export?kind=households&area_code=${world.county_code}`
    const take = async (login: string, path: string) =>
      world.request(path, { headers: { authorization: `Bearer ${await world.token(login)}` } })
    const csv = await take('zhong.wei', address)
    const bytes = new Uint8Array(await csv.clone().arrayBuffer())
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const lines = (await csv.text()).trim().split('\r\n')
    expect(lines).toHaveLength(4)
    expect(lines.filter((line) => line.includes('谢春生'))).toHaveLength(1)
    for (const kind of ['indicators', 'causes', 'plans', 'deliveries', 'alerts', 'exits']) {
      const json = await take('zhong.wei', `${address.replace('households', kind)}&format=json`)
      const rows: unknown = await json.json()
      expect(Array.isArray(rows) && (kind === 'indicators') === rows.length > 0, kind).toBe(true)
    }
    expect((await take('li.guoqiang', address)).status).toBe(403)
  })

  it('gives everyone totals, and no number small enough to point at a family', async () => {
    const open = await unwrap(world.client.api.open.areas[':area_code'].$get({ param: { area_code: '360781107' } }))
    expect(open.households).toBeNull()
    expect(open.children.every((child) => child.households === null || child.households === 0)).toBe(true)
    expect(JSON.stringify(open)).not.toContain('360781-')
  })
})

describe('what a rate speaks of', () => {
  const levels = (...names: string[]) => names.map((level, index) => ({ level, code_length: 2 + 2 * index }))
  it('is told by villages within a township and by what holds villages above it', () => {
    const china = levels('nation', 'province', 'prefecture', 'county', 'township', 'village', 'group')
    expect(['nation', 'county', 'township', 'village', 'group'].map((level) => coveredBy(china, level)?.level)).toEqual(
      ['township', 'township', 'village', undefined, undefined],
    )
    const small = levels('nation', 'county', 'village')
    expect(['nation', 'county', 'village'].map((level) => coveredBy(small, level)?.level)).toEqual([
      'county',
      'village',
      undefined,
    ])
  })
})
