import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { submissionXml } from '#test/steps/households.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'
import { openBytes } from '../receive/seal.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const surveyor = () => `surveyor.${world.village_codes[0]?.slice(9)}.1`
const send = async (submissions: string[], login = surveyor()) =>
  await unwrap((await world.as(login)).api.survey.submissions.$post({ json: { submissions } }))
const show = async (instance_id: string, login = 'zhong.wei') =>
  await unwrap((await world.as(login)).api.survey.submissions[':instance_id'].$get({ param: { instance_id } }))
const rows = async () => await world.registry.app.selectFrom('submission').selectAll().execute()

test('a submission is stored once, however often it is sent', async () => {
  const xml = submissionXml(world, { phone: '13800001234' })
  expect(await send([xml, xml])).toMatchObject({ accepted: 1, duplicates: 1, quarantined: [] })
  expect(await send([xml])).toMatchObject({ accepted: 0, duplicates: 1, quarantined: [] })
  const [row, ...others] = await rows()
  expect(others).toEqual([])
  expect(row).toMatchObject({ state: 'accepted', county_code: '360781', surveyed_on: '2014-04-20', problems: [] })
  expect(row?.answers).toMatchObject({ wage_income: 1_200_000, consent: true })
  expect(JSON.stringify(row?.answers)).not.toContain('13800001234')
})

test('the bytes that went in come out again, whatever characters they hold', async () => {
  const xml = submissionXml(world, { remarks: '𠮷 "<&>\u2028 end\r\n ' })
  const { instance_ids } = await send([xml])
  const [row] = await rows()
  expect(openBytes(world.registry.keys, 'submission.xml', row?.xml_sealed ?? Buffer.alloc(0)).toString()).toBe(xml)
  expect(row?.xml_sealed.includes('household_card')).toBe(false)
  expect((await show(instance_ids[0] ?? '')).answers['remarks']).toBe('𠮷 "<&>\u2028 end\r\n ')
})

test.each([
  ['survey_malformed_xml', () => '<data id="household_card"><consent>yes</data>'],
  ['survey_malformed_xml', () => `<!DOCTYPE d [<!ENTITY a "b">]>${submissionXml(world).replace(/^<\?xml.*?\?>/, '')}`],
  ['survey_unknown_form', () => submissionXml(world).replace('id="household_card"', 'id="other"')],
  ['survey_unknown_version', () => submissionXml(world).replace('version="2014.1"', 'version="1999"')],
  ['survey_unknown_area', () => submissionXml(world, { area_code: '360781107999999' })],
  ['survey_unknown_area', () => submissionXml(world, { area_code: null })],
  ['survey_outside_area', () => submissionXml(world, { area_code: `${world.village_codes[1]}001` })],
  [
    'survey_edit_unknown',
    () =>
      submissionXml(world).replace('<orx:instanceID>', '<orx:deprecatedID>uuid:no</orx:deprecatedID><orx:instanceID>'),
  ],
  [
    'survey_encrypted',
    () =>
      '<data id="household_card" version="2014.1" encrypted="yes"><meta><instanceID>uuid:1</instanceID></meta></data>',
  ],
])('%s is kept whole in quarantine, once', async (code, make) => {
  const xml = make()
  const [first, again] = [await send([xml]), await send([xml])]
  expect(first).toMatchObject({ accepted: 0, instance_ids: [null], quarantined: [{ index: 0, code }] })
  expect(again.quarantined[0]?.quarantine_id).toBe(first.quarantined[0]?.quarantine_id)
  const kept = await world.registry.app.selectFrom('quarantine').selectAll().execute()
  expect(kept).toHaveLength(1)
  expect(openBytes(world.registry.keys, 'quarantine.bytes', kept[0]?.bytes_sealed ?? Buffer.alloc(0)).toString()).toBe(
    xml,
  )
})

test('the same instanceID with other bytes changes nothing and waits for a person', async () => {
  const xml = submissionXml(world, { debt: 0 }, 'uuid:one')
  await send([xml])
  const sent = await send([xml.replace('<debt>0.00</debt>', '<debt>9.00</debt>')])
  expect(sent.quarantined).toMatchObject([{ code: 'survey_instance_conflict' }])
  expect((await rows()).map((row) => (row.answers as { debt: number }).debt)).toEqual([0])
})

test('a correction supersedes; a second one of the same first waits', async () => {
  await send([submissionXml(world, {}, 'uuid:first')])
  const edit = (id: string) =>
    submissionXml(world, {}, id).replace(
      '<orx:instanceID>',
      '<orx:deprecatedID>uuid:first</orx:deprecatedID><orx:instanceID>',
    )
  const sent = await send([edit('uuid:second'), edit('uuid:third')])
  expect(sent).toMatchObject({ accepted: 1, quarantined: [{ code: 'survey_edit_stale' }] })
  expect(await show('uuid:first')).toMatchObject({ state: 'superseded', corrected_by: 'uuid:second' })
  expect(await show('uuid:second')).toMatchObject({ state: 'accepted', corrects: 'uuid:first' })
})

