import { expect, test } from 'vitest'
import { namePattern, syllables } from './find-name.ts'

/** The pattern in JavaScript's writing, for names as they stand. */
const finds = (typed: string, name: string) => {
  const pattern = namePattern(typed)
  return pattern !== null && new RegExp(pattern.replaceAll('[:space:]', '\\s'), 'iu').test(name)
}

test('a name is found as it is written, with a space in it, and by its sound (F82)', () => {
  for (const typed of ['李国强', '李 国强', ' 国强 ', 'liguoqiang', 'Li Guoqiang', 'li guo qiang', 'lǐ guóqiáng']) {
    expect(finds(typed, '李国强'), typed).toBe(true)
  }
  expect(finds('liguo', '李国强')).toBe(true)
  expect(finds('guoqiang', '李国强'), 'sound is read from the beginning').toBe(false)
  expect(finds('wangguoqiang', '李国强')).toBe(false)
})

test('readings: ü as v, names with several readings, names in Latin letters and with dots', () => {
  expect(finds('lvxiulan', '吕秀兰')).toBe(true)
  expect(finds('lü xiulan', '吕秀兰')).toBe(true)
  expect(finds('shan xiaomei', '单小梅')).toBe(true)
  expect(finds('zeng', '曾建平')).toBe(true)
  expect(finds('买买提艾力', '买买提·艾力')).toBe(true)
  expect(finds('featherstone', 'Wilhelmina Featherstonehaugh-Ng')).toBe(true)
  expect(syllables('xian')).toEqual([['xian'], ['xi', 'an']])
})

test('what is typed is text, never a pattern, and long input is nothing', () => {
  expect(finds('.*', '李国强')).toBe(false)
  expect(finds('李(国', '李国强')).toBe(false)
  expect(namePattern('   ')).toBeNull()
  expect(namePattern('a'.repeat(200))).toBeNull()
  expect((namePattern('lililililililili') ?? '').split('|').length).toBeLessThan(18)
})
