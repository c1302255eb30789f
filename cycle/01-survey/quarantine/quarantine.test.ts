// Quarantine has no dead end: every item can be read, saved as it came, mended, tried again, or closed with a reason;
// what is no longer needed stops waiting. And files that came in can be seen, each look recorded.
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { submissionXml } from '#test/steps/households.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const send = async (xml: string | Uint8Array, files: Record<string, Uint8Array> = {}) => {
  const token = await world.token('zhong.wei')
  const form = new FormData()
  form.set('xml_submission_file', new Blob([xml as string], { type: 'text/xml' }), 'submission.xml')
  for (const [name, bytes] of Object.entries(files)) form.set(name, new Blob([bytes as Uint8Array<ArrayBuffer>]), name)
  const device = await unwrap(
    (await world.as('zhong.wei')).api.survey.devices.$post({ json: { label: randomUUID(), area_code: '360781' } }),
  )
  const path = `/v1/key/${device.key}`
  const headers = { 'X-OpenRosa-Version': '1.0', authorization: `Bearer ${token}` }
  return await world.request(`${path}/submission`, { method: 'POST', body: form, headers })
}

const officer = () => world.as('zhong.wei')
const waiting = async () =>
  (await unwrap((await officer()).api.survey.quarantine.$get({ query: { area_code: '360781' } }))).items
const resolve = async (quarantine_id: string, json: Record<string, unknown>) =>
  await unwrap(
    (await officer()).api.survey.quarantine[':quarantine_id'].resolve.$post({
      param: { quarantine_id },
      json: json as { resolution: 'correct' },
    }),
  )
const show = async (quarantine_id: string) =>
  await unwrap((await officer()).api.survey.quarantine[':quarantine_id'].$get({ param: { quarantine_id } }))
const stored = async () =>
  await world.registry.app.selectFrom('submission').select(['instance_id', 'state', 'answers', 'problems']).execute()
const looks = async (action: string) =>
  await world.registry.app
    .selectFrom('audit_event')
    .select(['detail', 'subject_id'])
    .where('action', '=', action)
    .execute()
const get = async (path: string, login = 'zhong.wei') =>
  await world.request(path, { headers: { authorization: `Bearer ${await world.token(login)}` } })

test('F25: a control character and text that is no UTF-8 are read, saved as they came, mended anywhere, and come in', async () => {
  const [xml, latin] = [1, 2].map((n) =>
    submissionXml(world, {}, `uuid:${randomUUID()}`).replace('</surveyor_name>', `${n}</surveyor_name>`),
  )
  expect((await send((xml ?? '').replace('1</surveyor_name>', '\u0001</surveyor_name>'))).status).toBe(400)
  const bytes = Buffer.concat([
    Buffer.from((latin ?? '').replace(/2<\/surveyor_name>[^]*$/, '')),
    Buffer.from([0xe9]),
    Buffer.from((latin ?? '').replace(/^[^]*2(?=<\/surveyor_name>)/, '')),
  ])
  expect((await send(new Uint8Array(bytes))).status).toBe(400)
  const items = await waiting()
  expect(items).toHaveLength(2)
  for (const { quarantine_id } of items) {
    const item = await show(quarantine_id)
    expect(item.mended).toHaveLength(1)
    expect(item.answers?.['members']).toHaveLength(1)
    const raw = await get(`/api/survey/quarantine/${quarantine_id}/bytes`)
    expect(raw.headers.get('content-disposition')).toMatch(/^attachment/)
    expect((await raw.arrayBuffer()).byteLength).toBe(item.size)
    await expect(resolve(quarantine_id, { resolution: 'retry' })).rejects.toMatchObject({
      problem: { code: 'survey_resolution_fails' },
    })
    await expect(
      resolve(quarantine_id, { resolution: 'correct', written: { 'members[99].name': 'x' } }),
    ).rejects.toMatchObject({ status: 422 })
    const written = { surveyor_name: 'Zhu', 'members[1].birth_date': '1960年5月1日', wage_income: '12,000' }
    expect(await resolve(quarantine_id, { resolution: 'correct', written })).toMatchObject({ resolution: 'correct' })
  }
  expect(await waiting()).toEqual([])
  expect(await looks('survey.open_quarantine')).toHaveLength(2)
  for (const { answers } of await stored()) {
    expect(answers).toMatchObject({
      surveyor_name: 'Zhu',
      wage_income: 1_200_000,
      members: expect.arrayContaining([expect.objectContaining({ birth_date: '1960-05-01' })]),
    })
  }
})

test('F25: what is no XML at all is mended as text, or closed with a reason', async () => {
  const whole = submissionXml(world, {}, `uuid:${randomUUID()}`)
  await send(whole.slice(0, -20))
  await send('not xml')
  const [one, two] = await waiting()
  const broken = [one, two].find((each) => each && each.quarantine_id)?.quarantine_id ?? ''
  const cut = (await show(broken)).size > 100 ? one : two
  const other = cut === one ? two : one
  await resolve(cut?.quarantine_id ?? '', { resolution: 'correct', xml: whole })
  await resolve(other?.quarantine_id ?? '', { resolution: 'reject', note: 'a test of the device' })
  expect(await waiting()).toEqual([])
  expect(await stored()).toHaveLength(1)
})

