import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Answers } from './submission.ts'
import { answersOf, parseSubmission, toSubmissionXml } from './submission.ts'
import { HOUSEHOLD } from '../testform.ts'
import { majorText, minorUnits } from './values.ts'
import { sayable } from '../xml.ts'

function read(xml: string | Uint8Array) {
  const instance = parseSubmission(xml)
  if (!instance.ok) throw new Error(instance.problem.message)
  return answersOf(HOUSEHOLD, instance)
}
const problemOf = (xml: string | Uint8Array) => {
  const instance = parseSubmission(xml)
  return instance.ok ? undefined : instance.problem
}

// What XML cannot carry at all cannot come back.
const text = fc
  .string({ unit: 'binary', maxLength: 20 })
  .map(sayable)
  .filter((one) => one.trim() !== '')
const money = fc.integer({ min: -1e12, max: 1e12 }).map((one) => one + 0)
const day = fc
  .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null })
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one + 0)
const answers: fc.Arbitrary<Answers> = fc.record({
  start: maybe(fc.constant('2026-11-23T08:00:00.000+08:00')),
  deviceid: maybe(text),
  village: maybe(text),
  poor: maybe(fc.boolean()),
  wall: maybe(fc.constantFrom('mud', 'brick')),
  assets: maybe(fc.uniqueArray(fc.constantFrom('none', 'tv', 'phone'), { minLength: 1 })),
  area: maybe(number),
  income: maybe(money),
  gps: maybe(
    fc.record({
      latitude: fc.integer({ min: -90, max: 90 }),
      longitude: fc.integer({ min: -180, max: 180 }),
      altitude: fc.integer({ min: 0, max: 5000 }),
      accuracy: fc.integer({ min: 0, max: 50 }),
    }),
  ),
  photo: maybe(fc.constant('house.jpg')),
  member: fc.array(fc.record({ m_name: maybe(text), born: maybe(day), age: maybe(fc.integer()), wage: maybe(money) }), {
    maxLength: 4,
  }),
  n_children: maybe(fc.nat()),
})

test('what is written is read back', () => {
  fc.assert(
    fc.property(answers, (given) => {
      // Signed zero has no text of its own.
      const plain = JSON.parse(JSON.stringify(given)) as Answers
      const back = read(toSubmissionXml(HOUSEHOLD, plain, { instance_id: 'uuid:1' }))
      expect(back.problems).toEqual([])
      expect(back.answers_extra).toEqual({})
      expect(back.answers).toEqual(plain)
    }),
    { numRuns: 300 },
  )
})

test('money goes through text exactly', () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (fen) => minorUnits(majorText(fen + 0, 100), 100) === fen + 0))
  expect(minorUnits('1.005', 100)).toBeUndefined()
  expect(minorUnits('1.10', 100)).toBe(110)
  expect(minorUnits('.5', 100)).toBe(50)
  expect(minorUnits('1e3', 100)).toBeUndefined()
  expect(minorUnits('99999999999999999', 100)).toBeUndefined()
})

describe('identity', () => {
  test('form, version and ids are found, with any prefix', () => {
    const instance = parseSubmission(`<data id="household" version="7" xmlns:orx="http://openrosa.org/xforms"><orx:meta>
      <orx:instanceID> uuid:2 </orx:instanceID><orx:deprecatedID>uuid:1</orx:deprecatedID></orx:meta></data>`)
    expect(instance).toMatchObject({
      ok: true,
      form_id: 'household',
      version: '7',
      instance_id: 'uuid:2',
      deprecated_id: 'uuid:1',
    })
  })
  test('an encrypted envelope is told', () => {
    const xml = '<data xmlns="http://opendatakit.org/submissions" encrypted="yes" id="f" version="1"/>'
    expect(parseSubmission(xml)).toMatchObject({ ok: true, form_id: 'f', encrypted: true })
    expect(parseSubmission('<data id="f"/>')).not.toHaveProperty('encrypted')
  })
  test('metadata is written where the form asks for it', () => {
    const xml = toSubmissionXml(
      HOUSEHOLD,
      {},
      { instance_id: 'uuid:1', device_id: 'd-9', start: '2026-11-23T08:00:00.000+08:00' },
    )
    expect(read(xml).answers).toMatchObject({
      deviceid: 'd-9',
      start: '2026-11-23T08:00:00.000+08:00',
      village: null,
      member: [],
    })
  })
})

