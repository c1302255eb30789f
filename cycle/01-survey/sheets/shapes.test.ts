// The shapes in which lists come: each is recognised by its headings and comes in whole, people included.
import { utils, write, type WorkBook } from '@e965/xlsx'
import iconv from 'iconv-lite'
import JSZip from 'jszip'
import { expect, test } from 'vitest'
import { fieldsOf } from '#engines/xforms/answers/fields.ts'
import { readTable } from './table.ts'
import { survey } from '../imports/forms.testing.ts'
import type { Mapping } from '../imports/mapping.ts'
import { prepare } from '../imports/prepare.ts'
import { suggestMapping } from '../imports/suggest.ts'

const fields = fieldsOf(survey())

async function look(bytes: Uint8Array | string, change: Partial<Mapping> = {}) {
  const table = await readTable(Buffer.from(bytes), change.encoding)
  const mapping = { ...suggestMapping(table.sheets, fields), ...change }
  const seen = await prepare({ table, mapping, fields, kind: 'submissions' })
  const open = seen.questions.filter((each) => each.open).map((each) => each.code)
  return {
    ...seen,
    table,
    open,
    answers: seen.units.filter((unit) => unit.problems.length === 0).map((unit) => unit.answers),
  }
}

function workbook(sheets: Record<string, unknown[][]>, change?: (book: WorkBook) => void): Uint8Array {
  const book = utils.book_new()
  for (const [name, rows] of Object.entries(sheets)) {
    utils.book_append_sheet(book, utils.aoa_to_sheet(rows, { UTC: true }), name)
  }
  change?.(book)
  return new Uint8Array(write(book, { type: 'array', bookType: 'xlsx' }) as ArrayBuffer)
}

test('F20: Kobo in two sheets, joined by _index and _parent_index, groups in the headings', async () => {
  const seen = await look(
    workbook({
      Survey: [
        [
          'area_code',
          'surveyed_on',
          'dwelling/roof',
          'living/assets',
          'living/assets/radio',
          'living/assets/phone',
          '_id',
          '_uuid',
          '_index',
        ],
        ['K1', '2026-10-07', 'iron', 'radio phone', 1, 1, 11, 'ua', 1],
        ['K1', '2026-10-08', 'grass', '', 0, 1, 12, 'ub', 2],
      ],
      members: [
        [
          'members/name',
          'members/relation',
          'members/age',
          '_index',
          '_parent_table_name',
          '_parent_index',
          '_submission__uuid',
        ],
        ['Ekal', 'head', 40, 1, 'Survey', 1, 'ua'],
        ['Nakiru', 'spouse', 38, 2, 'Survey', 1, 'ua'],
        ['Akai', 'head', 61, 3, 'Survey', 2, 'ub'],
      ],
      jobs: [
        ['members/jobs/job', 'members/jobs/months', '_index', '_parent_table_name', '_parent_index'],
        ['Herding', 12, 1, 'members', 1],
        ['Charcoal', 3, 2, 'members', 3],
      ],
    }),
  )
  expect(seen.open).toEqual([])
  expect(seen.mapping).toMatchObject({ household_key: '_index', identity: '_uuid' })
  expect(seen.answers).toMatchObject([
    {
      roof: 'iron',
      assets: ['radio', 'phone'],
      members: [{ name: 'Ekal', age: 40, jobs: [{ job: 'Herding', months: 12 }] }, { name: 'Nakiru' }],
    },
    { roof: 'grass', assets: ['phone'], members: [{ name: 'Akai', jobs: [{ job: 'Charcoal' }] }] },
  ])
  expect(seen.account.rows).toEqual({ in: 7, used: 7, refused: 0, unused: 0 })
  const why = seen.account.sheets[0]?.columns
    .filter((each) => each.use === 'unused')
    .map((each) => [each.column, each.why])
  expect(why).toEqual([['_id', 'metadata']])
})

test('F20: a list of people that no sheet or column gives stops the import, until it is said to be missing', async () => {
  const csv = 'area_code,hh_no,roof\nK1,H1,iron\n'
  const seen = await look(csv)
  expect(seen.open).toEqual(['list_missing'])
  expect(seen.questions.find((each) => each.code === 'list_missing')?.names).toEqual(['members'])
  expect((await look(csv, { without_lists: ['members'] })).open).toEqual([])
})

