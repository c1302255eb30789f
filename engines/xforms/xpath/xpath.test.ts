// XPath 1.0 by the examples of its recommendation (https://www.w3.org/TR/1999/REC-xpath-19991116/), and the functions of ODK by
// those of its specification (https://getodk.github.io/xforms-spec/#xpath-functions).
import { describe, expect, test } from 'vitest'
import { element } from '../xml.ts'
import { documentNode, evaluate, stringOf, XPathUnsupported, type Environment, type Node } from './evaluate.ts'
import { dateOfDays } from './functions.ts'
import { parseXPath, XPathSyntaxError } from './parse.ts'
import { toBoolean, toNumber, toText } from './values.ts'

const member = (name: string, age: string, more: Record<string, string> = {}) =>
  element('member', more, [element('name', {}, [name]), element('age', {}, [age])])
const document = documentNode(
  element('data', { id: 'form', 'xmlns:orx': 'http://openrosa.org/xforms' }, [
    element('orx:meta', {}, [element('orx:instanceID', {}, ['uuid:1'])]),
    element('area', {}, ['361']),
    member('Liu', '44', { relation: 'head' }),
    member('Chen', '9'),
    member('Ma', ''),
    element('note', {}, ['  two\n words ']),
  ]),
)
const root = document.children[0] as Node
const environment: Environment = {
  current: root,
  today: '2016-03-02',
  now: '2016-03-02T08:30:00.000Z',
  instance: (id) => (id === 'areas' ? document : undefined),
}
const find = (name: string): Node => {
  const [found] = evaluate(parseXPath(`//${name}`), { node: root, position: 1, size: 1, env: environment }) as Node[]
  if (!found) throw new Error(`no ${name}`)
  return found
}
const value = (source: string, node: Node = root) => {
  const result = evaluate(parseXPath(source), { node, position: 2, size: 3, env: environment })
  return Array.isArray(result) ? result.map(stringOf) : result
}
const names = (source: string, node: Node = root) => {
  const result = evaluate(parseXPath(source), { node, position: 1, size: 1, env: environment })
  return Array.isArray(result) ? result.map((each) => each.name) : result
}

describe('paths (2.1, 2.2, 2.5)', () => {
  test.each<[string, string[]]>([
    ['area', ['area']],
    ['/data/area', ['area']],
    ['/', ['']],
    ['*', ['orx:meta', 'area', 'member', 'member', 'member', 'note']],
    ['.', ['data']],
    ['member/..', ['data']],
    ['//age', ['age', 'age', 'age']],
    ['.//name', ['name', 'name', 'name']],
    ['member//name', ['name', 'name', 'name']],
    ['@id', ['id']],
    ['member/@*', ['relation']],
    ['child::area', ['area']],
    ['descendant::name', ['name', 'name', 'name']],
    ['descendant-or-self::node()[self::data]', ['data']],
    ['member[1]/ancestor::*', ['data']],
    ['member[1]/ancestor-or-self::*', ['member', 'data']],
    ['parent::node()', ['']],
    ['attribute::id', ['id']],
    ['area/following-sibling::*', ['member', 'member', 'member', 'note']],
    // The nearest comes first.
    ['member[1]/preceding-sibling::*', ['area', 'orx:meta']],
    ['@id/following-sibling::*', []],
    ['@id/..', ['data']],
    ['orx:meta/orx:instanceID', ['orx:instanceID']],
    ['orx:*', ['orx:meta']],
    ['namespace::orx', ['orx']],
    ['area/text()', ['']],
    ['nothing', []],
    ['area | note | area', ['area', 'note']],
  ])('%s', (source, found) => expect(names(source)).toEqual(found))

  test('each node once, though two ways lead to it', () => expect(value('count(member/../member)')).toBe(3))
})

describe('predicates (2.4)', () => {
  test.each<[string, unknown]>([
    ['member[2]/name', ['Chen']],
    ['member[position() = 2]/name', ['Chen']],
    ['member[last()]/name', ['Ma']],
    ['member[last() - 1]/name', ['Chen']],
    ['member[@relation]/name', ['Liu']],
    ["member[@relation = 'head']/age", ['44']],
    ['member[age > 10]/name', ['Liu']],
    ['member[age > 5][2]/name', ['Chen']],
    ['member[2][age > 5]/name', ['Chen']],
    ['(member/name)[3]', ['Ma']],
    ['member[age = ""]/name', ['Ma']],
    ['member[false()]', []],
  ])('%s', (source, found) => expect(value(source)).toEqual(found))
})

