// The sum over generated files: every filled cell and line is used, refused or named as unused; what is used stands in
// the answers, and what is not, does not.
import fc from 'fast-check'
import JSZip from 'jszip'
import { expect, test } from 'vitest'
import { writeSheets } from '#engines/sheets/write.ts'
import { fieldsOf } from '#engines/xforms/answers/fields.ts'
import { readTable } from '../sheets/table.ts'
import type { Sum } from './account.ts'
import { survey } from './forms.testing.ts'
import { blankKeys, differings, noPeople, targetOf, type Mapping } from './mapping.ts'
import { prepare } from './prepare.ts'
import { suggestMapping } from './suggest.ts'

const fields = fieldsOf(survey())

interface Made {
  name: string
  titles: string[]
  heads: string[]
  rows: string[][]
}

const household = [
  'hhid',
  'area_code',
  'surveyed_on',
  'hh_no',
  'dwelling/roof',
  'rooms',
  'living/assets',
  'living/assets/radio',
]
const more = ['living/assets/phone', 'land_acres', 'goats', '_uuid', '_index', 'remarks', 'hh_no', 'start']
const people = [
  'name',
  'national_id',
  'relation',
  'age',
  'member1_name',
  'member2_name',
  'member2_age',
  'members[1]/skills/sewing',
]
const listed = ['name', 'national_id', 'members/sex', 'age', '_index', 'skills', 'nobody asked']
const jobs = ['job', 'months', '_parent_index', '_index']

// Text questions get a word of their own (T1, T2, ...), put in when the file is written.
const mostly = (good: string[], bad: string[]) =>
  fc.oneof({ weight: 15, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: fc.constantFrom(...bad) })