test('what is doubtful is told with its place, and what was written is not lost', async () => {
  const person = { name: '张桂英', sex: 'female', birth_date: '2015-01-01', national_id: '360781196203041234' }
  const xml = submissionXml(world, { members: [person] }).replace(
    '<house_grade>A</house_grade>',
    '<house_grade>good</house_grade><unheard_of>7</unheard_of>',
  )
  const sent = await send([xml])
  expect(sent.accepted).toBe(1)
  const shown = await show(sent.instance_ids[0] ?? '')
  expect(shown.problems.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
    'answer_constraint members[1]/birth_date',
    'answer_national_id members[1]/national_id',
    'answer_unknown_element housing/unheard_of',
    'answer_wrong_type housing/house_grade',
  ])
  expect(shown.answers_extra).toEqual({ 'housing/house_grade': 'good', 'housing/unheard_of': '7' })
  expect(JSON.stringify(shown)).not.toContain('36078119620304')
})

test('every submission leaves an audit event, a bulk one event with their digest', async () => {
  await send([submissionXml(world), submissionXml(world)])
  await send(Array.from({ length: 25 }, () => submissionXml(world)))
  const officer = await world.as('zhong.wei')
  const { events } = await unwrap(officer.api.audit.$get({ query: { county_code: '360781' } }))
  expect(events.map(({ action, detail }) => [action, (detail as { count?: number }).count])).toEqual([
    ['survey.submit_many', 25],
    ['survey.submit', undefined],
    ['survey.submit', undefined],
  ])
})

test('a quarantined household is corrected and accepted, or rejected with a reason', async () => {
  const wrong = submissionXml(world, { area_code: '360781107999999' }, 'uuid:wrong')
  const sent = await send([wrong, '<data id="household_card" vers'])
  const officer = await world.as('zhong.wei')
  const resolve = (
    quarantine_id: string,
    json: { resolution: 'retry' | 'correct' | 'reject'; answers?: Record<string, unknown>; note?: string },
  ) => officer.api.survey.quarantine[':quarantine_id'].resolve.$post({ param: { quarantine_id }, json })
  const [area, broken] = sent.quarantined.map((each) => each.quarantine_id)
  expect((await resolve(area ?? '', { resolution: 'retry' })).status).toBe(409)
  const done = await unwrap(
    resolve(area ?? '', { resolution: 'correct', answers: { area_code: `${world.village_codes[2]}001` } }),
  )
  expect(await show(done.instance_id ?? '')).toMatchObject({
    instance_id: 'uuid:wrong',
    area_code: `${world.village_codes[2]}001`,
  })
  expect((await resolve(broken ?? '', { resolution: 'reject' })).status).toBe(422)
  expect((await resolve(broken ?? '', { resolution: 'reject', note: 'Sent anew.' })).status).toBe(200)
  expect((await resolve(broken ?? '', { resolution: 'reject', note: 'Again.' })).status).toBe(409)
  const left = await unwrap(officer.api.survey.quarantine.$get({ query: { area_code: world.county_code } }))
  expect(left).toMatchObject({ items: [], left: 0 })
})

test('lists turn page by page, newest first, within the reader’s area alone', async () => {
  await send(Array.from({ length: 5 }, () => submissionXml(world)))
  const officer = await world.as('zhong.wei')
  const page = async (after?: string) =>
    await unwrap(
      officer.api.survey.submissions.$get({
        query: { area_code: world.county_code, limit: '2', ...(after ? { after } : {}) },
      }),
    )
  const first = await page()
  const second = await page(first.next)
  const third = await page(second.next)
  const ids = [first, second, third].flatMap((each) => each.items.map((item) => item.instance_id))
  expect([ids.length, new Set(ids).size, third.next]).toEqual([5, 5, undefined])
  expect(first.counts).toEqual({ accepted: 5 })
  const elsewhere = await world.as(`surveyor.${world.village_codes[1]?.slice(9)}.1`)
  const refused = await elsewhere.api.survey.submissions.$get({ query: { area_code: world.county_code } })
  expect(refused.status).toBe(403)
})

test('departments’ lists are kept with numbers sealed, and once', async () => {
  const officer = await world.as('zhong.wei')
  const record = {
    record_id: 'R1',
    national_id: '36078119620304123X',
    name: '张三',
    value: 8_000_000,
    detail: null,
    since: '2013-05-01',
  }
  const post = () =>
    unwrap(
      officer.api.survey.registers.$post({ json: { register: 'vehicle', county_code: '360781', records: [record] } }),
    )
  expect([await post(), await post()]).toEqual([
    { accepted: 1, unchanged: 0 },
    { accepted: 0, unchanged: 1 },
  ])
  const [row] = await world.registry.app.selectFrom('register_record').selectAll().execute()
  expect(row).toMatchObject({ name: '张三', value: 8_000_000, since: '2013-05-01' })
  expect(JSON.stringify(row)).not.toContain('36078119620304123X')
})

test('plain answers of the tests break no rule of the form', async () => {
  const sent = await send([submissionXml(world, { members: [{}, {}, {}] })])
  expect((await show(sent.instance_ids[0] ?? '')).problems).toEqual([])
})