describe('operators (3.4, 3.5)', () => {
  test.each<[string, unknown]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 - 2 - 1', 4],
    ['12 div 3 div 2', 2],
    // 3.5.
    ['5 mod 2', 1],
    ['5 mod -2', 1],
    ['-5 mod 2', -1],
    ['-5 mod -2', -1],
    ['1.5 mod 0.5', 0],
    ['- - 3', 3],
    ['-area', -361],
    ['1 div 0', Infinity],
    ['-1 div 0', -Infinity],
    ['0 div 0', Number.NaN],
    ['1 = 1 and 2 = 2', true],
    ['1 = 2 or 2 = 2', true],
    ['1 or 0 and 0', true],
    ['3 > 2 > 1', false],
    ['2 >= 2', true],
    ['2 > 2', false],
    ['2 <= 2', true],
    ['2 < 2', false],
    ["'a' = 'a'", true],
    ["'a' != 'b'", true],
    ["'10' = 10", true],
    ["'10.0' = '10'", false],
    ["'b' > 'a'", false],
    ["true() = 'x'", true],
    ["false() != ''", false],
    // A comparison with nodes is true when it is true for one of them.
    ['member/age = 9', true],
    ['member/age != 9', true],
    ['member/name = //name', true],
    ['nothing = nothing', false],
    ['nothing != 1', false],
    ['nothing = false()', true],
    ['true() = nothing', false],
    ['member = true()', true],
    ['* div 2', Number.NaN],
  ])('%s is %j', (source, found) => expect(value(source)).toEqual(found))

  test('names that look like operators stay names where an operand is awaited (3.7)', () => {
    const odd = documentNode(element('div', {}, [element('mod', {}, ['6']), element('and', {}, ['2'])])).children[0]
    expect(value('mod div and', odd)).toBe(3)
    expect(value('mod * and', odd)).toBe(12)
    expect(value('* [2]', odd)).toEqual(['2'])
  })
})