const value = (head: string): fc.Arbitrary<string> => {
  if (/hhid|_index|_parent_index/.test(head)) return mostly(['1', '2', '3', '4'], ['', '9'])
  if (head === 'area_code') return mostly(['K1'], ['K2', ''])
  if (/age|rooms|goats|months|acres/.test(head)) return mostly(['1', '2', ''], ['1,234', '2.5', '0,99', 'many'])
  if (/surveyed_on/.test(head)) return mostly(['2026-10-07', ''], ['07/10/2026', '31/12/2026', 'once'])
  if (/relation/.test(head)) return mostly(['head', 'wife', ''], ['neighbour'])
  if (/roof/.test(head)) return mostly(['iron', ''], ['makuti'])
  if (/sex/.test(head)) return mostly(['female', ''], ['iron'])
  if (/assets\/|skills\//.test(head)) return mostly(['1', '0', 'TRUE', ''], ['x?'])
  if (/assets/.test(head)) return mostly(['radio', ''], ['radio phone', 'boat'])
  if (/skills/.test(head)) return mostly(['sewing', ''], ['boat'])
  return fc.constantFrom('T', 'T', '')
}

const sheet = (name: string, must: string[], may: string[]): fc.Arbitrary<Made> =>
  fc
    .tuple(fc.subarray(may, { minLength: 0 }), fc.boolean(), fc.subarray(['A list', 'of an office']))
    .chain(([some, blank, titles]) => {
      const heads = [...must, ...some, ...(blank ? [''] : [])]
      const row = fc.tuple(...heads.map((head) => value(head))).map((cells) => [...cells])
      // A blank line, and now and then a cell beside the table.
      const line = fc.oneof(
        { weight: 20, arbitrary: row },
        { weight: 1, arbitrary: fc.constant(heads.map(() => '')) },
        { weight: 1, arbitrary: row.map((cells) => [...cells, 'T']) },
      )
      return fc.record({
        name: fc.constant(name),
        titles: fc.constant(titles),
        heads: fc.constant(heads),
        rows: fc.array(line, { maxLength: 8 }),
      })
    })

const file = fc.record({
  form: fc.constantFrom('csv', 'semicolon', 'xlsx', 'zip'),
  sheets: fc
    .tuple(
      sheet('homes', ['hhid', 'area_code'], [...household.slice(2), ...more, ...people]),
      sheet('members', ['_parent_index'], listed),
      sheet('jobs', ['_parent_index'], jobs.slice(0, 2)),
      fc.subarray(['members', 'jobs']),
    )
    .map(([homes, members, work, which]) => [homes, ...[members, work].filter((each) => which.includes(each.name))]),
  answers: fc.record(
    {
      decimal: fc.constantFrom('point' as const, 'comma' as const),
      date_order: fc.constantFrom('dmy' as const, 'mdy' as const),
      blank_key: fc.constantFrom(...blankKeys),
      differing: fc.constantFrom(...differings),
      no_people: fc.constantFrom(...noPeople),
    },
    { requiredKeys: [] },
  ),
  dropped: fc.nat(20),
})

type File = typeof file extends fc.Arbitrary<infer T> ? T : never

async function write({ form, sheets }: Pick<File, 'form' | 'sheets'>): Promise<Uint8Array> {
  const lines = ({ titles, heads, rows }: Made) => [...titles.map((text) => [text]), heads, ...rows]
  const text = (made: Made, sign: string) =>
    lines(made)
      .map((cells) => cells.map((cell) => (cell.includes(sign) || cell.includes(',') ? `"${cell}"` : cell)).join(sign))
      .join('\r\n')
  const [first] = sheets
  if (form === 'csv' && first) return Buffer.from(text(first, ','))
  if (form === 'semicolon' && first) return Buffer.from(text(first, ';'))
  if (form === 'zip') {
    const zip = new JSZip()
    for (const made of sheets) zip.file(`${made.name}.csv`, text(made, ','))
    return await zip.generateAsync({ type: 'uint8array' })
  }
  // Numbers as numbers half the time, so that cells of both kinds are read.
  const typed = (cell: string, row: number) => (/^\d+$/.test(cell) && row % 2 === 0 ? Number(cell) : cell)
  return writeSheets(
    sheets.map((made) => ({
      name: made.name,
      rows: lines(made).map((cells, row) => cells.map((cell) => (cell === '' ? null : typed(cell, row)))),
    })),
  )
}

const whole = ({ in: all, used, refused, unused }: Sum) => all === used + refused + unused

test('cells in = used + refused + named unused, and rows likewise; what is used stands in the answers', async () => {
  await fc.assert(
    fc.asyncProperty(file, async ({ form, sheets: made, answers, dropped }) => {
      let word = 0
      const sheets = (form === 'csv' || form === 'semicolon' ? made.slice(0, 1) : made).map((each) => ({
        ...each,
        rows: each.rows.map((cells) => cells.map((cell) => (cell === 'T' ? `T${++word}.` : cell))),
      }))
      const table = await readTable(await write({ form, sheets }))
      const suggested = suggestMapping(table.sheets, fields)
      // Some columns a person takes out again.
      const columns = Object.fromEntries(Object.entries(suggested.columns).filter((_, index) => index !== dropped))
      const mapping: Mapping = { ...suggested, ...answers, columns }
      const { account, units, questions } = await prepare({ table, mapping, fields, kind: 'submissions' })
      expect(
        questions.filter(
          (each) => each.code === 'mapping' && each.names.some((name) => !name.startsWith('no_columns')),
        ),
      ).toEqual([])

      const lines = sheets.flatMap((each) => [each.titles.map((text) => [text]), [each.heads], each.rows].flat())
      const filled = lines.flat().filter((cell) => cell !== '').length
      const headings = account.sheets
        .flatMap((each) => each.columns)
        .filter(({ column }) => !/^#\d/.test(column)).length
      const headed = account.sheets.filter((each) => each.columns.length > 0).length
      expect(account.cells.in + headings).toBe(filled)
      expect(account.rows.in + headed).toBe(lines.filter((cells) => cells.some((cell) => cell !== '')).length)
      const sums = [
        account.rows,
        account.cells,
        ...account.sheets.flatMap((each) => [each.rows, each.cells, ...each.columns.map((one) => one.cells)]),
      ]
      expect(sums.every(whole)).toBe(true)
      expect(
        account.sheets
          .flatMap((each) => each.columns)
          .filter((each) => each.use === 'unused' && each.why === undefined),
      ).toEqual([])

      const good = units.filter((unit) => unit.problems.length === 0)
      const words = JSON.stringify(good.map((unit) => unit.answers)).match(/T\d+\./g) ?? []
      const texts = account.sheets
        .flatMap((each) => each.columns)
        .filter(({ use, target }) => {
          return use === 'answer' && target !== undefined && targetOf(target, fields)?.field.type === 'text'
        })
      const areas = texts.filter(({ target }) => target === 'area_code').map((each) => each.cells.used)
      const expected = texts.reduce((sum, each) => sum + each.cells.used, 0) - areas.reduce((a, b) => a + b, 0)
      expect(new Set(words).size).toBe(words.length)
      expect(words.length).toBe(expected)
      // Whoever is refused is refused for a reason that names the row.
      expect(units.flatMap((unit) => unit.problems).every((each) => each.row > 0)).toBe(true)
    }),
    { numRuns: Number(process.env['RUNS'] ?? 150) },
  )
})
