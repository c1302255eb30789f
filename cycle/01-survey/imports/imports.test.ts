import iconv from 'iconv-lite'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { readSheets } from '#engines/sheets/read.ts'
import { writeSheets } from '#engines/sheets/write.ts'
import { openWorld, unwrap, type World } from '#test/world.ts'
import { readTable } from '../sheets/table.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(async () => world.rollback())
afterAll(async () => world.close())

const group = () => `${world.village_codes[0]}001`
const file = (bytes: Uint8Array | string, name = 'list.csv') => new File([bytes as Uint8Array<ArrayBuffer>], name)

interface Bring {
  mapping?: Record<string, unknown>
  mapping_name?: string
  source?: string
  kind?: 'submissions' | 'register'
  register?: string
  /** What a person answers to the questions of the preview, or takes out of the proposal. */
  say?: Record<string, unknown>
}

async function send(sent: File, { mapping, kind = 'submissions', say: _say, ...rest }: Bring = {}) {
  const officer = await world.as('zhong.wei')
  const form = {
    file: sent,
    kind,
    area_code: '360781',
    ...rest,
    ...(mapping ? { mapping: JSON.stringify(mapping) } : {}),
  }
  return { officer, form, seen: await unwrap(officer.api.survey.imports.preview.$post({ form })) }
}

/** Look, answer, look again, import: as a person does. */
async function bring(sent: File, more: Bring = {}) {
  const first = await send(sent, more)
  const { officer, form, seen } = more.say
    ? await send(sent, { ...more, mapping: { ...first.seen.mapping, ...more.say } })
    : first
  const { fingerprint } = seen
  const answer = await unwrap(officer.api.survey.imports.$post({ form: { ...form, fingerprint } }))
  if (!answer.result) throw new Error(`the import is ${answer.state}`)
  const { rows_accepted, rows_known, rows_quarantined, rows_unused } = answer.result
  expect(rows_accepted + rows_known + rows_quarantined + rows_unused).toBe(answer.result.rows_read)
  return answer.result
}

const households = async () => {
  const rows = await world.registry.app
    .selectFrom('submission')
    .select(['answers', 'problems'])
    .orderBy('instance_id')
    .execute()
  return rows.map((row) => row.answers as Record<string, unknown> & { members: Record<string, unknown>[] })
}

const text = () =>
  [
    '户编号,组代码,姓名,与户主关系,性别,出生日期,身份证号码,工资性收入（本地和外出务工）,现住房的安全等级',
    `H1,${group()},张三,户主,男,1962年3月4日,,"12,000元",A`,
    `H1,,李四,配偶,女,1963/5/6,,,`,
    `H2,${group()},王五,户主,男,1970.1.2,,many,B`,
    `H3,${group()},赵六,户主,女,19800102,,300,C`,
  ].join('\r\n')

test.each([
  ['UTF-8', (csv: string) => Buffer.from(csv)],
  ['UTF-8 with a mark', (csv: string) => Buffer.from(`\ufeff${csv}`)],
  ['GB18030', (csv: string) => iconv.encode(csv, 'gb18030')],
])('a list in %s: good households in, the bad one waits with its row and column', async (_name, encode) => {
  const bytes = encode(text())
  const say = { encoding: 'gb18030' }
  const done = await bring(file(bytes), { say })
  expect(done).toMatchObject({ rows_read: 4, rows_accepted: 3, rows_known: 0, rows_quarantined: 1 })
  expect(done.problems).toEqual([
    expect.objectContaining({ row: 4, column: '工资性收入（本地和外出务工）', code: 'import_wrong_value' }),
  ])
  const stored = (await households()).find((each) => each.members.length === 2)
  expect(stored).toMatchObject({ wage_income: 1_200_000, house_grade: 'A', household_size: 2 })
  expect(stored?.members).toMatchObject([
    { name: '张三', relation: 'head', sex: 'male', birth_date: '1962-03-04' },
    { name: '李四', relation: 'spouse', sex: 'female', birth_date: '1963-05-06' },
  ])
  expect(await bring(file(bytes), { say })).toMatchObject({ rows_accepted: 0, rows_known: 3 })
  expect(await households()).toHaveLength(2)
})