describe('what is no expression', () => {
  test.each([
    '',
    '1 +',
    'a[1',
    '(1',
    "'open",
    'a b',
    'f(1',
    'f(1,)',
    'a/',
    '//',
    'child::',
    '@',
    'a $ b',
    '/data/',
    ')',
  ])('%s', (source) => {
    expect(() => parseXPath(source)).toThrow(XPathSyntaxError)
  })

  test('the place is said', () => expect(() => parseXPath('area + )')).toThrow('at 8'))

  test('what is nested deeper than people write is refused before the stack ends', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}1${')'.repeat(depth)}`
    expect(value(nested(199))).toBe(1)
    expect(() => parseXPath(nested(200))).toThrow('nested too deep')
    // Side by side is not deep.
    expect(value(Array.from({ length: 400 }, () => '(1)').join(' + '))).toBe(400)
  })
})

describe('functions of XPath (4)', () => {
  test.each<[string, unknown]>([
    ['last()', 3],
    ['position()', 2],
    ['count(member)', 3],
    ['name(member[1]/@relation)', 'relation'],
    ['name(orx:meta)', 'orx:meta'],
    ['local-name(orx:meta)', 'meta'],
    ['name(nothing)', ''],
    ['namespace-uri(orx:meta)', 'http://openrosa.org/xforms'],
    ['namespace-uri(@id)', ''],
    ['namespace-uri(area)', ''],
    ['string(area)', '361'],
    ['string(1 div 0)', 'Infinity'],
    ['string(0 div 0)', 'NaN'],
    ['string(-0)', '0'],
    ['string(1.50)', '1.5'],
    ['string(true())', 'true'],
    ["concat('a', 1, true())", 'a1true'],
    ['concat(member/name)', 'LiuChenMa'],
    ["starts-with('abc', 'ab')", true],
    ["starts-with('abc', 'bc')", false],
    ["ends-with('abc', 'bc')", true],
    ["ends-with('abc', 'ab')", false],
    ["contains('abc', 'b')", true],
    ["contains('abc', 'd')", false],
    // 4.2.
    ["substring-before('1999/04/01', '/')", '1999'],
    ["substring-before('1999', '/')", ''],
    ["substring-after('1999/04/01', '/')", '04/01'],
    ["substring-after('1999/04/01', '19')", '99/04/01'],
    ["substring-after('1999', '/')", ''],
    ["substring('12345', 2, 3)", '234'],
    ["substring('12345', 2)", '2345'],
    ["substring('12345', 1.5, 2.6)", '234'],
    ["substring('12345', 0, 3)", '12'],
    ["substring('12345', 0 div 0, 3)", ''],
    ["substring('12345', 1, 0 div 0)", ''],
    ["substring('12345', -42, 1 div 0)", '12345'],
    ["substring('12345', -1 div 0, 1 div 0)", ''],
    ["translate('bar', 'abc', 'ABC')", 'BAr'],
    ["translate('--aaa--', 'abc-', 'ABC')", 'AAA'],
    ["string-length('户主')", 2],
    ["string-length('𠮷')", 1],
    ['normalize-space(note)', 'two words'],
    ['not(1)', false],
    ["boolean('')", false],
    ["boolean('false')", true],
    ['boolean(0 div 0)', false],
    ['boolean(-1)', true],
    ['boolean(nothing)', false],
    ['number(true())', 1],
    ['number(false())', 0],
    ["number('  12.5 ')", 12.5],
    ["number('-.5')", -0.5],
    ["number('12 3')", Number.NaN],
    ["number('')", Number.NaN],
    ['sum(member[age != ""]/age)', 53],
    ['floor(2.6)', 2],
    ['floor(-2.5)', -3],
    ['ceiling(2.2)', 3],
    ['ceiling(-2.5)', -2],
    ['round(2.5)', 3],
    // Of two that are as near, the one that is closer to positive infinity (4.4).
    ['round(-2.5)', -2],
    ['round(2.4)', 2],
  ])('%s is %j', (source, found) => expect(value(source)).toEqual(found))

  test('of the node itself where no argument is given', () => {
    expect(value('number()', find('area'))).toBe(361)
    expect(value('string()', find('area'))).toBe('361')
    expect(value('string-length()', find('area'))).toBe(3)
    expect(value('normalize-space()', find('note'))).toBe('two words')
    expect(value('name()', find('area'))).toBe('area')
    expect(value('local-name()', find('orx:meta'))).toBe('meta')
  })
})

describe('functions of ODK', () => {
  test.each<[string, unknown]>([
    ["if(1 = 1, 'yes', 'no')", 'yes'],
    ["if('', 'yes', 'no')", 'no'],
    ["coalesce('', 'b')", 'b'],
    ["coalesce('a', 'b')", 'a'],
    ["boolean-from-string('TRUE')", true],
    ["boolean-from-string('1')", true],
    ["boolean-from-string('yes')", false],
    ["int('-2.7')", -2],
    ["join(', ', member/name)", 'Liu, Chen, Ma'],
    ["join('-', 1, 2)", '1-2'],
    ["substr('hello', 1, 3)", 'el'],
    ["substr('hello', 1)", 'ello'],
    ["regex('123', '[0-9]{3}')", true],
    ["regex('1234', '[0-9]{3}')", false],
    ["regex('ab', 'a|b')", false],
    ["selected('a b c', 'b')", true],
    ["selected('abc', 'b')", false],
    ["selected-at('a b c', 0)", 'a'],
    ["selected-at('a b c', 3)", ''],
    ["count-selected(' a  b ')", 2],
    ["count-selected('')", 0],
    ['count-non-empty(member/age)', 2],
    ['min(3, 1, 2)', 1],
    ['max(member[age != ""]/age)', 44],
    ['abs(-3)', 3],
    ['pow(2, 10)', 1024],
    ['round(2.345, 2)', 2.35],
    ['round(1.005, 2)', 1.01],
    ['position(member[3])', 3],
    ['position(area)', 1],
    ['indexed-repeat(/data/member/name, /data/member, 2)', ['Chen']],
    ['indexed-repeat(/data/member/name, /data/member, 4)', []],
    ['current()/area', ['361']],
    ["instance('areas')/data/area", ['361']],
    ['today()', '2016-03-02'],
    ['now()', '2016-03-02T08:30:00.000Z'],
    // Days since 1970-01-01.
    ["number('1970-01-02')", 1],
    ["number('2016-03-02')", 16_862],
    ["number('1970-01-01T12:00:00.000Z')", 0.5],
    ["number('1970-01-01T06:30')", 0.2708333333333333],
    ["decimal-date-time('1970-01-03')", 2],
    ['date(16862)', '2016-03-02'],
    ["date('2016-03-02')", '2016-03-02'],
    ["today() > '2016-03-01'", true],
    ["format-date('2016-03-02', '%e.%n.%y %d/%m/%Y')", '2.3.16 02/03/2016'],
    ["format-date('no date', '%Y')", ''],
    ["format-date-time('2016-03-02T08:05:09.000', '%H:%M:%S %h %3')", '08:05:09 8 000'],
  ])('%s is %j', (source, found) => expect(value(source)).toEqual(found))

  test.each([
    'jr:choice-name(1, 2)',
    'toString()',
    "regex('a', '[')",
    "format-date('2016-03-02', '%q')",
    "instance('other')",
    "count('a')",
    'not()',
    'indexed-repeat(a, b, 1, c, 2)',
  ])('%s is not worked out here', (source) => expect(() => value(source)).toThrow(XPathUnsupported))

  test('days and dates, far from today too', () => {
    expect(dateOfDays(0)).toBe('1970-01-01')
    expect(dateOfDays(-1)).toBe('1969-12-31')
    expect(dateOfDays(0.99)).toBe('1970-01-01')
    expect(dateOfDays(Number.NaN)).toBe('')
  })
})

test('the four types, each as another (4.2, 4.3, 4.4)', () => {
  const nodes = [find('area'), find('note')]
  expect([toText(nodes), toText([]), toText(false)]).toEqual(['361', '', 'false'])
  expect([toNumber(nodes), toNumber([]), toNumber(true)]).toEqual([361, Number.NaN, 1])
  expect([toBoolean(nodes), toBoolean([]), toBoolean('0'), toBoolean(0)]).toEqual([true, false, true, false])
})
