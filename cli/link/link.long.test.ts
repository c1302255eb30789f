import { isUtf8 } from 'node:buffer'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { beforeAll, describe, expect, test } from 'vitest'
import { sampleCountryside } from '#engines/linkage/testing/sample.testkit.ts'
import { csv, doorstep, folder, inFolder, lightModel, refused, rows, spawned, told, write } from './testkit.ts'

inFolder()

const { left, right, truth } = sampleCountryside(120, 5)
beforeAll(() => {
  write('light.json', JSON.stringify(lightModel()))
  write('left.csv', csv(left))
  write('right.csv', iconv.encode(csv(right), 'gb18030'))
  const pairs = [...truth].map(([right_id, left_id]) => ({ left_id, right_id }))
  write('truth.csv', csv(pairs))
  write('one.csv', csv(one_list))
})

// of some 200 people most stand twice
const some = sampleCountryside(65, 5)
const one_list = [...some.left, ...some.right.map((row) => ({ ...row, household_id: `r${row.household_id}` }))]
const files = ['--left', 'left.csv', '--right', 'right.csv']
const two = [...files, '--model', 'chinese_person']
const light = [...files, '--model', 'light.json']

describe('doorstep link', () => {
  test('links a UTF-8 list to a GB18030 one by household, and evaluate tells how well', async () => {
    const found = await told(...two, '--households', '--out', 'links.parquet', '--households-out', 'households.csv')
    expect(found).toMatchObject({ left: left.length, right: right.length, trained: 'all' })
    const { bands, true_pairs, best } = await told('evaluate', '--links', 'links.parquet', '--truth', 'truth.csv')
    expect(true_pairs).toBe(truth.size)
    expect(bands[0]).toMatchObject({ band: 'accept', linked: found.accept })
    expect(bands[0].precision).toBeGreaterThan(0.999)
    expect(bands[1].recall).toBeGreaterThan(0.98)
    expect(best.f1).toBeGreaterThan(0.98)
    expect(rows('households.csv').map((row) => row.kind)).toContain('same')
    expect(rows('households.csv').length).toBeGreaterThan(60)
  })

  test('runs by itself: no server, no registry, no settings; a problem has its exit code', () => {
    const found = spawned('link', '--left', 'left.csv', '--model', 'chinese_person', '--out', 'own.csv', '--progress')
    expect(found).toMatchObject({ code: 0 })
    expect(found.out).toMatch(/^accept +\d+$/m)
    expect(found.err).toMatch(/^\d+ % {2}reading the left list; lk_filled_left: \d+ rows, \d+ ms$/m)
    expect(existsSync(join(folder, 'none'))).toBe(false)
    const wrong = spawned('link', '--left', 'left.csv', '--model', 'nowhere.json', '--out', 'own.csv')
    expect(wrong).toMatchObject({ code: 65, out: '' })
    expect(wrong.err).toContain('nowhere.json')
  })

  test('explain repeats the weight of a run under the model that the run learnt', async () => {
    await told(...light, '--one-to-one', '--out', 'links.csv', '--model-out', 'learnt.json')
    const links = rows('links.csv')
    expect(Object.keys(links[0]!)).toEqual(
      expect.arrayContaining(['left_id', 'right_id', 'match_weight', 'match_probability', 'band']),
    )
    const { left_id, right_id, match_weight } = links.find((row) => row.band === 'accept')!
    const learnt = ['--left', 'left.csv', '--right', 'right.csv', '--model', 'learnt.json']
    const shown = await told('explain', ...learnt, '--left-id', left_id!, '--right-id', right_id!)
    expect(shown.match_weight).toBeCloseTo(Number(match_weight), 9)
    expect(shown.bars.at(-1).running).toBeCloseTo(shown.match_weight, 9)
    const text = (await doorstep('link', 'explain', ...learnt, '--left-id', left_id!, '--right-id', right_id!)).out
    expect(text).toContain(`match weight +${Number(match_weight).toFixed(1)} bits`)
    expect(await refused('explain', ...learnt, '--left-id', 'nobody', '--right-id', right_id!)).toMatchObject({
      exit: 65,
      code: 'linkage_no_record',
    })
  })

  test('train writes the model that link learns too, and a learnt model links without training', async () => {
    const trained = await told('train', ...light, '--out', 'trained.json')
    expect(trained).toMatchObject({ mode: 'all', converged: true })
    await told(...light, '--out', 'a.csv', '--model-out', 'learnt.json')
    expect(JSON.parse(readFileSync(join(folder, 'trained.json'), 'utf8'))).toEqual(
      JSON.parse(readFileSync(join(folder, 'learnt.json'), 'utf8')),
    )
    const model = ['--left', 'left.csv', '--right', 'right.csv', '--model', 'trained.json', '--train', 'none']
    await told(...model, '--out', 'b.csv')
    expect(rows('b.csv')).toEqual(rows('a.csv'))
  })

  test('one list is deduplicated: links with a cluster, and the cluster of every record', async () => {
    const one = ['--left', 'one.csv', '--model', 'chinese_person', '--out', 'same.csv', '--clusters', 'clusters.csv']
    const found = await told(...one, '--model-out', 'one.json')
    const cluster = new Map(rows('clusters.csv').map((row) => [row.record_id, row.cluster_id]))
    expect(cluster.size).toBe(one_list.length)
    expect(new Set(cluster.values()).size).toBe(found.clusters)
    const links = rows('same.csv')
    expect(links.filter((row) => row.band === 'accept').length).toBe(found.accept)
    for (const { left_id, right_id, band, cluster_id } of links) {
      if (band === 'accept') expect([cluster.get(left_id), cluster.get(right_id)]).toEqual([cluster_id, cluster_id])
      else if (cluster_id === '') expect(cluster.get(left_id)).not.toBe(cluster.get(right_id))
    }
    const learnt = ['--left', 'one.csv', '--model', 'one.json']
    const { left_id, right_id, match_weight } = links[0]!
    const shown = await told('explain', ...learnt, '--left-id', left_id!, '--right-id', right_id!)
    expect(shown.match_weight).toBeCloseTo(Number(match_weight), 9)
    await told(...learnt, '--train', 'none', '--out', 'again.csv')
    expect(rows('again.csv')).toEqual(links)
    const { bands } = await told('evaluate', '--links', 'same.csv', '--truth', 'truth.csv')
    expect(bands[0].precision).toBeGreaterThan(0.99)
  })

  test('judged pairs count alone: what nobody judged is neither right nor wrong', async () => {
    write('some.csv', 'left_id,right_id,match_weight,band\na,1,12,accept\nb,2,11,accept\nc,3,4,review\nd,4,20,accept\n')
    write('judged.csv', 'left_id,right_id,is_match\na,1,1\nb,2,0\nc,3,true\ne,5,1\nd,4,unsure\n')
    const { judged, true_pairs, bands, thresholds } = await told(
      ...['evaluate', '--links', 'some.csv', '--truth', 'judged.csv', '--thresholds', '0,11.5'],
    )
    expect([judged, true_pairs]).toEqual([4, 3])
    expect(bands[0]).toMatchObject({ linked: 2, right: 1, wrong: 1, missed: 2, precision: 0.5, recall: 0.33333 })
    expect(thresholds).toMatchObject([
      { threshold: 0, right: 2, wrong: 1 },
      { threshold: 11.5, right: 1, wrong: 0 },
    ])
  })

  test('against a list of true pairs every other link is wrong, and in one list order does not matter', async () => {
    write('some.csv', 'left_id,right_id,match_weight\na,b,12\nc,d,11\ne,f,4\n')
    write('pairs.csv', 'left_id,right_id\nb,a\nc,d\nx,y\n')
    const words = ['evaluate', '--links', 'some.csv', '--truth', 'pairs.csv', '--thresholds', '0,11.5']
    expect((await told(...words)).thresholds[0]).toMatchObject({ right: 1, wrong: 2, missed: 2, precision: 0.33333 })
    const { thresholds, best, bands } = await told(...words, '--dedupe')
    expect(thresholds).toMatchObject([
      { right: 2, wrong: 1, missed: 1 },
      { right: 1, wrong: 0, missed: 2 },
    ])
    expect(best).toMatchObject({ threshold: 11, right: 2, wrong: 0, f1: 0.8 })
    expect(bands).toEqual([])
    write('none.csv', 'left_id,right_id\n')
    expect((await refused('evaluate', '--links', 'some.csv', '--truth', 'none.csv')).code).toBe('linkage_empty_side')
  })

  test('columns go by other names, ids too', async () => {
    write('people.csv', 'nr;vorname;nachname;geboren\n7;Jürgen;Müller;1970-01-31\n8;Ute;Vogel;1981-05-02\n')
    write('guests.csv', 'nr,given_name,surname,birth_date\nA,Juergen,Müller,1970-01-31\nB,Ute,Vogel,1981-05-02\n')
    const names = ['--rename-left', 'vorname=given_name,nachname=surname,geboren=birth_date', '--id', 'nr']
    await told(
      '--left',
      'people.csv',
      '--right',
      'guests.csv',
      '--model',
      'latin_person',
      '--out',
      'named.csv',
      ...names,
    )
    expect(rows('named.csv').map(({ left_id, right_id }) => `${left_id}${right_id}`)).toEqual(['7A', '8B'])
  })
})