test('F20: households whose people are not found by key are refused, and so are the people', async () => {
  const bytes = workbook({
    homes: [
      ['hh_no', 'household', 'area_code'],
      ['1', 'H-1', 'K1'],
      ['2', 'H-2', 'K1'],
    ],
    people: [
      ['household', 'name'],
      ['h-1', 'Ekal'],
      ['H-2', 'Akai'],
    ],
  })
  const seen = await look(bytes)
  expect(seen.open).toEqual(['no_people'])
  expect(seen.problems.map((each) => each.code).sort()).toEqual(['import_no_household', 'import_no_people'])
  expect(seen.account.rows).toEqual({ in: 4, used: 2, refused: 2, unused: 0 })
  expect((await look(bytes, { no_people: 'accept' })).households).toBe(2)
})

test('ODK Central: a ZIP of CSV files joined by KEY and PARENT_KEY, its pictures named', async () => {
  const zip = new JSZip()
  zip.file(
    'survey.csv',
    'SubmissionDate,area_code,dwelling-roof,KEY,SubmitterID\n2026-11-01T00:00:00Z,K1,iron,uuid:a,1\n',
  )
  zip.file('survey-members.csv', 'name,relation,PARENT_KEY,KEY\nEkal,head,uuid:a,uuid:a/members[1]\n')
  zip.file('survey-members-jobs.csv', 'job,months,PARENT_KEY,KEY\nHerding,12,uuid:a/members[1],x\n')
  zip.file('media/photo.jpg', Buffer.from([255, 216]))
  const seen = await look(await zip.generateAsync({ type: 'uint8array', compression: 'DEFLATE' }))
  expect(seen.open).toEqual([])
  expect(seen.answers).toMatchObject([{ roof: 'iron', members: [{ name: 'Ekal', jobs: [{ job: 'Herding' }] }] }])
  expect(seen.account.others).toEqual(['media/photo.jpg'])
})

test.each([
  'member1_name,member1_age,member2_name,member2_age',
  'name_1,age_1,name_2,age_2',
  'members[1]/name,members[1]/age,members[2]/name,members[2]/age',
])('people side by side: %s', async (heads) => {
  const seen = await look(`hhid,area_code,${heads}\nH1,K1,Ekal,40,Nakiru,38\nH2,K1,Akai,61,,\n`)
  expect(seen.open).toEqual([])
  expect(seen.answers.map((each) => each['members'])).toEqual([
    [
      { name: 'Ekal', age: 40 },
      { name: 'Nakiru', age: 38 },
    ],
    [{ name: 'Akai', age: 61 }],
  ])
  expect(seen.account.cells).toMatchObject({ unused: 0, refused: 0 })
})

test('F21: a row without a household key is asked about; contradicting rows are named', async () => {
  const csv = 'household,area_code,rooms,name\nk1,K1,2,Zhao\nk1,,3,Wife\n,K1,9,Qian\nk3,K1,1,Sun\n'
  const seen = await look(csv)
  expect(seen.open).toEqual(['blank_key', 'differing'])
  expect(seen.problems.map(({ row, code }) => [row, code])).toEqual([
    [3, 'import_differs'],
    [4, 'import_key_blank'],
  ])
  expect(seen.households).toBe(1)
  const own = await look(csv, { blank_key: 'own', differing: 'first' })
  expect(own.open).toEqual([])
  expect(own.answers.map((each) => [each['rooms'], (each['members'] as unknown[]).length])).toEqual([
    [2, 2],
    [9, 1],
    [1, 1],
  ])
  expect(own.account.cells).toMatchObject({ refused: 0, unused: 1 })
  const above = await look('household,area_code,name\nk1,K1,Zhao\n,,Wife\n', { blank_key: 'above' })
  expect(above.answers).toMatchObject([{ members: [{ name: 'Zhao' }, { name: 'Wife' }] }])
})

