// What somebody might send to stop the product; large ones are made here, none is kept as a file.
import { readFileSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import zlib from 'node:zlib'
import { loadPack } from '#packs/load.ts'
import { submissionXml } from '#test/steps/households.ts'

export interface Target {
  base: string
  /** Of a county's officer, a village's clerk, and one who may draft rules. */
  tokens: { officer: string; clerk: string; analyst: string }
  county_code: string
  village_code: string
}

export interface Attack {
  name: string
  /** Sends it, several at once where that is the point; gives the status codes that came (0: no answer). */
  send(target: Target): Promise<number[]>
}

const patience_ms = 120_000

async function ask(target: Target, path: string, init: RequestInit & { token?: string } = {}): Promise<number> {
  const headers = new Headers(init.headers)
  headers.set('x-doorstep', '1')
  if (init.token) headers.set('authorization', `Bearer ${init.token}`)
  try {
    const answer = await fetch(`${target.base}${path}`, {
      ...init,
      headers,
      signal: init.signal ?? AbortSignal.timeout(patience_ms),
    })
    await answer.arrayBuffer()
    return answer.status
  } catch {
    return 0
  }
}

const json = (target: Target, path: string, body: string, token?: string): Promise<number> =>
  ask(target, path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
    ...(token ? { token } : {}),
  })

const many = async (count: number, send: (at: number) => Promise<number>): Promise<number[]> =>
  await Promise.all(Array.from({ length: count }, (_, at) => send(at)))

/** `[0,1].all(x0, [0,1].all(x1, ...))`: what 300 characters unroll to doubles or trebles with each level. */
const nestedRule = (levels: number, width: number): string =>
  Array.from({ length: levels }).reduce<string>(
    (inner, _, level) => `[${Array.from({ length: width }, (__, n) => n).join(',')}].all(x${level}, ${inner})`,
    'household_size > 0',
  )

interface Packed {
  name: string
  bytes: Uint8Array
  /** What the directory says of its size; default: the truth. */
  told?: number
}

/** A ZIP file of deflated entries. */
export function zip(entries: readonly Packed[]): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, bytes, told } of entries) {
    // A bomb is one long run: as small either way, and made five times as fast.
    const bomb = bytes.length > 100_000_000
    const data = zlib.deflateRawSync(bytes, bomb ? { strategy: zlib.constants.Z_RLE } : { level: 9 })
    const path = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(zlib.crc32(bytes), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(told ?? bytes.length, 18)
    common.writeUInt16LE(path.length, 22)
    const head = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, path])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(at, 10)
    directory.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), common, place, path]))
    parts.push(head, data)
    at += head.length + data.length
  }
  const size = directory.reduce((sum, each) => sum + each.length, 0)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(at, 16)
  return new Uint8Array(Buffer.concat([...parts, ...directory, end]))
}

