import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { importAreas, readAreas } from './areas.ts'
import { loadPack } from './load.ts'

const CHINA = path.join(import.meta.dirname, 'china-2014')
const HEAD = 'area_code,parent_code,level,name_zh,name_en,longitude,latitude,population,valid_from,valid_to,source\n'
let folder: string
const file = (name: string) => path.join(folder, name)
const change = async (name: string, edit: (text: string) => string) =>
  writeFile(file(name), edit(await readFile(file(name), 'utf8')))

const hash = async () => (await loadPack(folder)).pack!.pack_hash

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pack-'))
  await cp(CHINA, folder, { recursive: true, filter: (from) => !/areas[/\\]|\.test\.ts$/.test(from) })
  await writeFile(file('areas/areas.csv'), `${HEAD}CN,,nation,中国,"China, all",,,,2010-01-01,,test\n`)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('plain and zipped areas give the same pack, but for the hash', async () => {
  const { gzipSync } = await import('node:zlib')
  const plain = (await loadPack(folder)).pack!
  await writeFile(file('areas/areas.csv.gz'), gzipSync(await readFile(file('areas/areas.csv'))))
  await rm(file('areas/areas.csv'))
  const zipped = (await loadPack(folder)).pack!
  const told = (pack: typeof plain) => ({ ...pack, pack_hash: '', files: null })
  expect(told(zipped)).toEqual(told(plain))
  expect(readAreas(zipped)).toMatchObject([
    { area_code: 'CN', parent_code: null, name: { zh: '中国', en: 'China, all' }, longitude: null },
  ])
})

test('the hash changes with one character of a rule and not with the readme', async () => {
  const before = await hash()
  expect(await hash()).toBe(before)
  await writeFile(file('README.md'), 'Another text.')
  expect(await hash()).toBe(before)
  await change('rules/parameters.yaml', (text) => text.replace('value: 280000', 'value: 280001'))
  expect(await hash()).not.toBe(before)
})

test('every fault is reported at once, each with its file and place', async () => {
  await rm(file('rules/indicators.yaml'))
  await rm(file('forms/household_inspection.md'))
  await change('rules/causes.yaml', (text) => text.replace('    main: true\n', '    mian: true\n'))
  await change('rules/alerts.yaml', (text) => `${text}\n  - { code: [`)
  await writeFile(file('areas/more.csv.gz'), 'not zipped')
  const { pack, problems } = await loadPack(folder)
  expect(pack).toBeUndefined()
  expect(problems.map(({ code, file, at }) => [code, file, at])).toEqual(
    expect.arrayContaining([
      ['pack_missing_file', 'rules/indicators.yaml', undefined],
      ['pack_missing_file', 'forms/household_inspection.md', undefined],
      ['pack_bad_shape', 'rules/causes.yaml', 'causes[0].main'],
      ['pack_bad_file', 'rules/alerts.yaml', undefined],
      ['pack_bad_file', 'areas/more.csv.gz', undefined],
    ]),
  )
})

test('an entry without source or date is refused', async () => {
  await change('rules/vetoes.yaml', (text) => text.replace("    valid_from: '2014-04-02'\n    source: *compared\n", ''))
  const { problems } = await loadPack(folder)
  expect(problems.map(({ at }) => at).sort()).toEqual(['vetoes[0].source', 'vetoes[0].valid_from'])
})

test('areas are read from the five files of a division folder, those outside left out', async () => {
  await writeFile(file('provinces.csv'), 'code,name\n36,"江西省"\n52,"贵州省"\n')
  await writeFile(file('cities.csv'), 'code,name,provinceCode\n3607,"赣州市",36\n')
  await writeFile(
    file('areas.csv'),
    'code,name,cityCode,provinceCode\n360781,"瑞金市",3607,36\n360782,"南康区",3607,36\n',
  )
  await writeFile(file('streets.csv'), 'code,name,areaCode,provinceCode,cityCode\n360781107,"叶坪镇",360781,36,3607\n')
  const { areas, missing } = await importAreas(folder, { within: '360781', valid_from: '2010-01-01', source: 'test' })
  expect(areas.map(({ area_code, parent_code, level }) => [area_code, parent_code, level])).toEqual([
    ['36', 'CN', 'province'],
    ['3607', '36', 'prefecture'],
    ['360781', '3607', 'county'],
    ['360781107', '360781', 'township'],
  ])
  expect(areas[3]!.name).toEqual({ zh: '叶坪镇', en: '叶坪镇' })
  expect(missing).toEqual(['villages.csv'])
})

const TABLE = `
  - name: visit_days
    type: int
    label: { en: Days until the next visit, zh: 距下次走访天数 }
    table:
      columns: [members.size()]
      hit: unique
      rows:
        - { when: ['<= 2'], give: '30' }
        - { when: ['> 2'], give: 'shared * 10' }
    valid_from: '2010-01-01'
    source: *ours
parts:
  shared: 'min(members.size(), 9)'
`

test('a derived field may be a decision table, and parts have names; a gap in it is told', async () => {
  const { checkPack } = await import('./check/check.ts')
  const { complete, rulebookOf, standAt } = await import('./rulebook.ts')
  await change('rules/derived.yaml', (text) => text.trimEnd() + TABLE)
  const { pack, problems } = await loadPack(folder)
  if (!pack) throw new Error(JSON.stringify(problems))
  expect(checkPack(pack).filter(({ at }) => at?.startsWith('visit_days'))).toEqual([])
  const book = rulebookOf(pack)
  const days = (count: number) =>
    complete(book, { members: Array.from({ length: count }, () => ({})) }, standAt(book, '2014-12-31', 'CN')).visit_days
  expect([days(1), days(4), days(30)]).toEqual([30, 40, 90])

  await change('rules/derived.yaml', (text) => text.replace("['> 2']", "['> 3']"))
  const gap = (await loadPack(folder)).pack!
  expect(checkPack(gap).filter(({ at }) => at === 'visit_days.table')).toMatchObject([
    { code: 'pack_bad_rule', message: expect.stringContaining('No row holds') },
  ])
  await change('rules/derived.yaml', (text) =>
    text.replace('    type: int\n    label: { en: Days', "    rule: '3'\n    type: int\n    label: { en: Days"),
  )
  expect((await loadPack(folder)).problems).toMatchObject([{ file: 'rules/derived.yaml' }])
})