test('F23: the decimal sign is asked with what each would give, and never guessed', async () => {
  const csv = 'hhid,area_code,land_acres,member1_name\nX1,K1,"2,625",Test\nX2,K1,"0,99",Test\n'
  const seen = await look(csv)
  expect(seen.open).toEqual(['decimal'])
  expect(seen.questions[0]).toMatchObject({
    suggested: 'comma',
    examples: [{ row: 2, written: '2,625', readings: { point: '2625', comma: '2.625' } }],
  })
  expect(seen.problems).toMatchObject([{ row: 2, code: 'import_decimal_open' }])
  const comma = await look(csv, { decimal: 'comma' })
  expect(comma.answers.map((each) => each['land_acres'])).toEqual([2.625, 0.99])
  const point = await look(csv, { decimal: 'point' })
  expect(point.problems).toMatchObject([{ row: 3, got: '0,99', code: 'import_wrong_value' }])
  // A machine's file: points alone, some of which can be nothing else.
  expect((await look('hhid,area_code,land_acres,member1_name\nX1,K1,2.625,A\nX2,K1,2.5,B\n')).answers).toMatchObject([
    { land_acres: 2.625 },
    { land_acres: 2.5 },
  ])
  expect((await look('hhid,area_code,land_acres,member1_name\nX1,K1,2.625,A\n')).open).toEqual(['decimal'])
})

test('F23: whether day or month comes first is asked; what is no day under the answer is refused', async () => {
  const csv = 'hhid,area_code,surveyed_on,member1_name\nX1,K1,07/10/2026,A\nX2,K1,09/09/2026,B\nX3,K1,21/10/2026,C\n'
  const seen = await look(csv)
  expect(seen.open).toEqual(['date_order'])
  expect(seen.questions[0]).toMatchObject({
    suggested: 'dmy',
    examples: [{ readings: { dmy: '2026-10-07', mdy: '2026-07-10' } }],
  })
  const dmy = await look(csv, { date_order: 'dmy' })
  expect(dmy.answers.map((each) => each['surveyed_on'])).toEqual(['2026-10-07', '2026-09-09', '2026-10-21'])
  expect((await look(csv, { date_order: 'mdy' })).problems).toMatchObject([{ row: 4, code: 'import_wrong_value' }])
})

test('thousands in every fashion, digits of other scripts, units', async () => {
  const rows = ['"1,234,567"', '"12,34,567"', "1'234'567", '1 234 567', '١٢٣٤٥٦٧', '１２３４５６７', '1234567 头']
  const csv = `hhid,area_code,goats,member1_name\n${rows.map((each, index) => `X${index},K1,${each},A`).join('\n')}\n`
  const seen = await look(csv)
  expect(seen.open).toEqual([])
  expect(seen.answers.map((each) => each['goats'])).toEqual(rows.map(() => 1_234_567))
})

test('what a spreadsheet spoilt is refused by name: long numbers, errors, formulas without a value, dates for text', async () => {
  const bytes = workbook({
    list: [
      ['hhid', 'area_code', 'rooms', 'member1_name', 'member1_national_id'],
      ['1', 'K1', 1, 'A', 3.60781196203041e17],
      ['2', 'K1', { t: 'e', v: 0x2a }, 'B', '1'],
      ['3', 'K1', { t: 'n', f: 'A1+1' }, 'C', '1'],
      ['4', 'K1', { t: 'n', f: '1+1', v: 2 }, 'D', '360781196203041231'],
      ['5', 'K1', 1, 'E', new Date(Date.UTC(2026, 1, 1))],
    ],
  })
  const seen = await look(bytes)
  expect(seen.problems.map(({ row, code }) => [row, code])).toEqual([
    [2, 'import_number_rounded'],
    [3, 'import_cell_error'],
    [4, 'import_cell_error'],
    [6, 'import_date_for_text'],
  ])
  expect(seen.answers).toMatchObject([{ rooms: 2, members: [{ national_id: '360781196203041231' }] }])
  const csv = await look('hhid,area_code,member1_name,member1_national_id\n1,K1,A,3.60781E+17\n')
  expect(csv.problems).toMatchObject([{ code: 'import_number_rounded', got: '3.60781E+17' }])
})