const xml_head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** An .xlsx of one sheet for each given XML of rows. */
export function workbook(sheets: Record<string, string>, told?: number): Uint8Array<ArrayBuffer> {
  const names = Object.keys(sheets)
  const text = (value: string) => Buffer.from(xml_head + value)
  const relation = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const list = (make: (name: string, number: number) => string) => names.map((name, at) => make(name, at + 1)).join('')
  return zip([
    {
      name: '[Content_Types].xml',
      bytes: text(
        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/>${list((_, n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${types}.worksheet+xml"/>`)}</Types>`,
      ),
    },
    {
      name: '_rels/.rels',
      bytes: text(
        `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      ),
    },
    {
      name: 'xl/workbook.xml',
      bytes: text(
        `<workbook xmlns="${main}" xmlns:r="${relation}"><sheets>${list((name, n) => `<sheet name="${name}" sheetId="${n}" r:id="rId${n}"/>`)}</sheets></workbook>`,
      ),
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      bytes: text(
        `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list((_, n) => `<Relationship Id="rId${n}" Type="${relation}/worksheet" Target="worksheets/sheet${n}.xml"/>`)}</Relationships>`,
      ),
    },
    ...names.map((name, at) => ({
      name: `xl/worksheets/sheet${at + 1}.xml`,
      bytes: text(`<worksheet xmlns="${main}"><sheetData>${sheets[name]}</sheetData></worksheet>`),
      ...(told === undefined ? {} : { told }),
    })),
  ])
}

const cell = (text: string): string => `<c t="inlineStr"><is><t>${text}</t></is></c>`
const row = (texts: readonly string[]): string => `<row>${texts.map(cell).join('')}</row>`

function upload(
  target: Target,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  fields: Record<string, string>,
  name = 'list.xlsx',
) {
  const form = new FormData()
  form.set('file', new Blob([bytes]), name)
  for (const [key, value] of Object.entries(fields)) form.set(key, value)
  return ask(target, path, { method: 'POST', body: form, token: target.tokens.officer })
}

const preview = (target: Target, bytes: Uint8Array<ArrayBuffer>, name?: string) =>
  upload(target, '/api/survey/imports/preview', bytes, { kind: 'submissions', area_code: target.county_code }, name)

const pack = join(import.meta.dirname, '../../packs/china-2014')

/** The pack's own rules with so many indicators more, as drafts that are then looked at. */
async function drafts(target: Target): Promise<number[]> {
  const names = ['rules', 'words'].flatMap((folder) =>
    readdirSync(join(pack, folder)).map((file) => `${folder}/${file}`),
  )
  const files = Object.fromEntries(
    names.filter((name) => name.endsWith('.yaml')).map((name) => [name, readFileSync(join(pack, name), 'utf8')]),
  )
  const more = Array.from(
    { length: 1500 },
    (_, n) => `- name: extra_${n}\n  type: int\n  rule: household_size + ${n}\n`,
  )
  files['rules/derived.yaml'] = `${files['rules/derived.yaml'] ?? ''}\n${more.join('')}`
  const statuses: number[] = []
  for (const title of ['Large', 'Larger']) {
    const body = JSON.stringify({ title, why: 'It is large.', files })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${target.tokens.analyst}` }
    const begun = await fetch(`${target.base}/api/rules/drafts`, { method: 'POST', body, headers })
    const { draft_id } = (await begun.json()) as { draft_id?: string }
    statuses.push(begun.status)
    if (draft_id)
      statuses.push(
        ...(await many(3, () => ask(target, `/api/rules/drafts/${draft_id}`, { token: target.tokens.analyst }))),
      )
  }
  return statuses
}

/** A form whose one question has so many answers to choose from. */
function formWith(choices: number): Uint8Array<ArrayBuffer> {
  return workbook({
    survey: [row(['type', 'name', 'label']), row(['select_one many', 'which', 'Which'])].join(''),
    choices:
      row(['list_name', 'name', 'label']) +
      Array.from({ length: choices }, (_, n) => row(['many', `c${n}`, `Choice number ${n}`])).join(''),
  })
}

const laughs = `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a0 "ha">${Array.from({ length: 12 }, (_, n) => `<!ENTITY a${n + 1} "${`&a${n};`.repeat(10)}">`).join('')}]><data id="household_card">&a12;</data>`

const submissions = (target: Target, xml: readonly string[]) =>
  json(target, '/api/survey/submissions', JSON.stringify({ submissions: xml }), target.tokens.officer)

/** Opens connections that say almost nothing for so long. */
async function slowly(target: Target, count: number, text: string, drip: string, seconds: number): Promise<number[]> {
  const { hostname, port } = new URL(target.base)
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(text)
    return socket
  })
  for (let second = 0; second < seconds; second += 1) {
    await sleep(1000)
    for (const socket of sockets) if (socket.writable) socket.write(drip)
  }
  for (const socket of sockets) socket.destroy()
  return []
}

/** A working day as F67 had it: households by the five hundred, three assessments, and ten thousand readings. */
async function workingDay(target: Target): Promise<number[]> {
  const { pack: given } = await loadPack(pack)
  if (!given) throw new Error('the pack has faults')
  const place = { pack: given, village_codes: [target.village_code] }
  const statuses: number[] = []
  for (let time = 0; time < 3; time += 1) {
    const cards = Array.from({ length: 500 }, () => submissionXml(place))
    statuses.push(await submissions(target, cards))
    for (const path of ['/api/match/run', '/api/assess/run']) {
      const headers = { 'content-type': 'application/json', prefer: 'wait' }
      const body = JSON.stringify({ area_code: target.county_code })
      statuses.push(await ask(target, path, { method: 'POST', body, headers, token: target.tokens.officer }))
    }
  }
  const read = [
    `/api/see/overview?area_code=${target.county_code}`,
    `/api/survey/submissions?area_code=${target.county_code}`,
    '/api/rules',
    `/api/assess/follow-ups?area_code=${target.county_code}`,
  ]
  for (let asked = 0; asked < 10_000; asked += 20)
    statuses.push(
      ...(await many(20, (n) => ask(target, read[n % read.length] ?? '/', { token: target.tokens.officer }))),
    )
  return statuses
}

/** Everything, in an order that goes from the small to the large. */
export const corpus: Attack[] = [
  {
    name: 'nested rules, 30 at once',
    send: (t) =>
      many(30, (n) => json(t, '/api/rules/check', JSON.stringify({ rule: nestedRule(5 + n, 4) }), t.tokens.analyst)),
  },
  {
    name: 'nested rules of nobody',
    send: (t) => many(30, () => json(t, '/api/rules/check', JSON.stringify({ rule: nestedRule(12, 4) }))),
  },
  {
    name: 'rules of ten thousand characters',
    send: (t) =>
      many(20, (n) =>
        json(
          t,
          '/api/rules/check',
          JSON.stringify({
            rule: [
              '('.repeat(9_999),
              '!'.repeat(9_000) + 'sick',
              `household_size in [${Array(2_400).fill('1').join(',')}]`,
              `${'a'.repeat(9_990)}>1`,
            ][n % 4],
          }),
          t.tokens.analyst,
        ),
      ),
  },
  { name: 'deep JSON', send: (t) => many(20, () => json(t, '/api/session', '['.repeat(60_000))) },
  {
    name: 'deep JSON, signed in, a megabyte',
    send: (t) =>
      many(5, () =>
        json(t, '/api/rules/drafts', `{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`, t.tokens.analyst),
      ),
  },
  {
    name: 'ten megabytes of JSON of nobody',
    send: (t) =>
      many(10, () => json(t, '/api/session', JSON.stringify({ login: 'x'.repeat(10_000_000), password: 'x' }))),
  },
  {
    name: 'ten megabytes of JSON, signed in',
    send: (t) =>
      many(2, () =>
        json(t, '/api/session', JSON.stringify({ login: 'x'.repeat(10_000_000), password: 'x' }), t.tokens.officer),
      ),
  },
  { name: 'large drafts, looked at twice', send: drafts },
  {
    name: 'entities that laugh',
    send: (t) => submissions(t, Array(20).fill(laughs) as string[]).then((status) => [status]),
  },
  {
    name: 'deep XML',
    send: (t) =>
      submissions(t, [`<data id="household_card">${'<a>'.repeat(200_000)}</data>`]).then((status) => [status]),
  },
  {
    name: 'a zip bomb',
    send: (t) => {
      const bomb = workbook({ list: `<row><c><v>${'0'.repeat(400_000_000)}</v></c></row>` })
      return many(4, () => preview(t, bomb))
    },
  },
  {
    name: 'a zip bomb that lies of its size',
    send: (t) => {
      const bomb = workbook({ list: `<row><c><v>${'0'.repeat(300_000_000)}</v></c></row>` }, 1_000)
      return many(2, () => preview(t, bomb))
    },
  },
  {
    name: 'a workbook of 1.2 million cells',
    send: (t) => {
      const line = row(Array.from({ length: 12 }, (_, n) => `text ${n}`))
      return many(2, () =>
        preview(t, workbook({ list: row(Array.from({ length: 12 }, (_, n) => `column ${n}`)) + line.repeat(100_000) })),
      )
    },
  },
  {
    name: 'a list of 200,000 lines',
    send: (t) =>
      preview(t, new Uint8Array(Buffer.from(`a,b,c\n${'1,2,3\n'.repeat(200_000)}`)), 'list.csv').then((status) => [
        status,
      ]),
  },
  {
    name: 'a form of 50,000 choices',
    send: (t) => {
      const form = formWith(50_000)
      return many(2, () => upload(t, '/api/survey/forms', form, {}, 'many.xlsx'))
    },
  },
  {
    name: 'ten thousand parts',
    send: (t) => {
      const form = new FormData()
      for (let n = 0; n < 10_000; n += 1) form.append(`p${n}`, 'x')
      return ask(t, '/api/survey/imports/preview', { method: 'POST', body: form, token: t.tokens.officer }).then(
        (status) => [status],
      )
    },
  },
  {
    name: 'forty long lists at once',
    send: (t) =>
      many(40, (n) =>
        ask(
          t,
          [
            '/api/rules',
            `/api/areas?search=%25&limit=2000`,
            `/api/see/overview?area_code=${t.county_code}`,
            `/api/deliver/due?area_code=${t.county_code}`,
          ][n % 4] ?? '/',
          { token: t.tokens.officer },
        ),
      ),
  },
  {
    name: 'a hundred who leave at once',
    send: (t) =>
      many(100, (n) =>
        ask(t, `/api/see/overview?area_code=${t.county_code}`, {
          token: t.tokens.officer,
          signal: AbortSignal.timeout(1 + (n % 40)),
        }),
      ),
  },
  { name: 'three assessments, 10,000 readings', send: workingDay },
  { name: '150 slow headers', send: (t) => slowly(t, 150, 'GET / HTTP/1.1\r\nhost: a\r\n', 'x-a: b\r\n', 6) },
  {
    name: '150 slow bodies',
    send: (t) =>
      slowly(
        t,
        150,
        'POST /api/session HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n',
        'x',
        6,
      ),
  },
]