describe('what is refused, with what is wrong and nothing written', () => {
  const out = ['--out', 'refused.csv']
  const header = 'record_id,name,national_id,birth_date,sex,area_code,phone\n'
  const person = '王小明,11010519491231002X,1949-12-31,女,360781107001,13800138000\n'
  beforeAll(() => {
    write('good.csv', `${header}a,${person}`)
    write('twice.csv', `${header}a,${person}a,${person}b,${person}`)
    write('bare.csv', header)
    write('empty.csv', '')
    write('ragged.csv', `${header}a,${person}b,王小明\n`)
    write('no-phone.csv', `${header}a,${person.replace('13800138000', '')}`)
    write('mixed.csv', Buffer.concat([Buffer.from(`${header}a,${person}`), iconv.encode(`b,${person}`, 'gb18030')]))
    write('latin1.csv', iconv.encode('record_id,name\n1,Müller-Lüdenscheidt\n2,Žižka père\n', 'windows-1252'))
    write('no.parquet', 'PAR')
  })
  const against = (file: string) => refused('--left', 'good.csv', '--right', file, '--model', 'chinese_person', ...out)

  test.each([
    ['twice.csv', { code: 'linkage_duplicate_ids', numbers: { side: 'right', duplicates: 1, examples: ['a'] } }],
    ['bare.csv', { code: 'linkage_empty_side', numbers: { side: 'right' } }],
    ['empty.csv', { code: 'linkage_empty_side', numbers: { path: 'empty.csv' } }],
    ['ragged.csv', { code: 'linkage_unreadable_file', numbers: { line: 3 } }],
    ['mixed.csv', { code: 'linkage_mixed_encodings', numbers: { utf8_line: 2, other_line: 3 } }],
    ['latin1.csv', { code: 'linkage_unknown_encoding', numbers: { line: 2 } }],
    ['truth.csv', { code: 'linkage_no_column', numbers: { missing: ['record_id'], columns: ['left_id', 'right_id'] } }],
    ['no.parquet', { code: 'linkage_unreadable_file' }],
    ['nowhere.csv', { code: 'file_not_found' }],
  ])('%s', async (file, problem) => {
    expect(await against(file)).toMatchObject({ exit: 65, ...problem })
    expect(existsSync(join(folder, 'refused.csv'))).toBe(false)
  })

  test('a GB18030 line that could be UTF-8 by chance does not make a file mixed', async () => {
    expect(isUtf8(iconv.encode('谢皓俊', 'gb18030'))).toBe(true)
    write('chance.csv', iconv.encode(`${header}a,${person.replace('王小明', '谢皓俊')}b,${person}`, 'gb18030'))
    const words = [
      '--left',
      'good.csv',
      '--right',
      'chance.csv',
      '--model',
      'chinese_person',
      '--out',
      'chance.out.csv',
    ]
    expect((await told(...words)).right).toBe(2)
  })

  test('a column without a value is told of, and the work goes on', async () => {
    const words = ['--left', 'good.csv', '--right', 'no-phone.csv', '--model', 'chinese_person', '--out', 'told.csv']
    expect((await told(...words)).problems).toMatchObject([
      { code: 'linkage_empty_column', detail: { side: 'right', column: 'phone' } },
    ])
    expect((await doorstep('link', ...words)).err).toContain('phone of the right side holds no value')
  })

  test('a rule that makes too many pairs, with their number, before it runs', async () => {
    const model = JSON.parse((await doorstep('link', 'model', 'chinese_person')).out)
    write('wide.json', JSON.stringify({ ...model, blocking_rules: [['sex']] }))
    const many = Array.from({ length: 40_000 }, (_, i) => `${i},,,,男,,`).join('\n')
    write('many.csv', `${header}${many}\n`)
    const found = await refused('--left', 'many.csv', '--right', 'many.csv', '--model', 'wide.json', ...out)
    expect(found).toMatchObject({
      exit: 65,
      code: 'linkage_too_many_pairs',
      numbers: { pairs: 1_600_000_000, rule: ['sex'] },
    })
  })

  test('a model: every unknown field with its path; no JSON; not there', async () => {
    const model = JSON.parse((await doorstep('link', 'model', 'chinese_person')).out)
    model.comparisons[2].levels[1].lenght = 9
    write('wrong.json', JSON.stringify(model))
    const with_model = (name: string) => refused('--left', 'good.csv', '--model', name, ...out)
    expect(await with_model('wrong.json')).toMatchObject({
      exit: 65,
      code: 'linkage_bad_model',
      errors: [{ path: 'comparisons[2].levels[1].lenght' }],
    })
    write('torn.json', '{ "format": ')
    expect(await with_model('torn.json')).toMatchObject({ exit: 65, code: 'linkage_bad_model' })
    expect((await with_model('chinese')).code).toBe('file_not_found')
    const nowhere = ['--left', 'good.csv', '--model', 'chinese_person', '--out', 'no/such/folder.csv']
    expect(await refused(...nowhere)).toMatchObject({ exit: 65, detail: 'There is no file no/such.' })
  })

  test('usage: options missing, two meanings at once, sizes that are none', async () => {
    mkdirSync(join(folder, 'scratch'), { recursive: true })
    const of = (...words: string[]) => doorstep('link', ...words)
    expect((await of(...two, '--out', 'links.txt')).err).toContain('.parquet or .csv')
    expect(await of('--left', 'good.csv')).toMatchObject({ code: 64 })
    expect((await of('--left', 'good.csv')).err).toContain('--model, --out')
    expect((await of('--left', 'good.csv', '--model', 'chinese_person', ...out, '--households')).code).toBe(64)
    expect((await of(...two, ...out, '--memory-limit', 'much')).code).toBe(64)
    expect((await of(...two, ...out, '--encoding', 'runes')).code).toBe(64)
    expect((await of('explain', ...two, '--left-id', 'a')).err).toContain('--right-id')
    const machine = ['--memory-limit', '1GB', '--threads', '1', '--temp', join(folder, 'scratch')]
    expect((await told(...light, '--out', 'small.csv', ...machine)).accept).toBeGreaterThan(0)
  })
})