describe('answers that do not fit', () => {
  const data = (body: string) => `<data id="household">${body}</data>`
  test.each([
    ['<area>two</area>', 'area', 'two'],
    ['<poor>maybe</poor>', 'poor', 'maybe'],
    ['<wall>glass</wall>', 'wall', 'glass'],
    ['<assets>tv sofa</assets>', 'assets', 'tv sofa'],
    ['<income>10.001</income>', 'income', '10.001'],
    ['<gps>91 0 0 0</gps>', 'gps', '91 0 0 0'],
    ['<start>2026-02-30T00:00:00Z</start>', 'start', '2026-02-30T00:00:00Z'],
    ['<area><b>1</b></area>', 'area', '1'],
  ])('%s is null and told of', (body, path, got) => {
    // Group levels may be missing: `poor` and `village` stand in groups.
    const xml = data(path === 'poor' ? `<cover>${body}</cover>` : body)
    const { answers, problems } = read(xml)
    expect(answers[path]).toBeNull()
    expect(problems).toMatchObject([{ code: 'answer_wrong_type', got, path: path === 'poor' ? 'cover/poor' : path }])
  })

  test('entries of repeats are counted from 1', () => {
    const { answers, problems } = read(
      data('<member><age>5</age></member><member><age>x</age><born>2026-13-01</born></member>'),
    )
    expect(answers['member']).toEqual([
      { m_name: null, born: null, age: 5, wage: null },
      { m_name: null, born: null, age: null, wage: null },
    ])
    expect(problems.map((problem) => problem.path)).toEqual(['member[2]/born', 'member[2]/age'])
  })

  test('unknown elements are kept, also those named like parts of an object', () => {
    const { answers_extra, problems, answers } = read(
      data('<village2>X</village2><__proto__>p</__proto__><member><shoe>42</shoe></member>'),
    )
    expect(answers_extra).toEqual(JSON.parse('{"village2":"X","__proto__":"p","member[1]/shoe":"42"}'))
    expect(problems.map((problem) => problem.code)).toEqual(Array.from({ length: 3 }, () => 'answer_unknown_element'))
    expect(answers['village']).toBeNull()
  })

  test('an answer given twice: the first counts, the second is kept', () => {
    const { answers, answers_extra, problems } = read(data('<area>1</area><area>2</area>'))
    expect(answers['area']).toBe(1)
    expect(answers_extra).toEqual({ 'area[2]': '2' })
    expect(problems).toMatchObject([{ code: 'answer_repeated', path: 'area' }])
  })
})

describe('hostile or broken XML', () => {
  test('is told by line and column', () => {
    expect(problemOf('<data id="f">\n  <a>1</b>\n</data>')).toMatchObject({ code: 'submission_malformed_xml', line: 2 })
    expect(problemOf('')).toMatchObject({ code: 'submission_malformed_xml' })
    expect(problemOf('<data id="f">')).toMatchObject({ code: 'submission_malformed_xml' })
    expect(problemOf('<data/>')?.message).toContain('names no form')
  })
  test('external entities are refused unread', () => {
    expect(
      problemOf('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><data id="f"><a>&x;</a></data>')?.message,
    ).toContain('document type')
  })
  test('a billion laughs are refused before the first', () => {
    const levels = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('')
    const began = process.cpuUsage()
    expect(problemOf(`<!DOCTYPE d [<!ENTITY l0 "ha">${levels}]><data id="f">&l9;</data>`)?.message).toContain(
      'document type',
    )
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(1)
  })
  test('undefined entities are errors, the five of XML are not', () => {
    expect(problemOf('<data id="f">&nbsp;</data>')).toMatchObject({ code: 'submission_malformed_xml' })
    expect(problemOf('<data id="f">&lt;&amp;&#65;</data>')).toBeUndefined()
  })
  test('depth and size have limits', () => {
    expect(problemOf(`<data id="f">${'<a>'.repeat(100_000)}`)?.message).toContain('nested deeper')
    expect(problemOf(`<data id="f">${'<a/>'.repeat(200_001)}</data>`)?.message).toContain('elements')
    expect(problemOf(new Uint8Array(20_000_001))?.message).toContain('larger')
  })
  test('bytes that are not UTF-8', () => {
    expect(problemOf(new Uint8Array([0x3c, 0x61, 0xff, 0x3e]))?.message).toContain('UTF-8')
  })
})