test('F25: a row of a list is mended cell by cell and comes in as its list did', async () => {
  const csv = `户编号,组代码,姓名,身份证号码,工资性收入（本地和外出务工）\nH1,${world.village_codes[0]}001,张三,360781196203041231,many\n`
  const client = await officer()
  const form = { file: new File([csv], 'list.csv'), kind: 'submissions' as const, area_code: '360781' }
  const { fingerprint } = await unwrap(client.api.survey.imports.preview.$post({ form }))
  await unwrap(client.api.survey.imports.$post({ form: { ...form, fingerprint } }))
  const [item] = await waiting()
  const { rows, columns } = await show(item?.quarantine_id ?? '')
  expect(rows).toMatchObject([{ row: 2, cells: { 户编号: 'H1', '工资性收入（本地和外出务工）': 'many' } }])
  expect(rows[0]?.cells['身份证号码']).not.toContain('19620304')
  expect(columns['姓名']).toBe('members.name')
  const cells = (text: string) => [{ index: 0, column: '工资性收入（本地和外出务工）', text }]
  await expect(
    resolve(item?.quarantine_id ?? '', { resolution: 'correct', cells: cells('much') }),
  ).rejects.toMatchObject({
    problem: { code: 'survey_resolution_fails', errors: [{ row: 2, got: 'much' }] },
  })
  await resolve(item?.quarantine_id ?? '', { resolution: 'correct', cells: cells('1200') })
  expect(await stored()).toMatchObject([
    { state: 'accepted', answers: { wage_income: 120_000, members: [{ name: '张三' }] } },
  ])
  // The list brought again, corrected, knows it.
  const again = { ...form, file: new File([csv.replace('many', '1200')], 'list.csv') }
  const seen = await unwrap(client.api.survey.imports.preview.$post({ form: again }))
  expect(seen).toMatchObject({ known: 1, changed: 0 })
})

test('F25: a correction that came before what it corrects stops waiting when that comes; so does one sent again', async () => {
  const first = `uuid:${randomUUID()}`
  const second = `uuid:${randomUUID()}`
  const edit = submissionXml(world, { debt: 100 }, second).replace(
    '<orx:instanceID>',
    `<orx:deprecatedID>${first}</orx:deprecatedID><orx:instanceID>`,
  )
  const photo = new Uint8Array([0xff, 0xd8, 0xff, 1])
  expect((await send(edit, { 'late.jpg': photo })).status).toBe(404)
  expect(await waiting()).toHaveLength(1)
  expect((await send(submissionXml(world, {}, first))).status).toBe(201)
  expect(await waiting()).toEqual([])
  const states = Object.fromEntries((await stored()).map((row) => [row.instance_id, row.state]))
  expect(states).toEqual({ [first]: 'superseded', [second]: 'accepted' })
  expect((await get(`/api/survey/submissions/${second}/files/late.jpg`)).status).toBe(200)
  expect((await send(edit)).status).toBe(201)
})

test('F24: photos are seen by those who may, safely, each look recorded; one that never came is told', async () => {
  const instance_id = `uuid:${randomUUID()}`
  const xml = submissionXml(world, { house_photo: 'house.jpg' }, instance_id)
  expect((await send(xml)).status).toBe(201)
  const read = async () =>
    await unwrap((await officer()).api.survey.submissions[':instance_id'].$get({ param: { instance_id } }))
  expect((await read()).files_named).toEqual([{ path: 'house_photo', file_name: 'house.jpg', received: false }])
  const photo = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])
  const page = new TextEncoder().encode('<script>alert(1)</script>')
  await send(xml, { 'house.jpg': photo, 'page.html': page })
  expect((await read()).files_named).toMatchObject([{ received: true }])
  const path = `/api/survey/submissions/${instance_id}/files`
  const seen = await get(`${path}/house.jpg`)
  expect(new Uint8Array(await seen.arrayBuffer())).toEqual(photo)
  expect(seen.headers.get('content-type')).toBe('image/jpeg')
  expect(seen.headers.get('content-disposition')).toMatch(/^inline/)
  const other = await get(`${path}/page.html`)
  expect(other.headers.get('content-type')).toBe('application/octet-stream')
  expect(other.headers.get('content-disposition')).toMatch(/^attachment/)
  for (const answer of [seen, other]) {
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('cache-control')).toContain('no-store')
  }
  expect((await looks('survey.open_file')).map((each) => each.subject_id)).toEqual([instance_id, instance_id])
  expect((await get(`${path}/none.jpg`)).status).toBe(404)
  expect((await get(`${path}/house.jpg`, 'hu.min')).status).toBe(403)
  const neighbour = `surveyor.${world.village_codes[1]?.slice(9)}.1`
  expect((await get(`${path}/house.jpg`, neighbour)).status).toBeGreaterThanOrEqual(403)
})

test('F26: entities that a submission writes to are told as not kept', async () => {
  const xml = submissionXml(world, {}, `uuid:${randomUUID()}`).replace(
    '<orx:instanceID>',
    '<entity dataset="households" id="aaaaaaaa-0000-4000-8000-000000000001" create="1"><label>H</label></entity><orx:instanceID>',
  )
  expect((await send(xml)).status).toBe(201)
  const [row] = await stored()
  expect(row?.problems).toContainEqual({
    code: 'answer_entity_not_kept',
    path: 'meta/entity',
    got: 'households',
    expected: '',
  })
})
