import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeSheets } from '#engines/sheets/write.ts'
import { readMarkdown } from '#engines/xforms/read/markdown.ts'
import { unwrap } from '#server/client.ts'
import { submissionXml } from './steps/households.ts'
import { listen, type Listening } from './listen.ts'

let at: Listening
/** Where a device with a key sends: up to but without /formList. */
let device: string

beforeAll(async () => {
  at = await listen()
  const surveyor = await at.as(`surveyor.${at.village_codes[0]?.slice(9)}.1`)
  const made = await unwrap(
    surveyor.api.survey.devices.$post({ json: { label: '平板 1', area_code: at.village_codes[0] ?? '' } }),
  )
  device = `${at.base}/v1/key/${made.key}`
  // The settings do not say how a phone reaches this server: nothing is made up from the request.
  expect(made).toMatchObject({ server_url: null, qr: null })
})
afterAll(async () => at?.close())

const body = (xml: string, files: Record<string, Uint8Array> = {}): FormData => {
  const form = new FormData()
  form.set('xml_submission_file', new Blob([xml], { type: 'text/xml' }), 'submission.xml')
  for (const [name, bytes] of Object.entries(files)) form.set(name, new Blob([bytes as Uint8Array<ArrayBuffer>]), name)
  return form
}

const post = async (xml: string, files?: Record<string, Uint8Array>, to = device) =>
  await fetch(`${to}/submission`, { method: 'POST', body: body(xml, files), headers: { 'X-OpenRosa-Version': '1.0' } })

const stored = async (instance_id: string) =>
  await at.registry.owner.selectFrom('submission').selectAll().where('instance_id', '=', instance_id).execute()

const kept = async (code: string) => {
  const rows = await at.registry.owner.selectFrom('quarantine').select(['quarantine_id', 'problem']).execute()
  return rows.filter((row) => (row.problem as { code?: string }).code === code)
}

test('eight equal posts at one moment are all thanked for, and stored once', async () => {
  const instance_id = `uuid:${randomUUID()}`
  const xml = submissionXml(at, {}, instance_id)
  const answers = await Promise.all(Array.from({ length: 8 }, () => post(xml)))
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 8 }, () => 201))
  expect(await stored(instance_id)).toHaveLength(1)
})

test('eight equal corrections at one moment too', async () => {
  const first = `uuid:${randomUUID()}`
  await post(submissionXml(at, {}, first))
  const second = `uuid:${randomUUID()}`
  const xml = submissionXml(at, { debt: 100 }, second).replace(
    '<orx:instanceID>',
    `<orx:deprecatedID>${first}</orx:deprecatedID><orx:instanceID>`,
  )
  const answers = await Promise.all(Array.from({ length: 8 }, () => post(xml)))
  expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 8 }, () => 201))
  expect([...(await stored(first)), ...(await stored(second))].map((row) => row.state)).toEqual([
    'superseded',
    'accepted',
  ])
})

test('photos are kept, those of a quarantined submission too', async () => {
  const instance_id = `uuid:${randomUUID()}`
  const photo = new Uint8Array(3_000_000).fill(7)
  expect((await post(submissionXml(at, {}, instance_id), { '照片 1.jpg': photo })).status).toBe(201)
  const files = await at.registry.owner
    .selectFrom('submission_file')
    .select(['file_name', 'size'])
    .where('instance_id', '=', instance_id)
    .execute()
  expect(files).toEqual([{ file_name: '照片 1.jpg', size: 3_000_000 }])
  const elsewhere = submissionXml(at, { area_code: '360781999999999' })
  expect((await post(elsewhere, { 'a.jpg': new Uint8Array([1, 2, 3]) })).status).toBe(202)
  expect(await kept('survey_unknown_area')).toHaveLength(1)
  expect(await kept('survey_file_waiting')).toHaveLength(1)
})

test('a body cut off in the middle is a problem told in XML, and leaves nothing behind', async () => {
  const whole = '--x\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="a.xml"\r\n\r\n<data id="h'
  const answer = await fetch(`${device}/submission`, {
    method: 'POST',
    body: whole,
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  })
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain('OpenRosaResponse')
})

test('a withdrawn key is refused with 403; without a key a password is asked for', async () => {
  expect((await fetch(`${at.base}/v1/key/${'a'.repeat(64)}/formList`)).status).toBe(403)
  const asked = await fetch(`${at.base}/formList`)
  expect([asked.status, asked.headers.get('www-authenticate')?.slice(0, 5)]).toEqual([401, 'Basic'])
  const headers = { authorization: `Bearer ${await at.token('li.guoqiang')}` }
  const listed = await (await fetch(`${at.base}/formList`, { headers })).text()
  expect(listed).toContain('<formID>household_card</formID>')
  const url = /<downloadUrl>([^<]*household_card[^<]*)</.exec(listed)?.[1] ?? ''
  expect(await (await fetch(url, { headers })).text()).toContain('<h:html')
})

test('a cookie alone, which another site could send along, submits nothing', async () => {
  const cookie = `doorstep_session=${await at.token('li.guoqiang')}`
  const answer = await fetch(`${at.base}/submission`, { method: 'POST', body: body('<a/>'), headers: { cookie } })
  expect(answer.status).toBe(401)
})

const acceptance = fileURLToPath(new URL('../../shared/reference/field/openrosa_check.mjs', import.meta.url))

/** The bench form as the workbook that an office would upload. */
function benchForm(): Blob {
  const source = readMarkdown(readFileSync(acceptance.replace('openrosa_check.mjs', 'household.md'), 'utf8'))
  const sheets = Object.values(source.sheets).map(({ name, headers, rows }) => {
    return { name, rows: [headers, ...rows.map(({ cells }) => headers.map((header) => cells[header] ?? null))] }
  })
  return new Blob([writeSheets(sheets)])
}

test.skipIf(!existsSync(acceptance))(
  'the acceptance checks that behave as ODK Collect does all pass (skipped where ../shared is absent)',
  async () => {
    const form = new FormData()
    form.set('file', benchForm(), 'hh_bench.xlsx')
    form.set('files', new Blob([new Uint8Array(5000).fill(9)], { type: 'image/png' }), 'house types.png')
    const headers = { authorization: `Bearer ${await at.token('zhong.wei')}` }
    const published = await fetch(`${at.base}/api/survey/forms`, { method: 'POST', body: form, headers })
    expect(await published.text()).toContain('hh_bench')
    const counter = createServer(async (_request, response) => {
      // What a device was told is here: submissions that stand, and what waits in quarantine under a 202.
      const rows = await at.registry.owner
        .selectFrom('submission')
        .select('instance_id')
        .where('state', '=', 'accepted')
        .execute()
      rows.push(...(await kept('survey_unknown_version')).map((row) => ({ instance_id: row.quarantine_id })))
      response.end(JSON.stringify({ '@odata.count': rows.length }))
    })
    await new Promise<void>((resolve) => counter.listen(0, '127.0.0.1', resolve))
    const count_url = `http://127.0.0.1:${(counter.address() as AddressInfo).port}/`
    const output = await new Promise<string>((resolve) =>
      execFile(process.execPath, [acceptance, `${device}/.`, 'hh_bench', count_url], (_error, stdout, stderr) =>
        resolve(stdout + stderr),
      ),
    )
    counter.close()
    expect(output.split('\n').filter((line) => line.startsWith('FAIL'))).toEqual([])
    expect(output).toMatch(/\n30 passed, 0 failed/)
  },
  60_000,
)
