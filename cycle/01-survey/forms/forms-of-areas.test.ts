// F55: forms have an owner. F56: what a form declares personal is sealed and masked, whatever it is called.
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { sql } from 'kysely'
import { writeSheets } from '#engines/sheets/write.ts'
import { CallFailed, openWorld, unwrap, type World } from '#test/world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
  await sql`insert into area (area_code, parent_code, level, name, county_code) values
    ('360782', '3607', 'county', '{"en":"Next","zh":"邻县"}', '360782')`.execute(world.registry.app)
  for (const login of ['next.officer'])
    await unwrap(
      (await world.as('deng.kai')).api.accounts.$post({
        json: {
          login,
          name: { en: 'Next', zh: '邻' },
          roles: [{ role: 'county_officer', area_code: '360782' }],
        },
      }),
    )
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const workbook = (form_id: string, version = '1') =>
  new File(
    [
      new Uint8Array(
        writeSheets([
          {
            name: 'survey',
            rows: [
              ['type', 'name', 'label', 'appearance', 'bind::doorstep:personal'],
              ['text', 'area_code', 'Place', null, null],
              ['text', 'papers', 'Number on the card', null, 'yes'],
              ['text', 'call', 'Telephone', 'numbers personal', null],
              ['text', 'remark', 'Remark', null, null],
            ],
          },
          {
            name: 'settings',
            rows: [
              ['form_id', 'form_title', 'version', 'namespaces'],
              [form_id, form_id, version, 'doorstep="https://doorstep.example/xforms"'],
            ],
          },
        ]),
      ),
    ],
    `${form_id}.xlsx`,
  )
const publish = async (login: string, form_id: string, version?: string) =>
  unwrap((await world.as(login)).api.survey.forms.$post({ form: { file: workbook(form_id, version) } }))
const failure = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing failed',
    (error: unknown) => (error instanceof CallFailed ? error.problem.code : String(error)),
  )
const state = async (login: string, form_id: string, version: string, to: 'open' | 'closed') =>
  unwrap(
    (await world.as(login)).api.survey.forms[':form_id'][':version'].state.$post({
      param: { form_id, version },
      json: { state: to },
    }),
  )
const listed = async (login: string) =>
  (await unwrap((await world.as(login)).api.survey.forms.$get())).items.map((each) => each.form_id)
const onDevice = async (login: string) => {
  const answer = await world.request('/formList', { headers: { authorization: `Bearer ${await world.token(login)}` } })
  return [...(await answer.text()).matchAll(/<formID>([^<]+)</g)].map((found) => found[1])
}

test('a county does not close or replace the nation’s card, nor another county’s form; its own it may', async () => {
  expect(await failure(state('zhong.wei', 'household_card', '2014.1', 'closed'))).toBe('outside_area')
  expect(await failure(publish('zhong.wei', 'household_card', '2015'))).toBe('outside_area')
  await publish('zhong.wei', 'county_form')
  expect(await failure(state('next.officer', 'county_form', '1', 'closed'))).toBe('outside_area')
  expect(await failure(publish('next.officer', 'county_form', '2'))).toBe('outside_area')
  expect(await state('zhong.wei', 'county_form', '1', 'closed')).toEqual({ state: 'closed' })
  expect(await state('deng.kai', 'county_form', '1', 'open')).toEqual({ state: 'open' })
})

test('a device lists the nation’s forms and those of its own area', async () => {
  await publish('zhong.wei', 'county_form')
  await publish('next.officer', 'next_form')
  const surveyor = `surveyor.${world.village_codes[0]?.slice(9)}.1`
  expect(await onDevice(surveyor)).toEqual(expect.arrayContaining(['household_card', 'county_form']))
  expect(await onDevice(surveyor)).not.toContain('next_form')
  expect(await listed('zhong.wei')).not.toContain('next_form')
  expect(await listed('next.officer')).not.toContain('county_form')
  expect(await listed('hu.min')).toEqual(expect.arrayContaining(['county_form', 'next_form']))
  const path = '/api/survey/forms/county_form/1'
  const foreign = await world.request(path, {
    headers: { authorization: `Bearer ${await world.token('next.officer')}` },
  })
  expect(foreign.status).toBe(404)
  const nobody = await world.request('/api/survey/forms')
  expect(JSON.stringify(await nobody.json())).not.toMatch(/county_form|next_form/)
})

test('answers that the form declares personal lie sealed and are shown masked, to auditors too', async () => {
  await publish('zhong.wei', 'county_form')
  const place = `${world.village_codes[0]}001`
  const xml = `<data xmlns="" id="county_form" version="1"><area_code>${place}</area_code><papers>K-123456789</papers>
    <call>13800138000</call><remark>a leaking roof</remark><meta><instanceID>uuid:own-fields</instanceID></meta></data>`
  const surveyor = await world.as(`surveyor.${world.village_codes[0]?.slice(9)}.1`)
  const sent = await unwrap(surveyor.api.survey.submissions.$post({ json: { submissions: [xml] } }))
  expect(sent).toMatchObject({ accepted: 1 })
  for (const login of ['zhong.wei', 'he.zhiyuan']) {
    const { api } = await world.as(login)
    const param = { instance_id: 'uuid:own-fields' }
    const { answers } = await unwrap(api.survey.submissions[':instance_id'].$get({ param }))
    const code = expect.stringMatching(/^#[0-9A-F]{4}$/)
    expect(answers, login).toMatchObject({ papers: code, call: code, remark: 'a leaking roof' })
  }
  const kept = await sql<{ answers: string }>`select answers::text from submission`.execute(world.registry.app)
  expect(JSON.stringify(kept.rows)).not.toMatch(/123456789|13800138000/)
})