test('a workbook with a title, a blank row, merged cells, and people in a sheet of their own', async () => {
  const book = writeSheets([
    {
      name: '农户',
      rows: [
        ['叶坪乡农户名单'],
        [],
        ['户编号', '组代码', '现在的欠债（银行和私人）', '通电吗？'],
        ['H1', group(), 1500.5, '是'],
        ['H2', group(), 0, '否'],
      ],
      merges: [{ top: 1, left: 1, bottom: 1, right: 4 }],
    },
    {
      name: '成员',
      rows: [
        ['户编号', '姓名', '性别', '出生日期'],
        ['H1', '张三', '男', new Date(Date.UTC(1962, 2, 4))],
        ['', '李四', '女', 22_772],
        ['H2', '王五', '男', '1970-01-02'],
        ['H9', '谁', '男', '1970-01-02'],
      ],
      merges: [{ top: 2, left: 1, bottom: 3, right: 1 }],
    },
  ])
  const done = await bring(file(book, 'list.xlsx'))
  expect(done).toMatchObject({ rows_accepted: 5, rows_quarantined: 1 })
  expect(done.problems).toMatchObject([{ row: 5, code: 'import_no_household' }])
  const stored = await households()
  expect(
    stored.map((each) => [each['debt'], each['electricity'], each.members.map((one) => one['birth_date'])]).sort(),
  ).toEqual([
    [0, false, ['1970-01-02']],
    [150_050, true, ['1962-03-04', '1962-05-06']],
  ])
})

test('the preview says what the file holds, proposes a mapping, and asks what is open', async () => {
  const { seen } = await send(file(iconv.encode(text(), 'gbk')))
  expect(seen).toMatchObject({ encoding: 'gb18030', suggested: true, households: 2, people: 3 })
  expect(seen.questions).toMatchObject([{ code: 'encoding', open: true, suggested: 'gb18030' }])
  expect(seen.mapping).toMatchObject({
    household_key: '户编号',
    columns: {
      组代码: 'area_code',
      姓名: 'members.name',
      出生日期: 'members.birth_date',
      现住房的安全等级: 'house_grade',
    },
  })
  const wages = seen.sheets[0]?.columns.find((each) => each.target === 'wage_income')
  expect(wages?.samples).toEqual([
    { written: '12,000元', read: 1_200_000, code: null },
    { written: 'many', read: null, code: 'import_wrong_value' },
    { written: '300', read: 30_000, code: null },
  ])
})

test('an import begins only with the summary that was seen, and with nothing open', async () => {
  const sent = file(text())
  const { officer, form, seen } = await send(sent)
  const begin = (more: Record<string, string>) => officer.api.survey.imports.$post({ form: { ...form, ...more } })
  const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code
  expect(await codeOf(await begin({}))).toBe('survey_import_unseen')
  expect(await codeOf(await begin({ fingerprint: 'x' }))).toBe('survey_import_changed')
  // The same digest with one answer more is another import.
  const other = JSON.stringify({ ...seen.mapping, differing: 'first' })
  expect(await codeOf(await begin({ fingerprint: seen.fingerprint, mapping: other }))).toBe('survey_import_changed')
  const without = JSON.stringify({ columns: { 组代码: 'area_code' } })
  expect(await codeOf(await begin({ fingerprint: seen.fingerprint, mapping: without }))).toBe('survey_import_open')
  expect(await households()).toHaveLength(0)
  expect((await begin({ fingerprint: seen.fingerprint })).status).toBe(200)
})