test('semicolons, tabs, a mark, a title above, headings twice, one column, a stray comma, an open quote', async () => {
  expect((await look('\ufeffhhid;area_code;land_acres;member1_name\nX1;K1;2,5;A\n')).answers).toMatchObject([
    { land_acres: 2.5 },
  ])
  const title = await look('List of homes\nhhid\tarea_code\tmember1_name\nX1\tK1\tA\n')
  expect(title.account.sheets[0]?.titles).toEqual(['List of homes'])
  expect(title.account.rows).toEqual({ in: 2, used: 1, refused: 0, unused: 1 })
  const twice = await look('hhid,area_code,name,name\nX1,K1,A,B\n')
  expect(twice.account.sheets[0]?.columns.map(({ column, use }) => [column, use])).toContainEqual([
    'name (2)',
    'unused',
  ])
  expect((await look('name\nA\n')).open).toEqual([])
  const slipped = await look('hhid,area_code,goats,member1_name\nX1,K1,1,234,A\n')
  expect(slipped.problems).toMatchObject([{ row: 2, code: 'import_row_slipped' }])
  const open = look('hhid,area_code,member1_name\nX1,K1,"A\nX2,K1,B\n')
  await expect(open).rejects.toMatchObject({ code: 'survey_not_a_table' })
  const swallowed = await look('hhid,area_code,member1_name\nX1,K1,"A\nX2,K1,B\nX3,K1,C\nX4,K1,"D\n')
  expect(swallowed.problems.map((each) => each.code)).toContain('import_quote_open')
})

test('an encoding that the bytes do not tell is asked, with the ways to read them', async () => {
  const bytes = iconv.encode('hhid,area_code,member1_name\nX1,K1,José Núñez\n', 'windows-1252')
  const seen = await look(bytes)
  expect(seen.open).toEqual(['encoding'])
  expect(seen.questions[0]?.examples[0]?.readings['windows-1252']).toContain('José')
  expect((await look(bytes, { encoding: 'windows-1252' })).answers).toMatchObject([
    { members: [{ name: 'José Núñez' }] },
  ])
  const wide = Buffer.concat([
    Buffer.from([0xff, 0xfe]),
    iconv.encode('hhid\tarea_code\tmember1_name\nX1\tK1\t张三\n', 'utf-16le'),
  ])
  expect((await look(wide)).answers).toMatchObject([{ members: [{ name: '张三' }] }])
})

test('hidden and empty sheets are named; a hidden one is not taken for the list', async () => {
  const bytes = workbook(
    {
      old: [
        ['hhid', 'area_code', 'name'],
        ['X9', 'K1', 'Z'],
      ],
      empty: [],
      list: [
        ['hhid', 'area_code', 'name'],
        ['X1', 'K1', 'A'],
      ],
    },
    (book) => {
      book.Workbook = { Sheets: [{ Hidden: 1 }, { Hidden: 0 }, { Hidden: 0 }] }
    },
  )
  const seen = await look(bytes, { lists: [] })
  expect(seen.account.sheets.map(({ sheet, hidden, use }) => [sheet, hidden, use])).toEqual([
    ['old', true, 'unused'],
    ['empty', false, 'unused'],
    ['list', false, 'household'],
  ])
  expect(seen.account.rows).toEqual({ in: 2, used: 1, refused: 0, unused: 1 })
})

test('the list’s own words for choices: known ones are read, the others are listed and can be translated', async () => {
  const csv = 'hhid,area_code,roof,member1_name,member1_relation\nX1,K1,makuti,A,wife\nX2,K1,Iron sheets,B,长女\n'
  const seen = await look(csv)
  expect(seen.unknown_values).toEqual([{ target: 'roof', written: 'makuti', count: 1 }])
  const said = await look(csv, { values: { roof: { makuti: 'grass' } } })
  expect(said.answers).toMatchObject([
    { roof: 'grass', members: [{ relation: 'spouse' }] },
    { roof: 'iron', members: [{ relation: 'child' }] },
  ])
})

test('a mapping that names what the file does not have stops the import', async () => {
  const seen = await look('hhid,area_code,name\nX1,K1,A\n', { columns: { area: 'area_code', name: 'members.nome' } })
  expect(seen.open).toContain('mapping')
  expect(seen.questions.find((each) => each.code === 'mapping')?.names).toEqual([
    'no_column: area',
    'no_question: members.nome',
  ])
})

test('one key in two rows that are households each is refused', async () => {
  const seen = await look('hhid,area_code,member1_name\nX1,K1,A\nX1,K1,B\n')
  expect(seen.problems.map((each) => each.code)).toEqual(['import_key_twice', 'import_key_twice'])
})