test('F22: a corrected list corrects what it said before, keeps it, or stands beside it, as is answered', async () => {
  const list = (wage: string, note = '') =>
    `户编号,组代码,姓名,工资性收入（本地和外出务工）,备注\nH1,${group()},张三,${wage},${note}\nH2,${group()},王五,9,\n`
  expect(await bring(file(list('100')))).toMatchObject({ households: 2, replaced: 0 })
  // The same answers in another file are known; only what changed is asked about.
  expect(await bring(file(list('100', 'seen')))).toMatchObject({ rows_accepted: 0, rows_known: 2 })
  const { seen } = await send(file(list('200')))
  expect(seen).toMatchObject({ known: 1, changed: 1 })
  expect(seen.questions).toMatchObject([{ code: 'earlier', open: true, count: 1, names: ['H1'] }])
  expect(await bring(file(list('200')), { say: { earlier: 'keep' } })).toMatchObject({
    rows_accepted: 0,
    rows_known: 1,
    rows_unused: 1,
  })
  expect(await bring(file(list('200')), { say: { earlier: 'replace' } })).toMatchObject({ replaced: 1, rows_known: 1 })
  const states = async () =>
    await world.registry.app
      .selectFrom('submission')
      .select(['state', 'answers'])
      .orderBy('state')
      .orderBy('received_at')
      .execute()
  expect((await states()).map((row) => row.state)).toEqual(['accepted', 'accepted', 'superseded'])
  // Back to the first words: the correction is corrected again, nothing is taken for known.
  expect(await bring(file(list('100')), { say: { earlier: 'replace' } })).toMatchObject({ replaced: 1 })
  const wages = (await states())
    .filter((row) => row.state === 'accepted')
    .map((row) => (row.answers as { wage_income: number }).wage_income)
  expect(wages.sort()).toEqual([10_000, 900])
  // A list of another name has households of its own, whatever their numbers.
  expect(await bring(file(list('300')), { source: 'other office' })).toMatchObject({ households: 2, replaced: 0 })
})

test('the same file twice at once comes in once', async () => {
  const sent = () => file(text())
  const { seen } = await send(sent())
  const officer = await world.as('zhong.wei')
  const form = { kind: 'submissions' as const, area_code: '360781', fingerprint: seen.fingerprint }
  const begin = (source: string) =>
    unwrap(officer.api.survey.imports.$post({ form: { ...form, source, file: sent() } }))
  const answers = await Promise.all(['', ''].map(begin))
  expect(await households()).toHaveLength(2)
  // As one job for both, or as two of which one finds the other's rows.
  const batches = new Set(answers.map((each) => each.result?.batch_id))
  const accepted = answers.map((each) => each.result?.rows_accepted ?? 0).sort()
  expect(accepted).toEqual(batches.size === 1 ? [3, 3] : [0, 3])
})

test('a mapping saved under a name is used again', async () => {
  const officer = await world.as('zhong.wei')
  const csv = `h,where,who\nH1,${group()},张三\n`
  const mapping = { columns: { where: 'area_code', who: 'members.name' }, household_key: 'h' }
  await unwrap(
    officer.api.survey.imports.mappings.$put({
      json: { area_code: '360781', name: '民政局', kind: 'submissions', mapping },
    }),
  )
  const { items } = await unwrap(officer.api.survey.imports.mappings.$get({ query: { area_code: '360781' } }))
  expect(items).toMatchObject([{ name: '民政局', area_code: '360781', mapping }])
  expect(await bring(file(csv), { mapping_name: '民政局' })).toMatchObject({ households: 1 })
  const { seen } = await send(file('h,wo,who\nH1,x,y\n'), { mapping_name: '民政局' })
  expect(seen.questions).toMatchObject([{ code: 'mapping', names: ['no_column: where'] }])
  await unwrap(officer.api.survey.imports.mappings.$delete({ query: { area_code: '360781', name: '民政局' } }))
  const gone = officer.api.survey.imports.preview.$post({
    form: { file: file(csv), kind: 'submissions', area_code: '360781', mapping_name: '民政局' },
  })
  expect((await gone).status).toBe(404)
})

test('an import that was stopped says so, and goes on where the same file is brought again', async () => {
  await bring(file(text()))
  // As a killed server leaves it: rows in, the last word not said, its job told as failed.
  await world.registry.app.updateTable('import_batch').set({ state: 'running' }).execute()
  const officer = await world.as('zhong.wei')
  const { items } = await unwrap(officer.api.survey.imports.$get({ query: { area_code: '360781' } }))
  expect(items).toMatchObject([{ state: 'stopped', rows_accepted: 3 }])
  expect(await bring(file(text()))).toMatchObject({ rows_accepted: 0, rows_known: 3, rows_quarantined: 1 })
})

test('households in areas that are none, or not the sender’s, are refused by row before the import', async () => {
  const csv = `户编号,组代码,姓名\nH1,999,张三\nH2,360782100200001,李四\n`
  const { seen } = await send(file(csv))
  expect(seen.problems.map(({ row, code }) => [row, code])).toEqual([
    [2, 'import_unknown_area'],
    [3, expect.stringMatching(/import_(unknown|outside)_area/)],
  ])
})

test('a department’s list, with its line that names nobody in quarantine', async () => {
  const csv = '车牌号,车主,身份证号,金额,登记日期\n赣B1,张三,36078119620304123X,"80,000",2013-5-1\n赣B2,,,1,2013-5-1\n'
  const done = await bring(file(csv), { kind: 'register', register: 'vehicle' })
  expect(done).toMatchObject({ rows_read: 2, rows_accepted: 1, rows_quarantined: 1 })
  const rows = await world.registry.app.selectFrom('register_record').select(['record_id', 'value', 'since']).execute()
  expect(rows).toEqual([{ record_id: '赣B1', value: 8_000_000, since: '2013-05-01' }])
})

test('what is no table is refused in words', async () => {
  await expect(readTable(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))).rejects.toMatchObject({ code: 'survey_not_a_table' })
  await expect(readTable(Buffer.from('PK\u0003\u0004nonsense'))).rejects.toMatchObject({ code: 'survey_not_a_table' })
  await expect(readTable(Buffer.from([1, 0, 2, 0]))).rejects.toMatchObject({ code: 'survey_not_a_table' })
  expect((await readTable(Buffer.from(''))).sheets[0]?.rows).toEqual([])
})

test('a form as a workbook comes back as it was, and its faults are named by row', async () => {
  const officer = await world.as('deng.kai')
  const path = { form_id: 'household_card', version: '2014.1' }
  const response = await world.request(`/api/survey/forms/${path.form_id}/${path.version}/xlsform`)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const sheets = readSheets(bytes).map(({ name, rows }) => {
    const lines: string[][] = []
    for (const { row, cells } of rows) {
      const line: string[] = (lines[row - 1] = [])
      for (const { column, text } of cells) line[column - 1] = text
    }
    return { name, rows: Array.from(lines, (line) => Array.from(line ?? [], (text) => text ?? null)) }
  })
  const write = (sheet: string, row: number, header: string, value: string) => {
    const rows = sheets.find((each) => each.name === sheet)?.rows
    const column = rows?.[0]?.indexOf(header) ?? -1
    if (rows?.[row - 1]) rows[row - 1]![column] = value
  }
  write('settings', 2, 'version', '2014.2')
  const changed = file(writeSheets(sheets), 'card.xlsx')
  const published = await unwrap(officer.api.survey.forms.$post({ form: { file: changed } }))
  expect(published).toMatchObject({ form_id: 'household_card', version: '2014.2' })
  const forms = await world.registry.app
    .selectFrom('form')
    .select(['version', 'xform'])
    .where('form_id', '=', 'household_card')
    .execute()
  const [one, two] = forms.map((form) => form.xform.replaceAll(/2014\.[12]/g, ''))
  expect(one).toBe(two)
  write('survey', 4, 'type', 'nonsense')
  const broken = file(writeSheets(sheets), 'card.xlsx')
  const refused = await officer.api.survey.forms.$post({ form: { file: broken } })
  expect(refused.status).toBe(422)
  const told = (await refused.json()) as unknown as { code: string; errors: unknown[] }
  expect(told.code).toBe('survey_form_invalid')
  expect(told.errors[0]).toMatchObject({ row: 4, path: 'survey.type' })
})
