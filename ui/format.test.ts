import { expect, test } from 'vitest'
import { formatDate, formatMoney, formatNumber, formatSeconds, formatShare } from './format.ts'

const yuan = { code: 'CNY', minor_units: 100 }

test('money is minor units in the convention of the reader', () => {
  expect(formatMoney(280000, 'en-GB', yuan)).toBe('¥2,800')
  expect(formatMoney(280050, 'zh-CN', yuan)).toBe('¥2,800.50')
  expect(formatMoney(280050, 'en-GB', yuan, { cents: 'never' })).toBe('¥2,801')
  expect(formatMoney(null, 'en-GB', yuan)).toBe('—')
  expect(formatMoney(500, 'en-GB', { code: 'JPY', minor_units: 1 })).toContain('500')
})

test('a day stays the same day wherever the reader is', () => {
  expect(formatDate('2014-03-01', 'en-GB')).toBe('1 Mar 2014')
  expect(formatDate('2014-03-01', 'zh-CN')).toBe('2014年3月1日')
  expect(formatDate('no date', 'en-GB')).toBe('no date')
  expect(formatDate(undefined, 'en-GB')).toBe('—')
})

test('numbers, shares and lengths of time', () => {
  expect(formatNumber(12345.678, 'en-GB')).toBe('12,345.68')
  expect(formatNumber(Number.NaN, 'en-GB')).toBe('—')
  expect(formatShare(0.0213, 'en-GB')).toBe('2.1%')
  expect(formatSeconds(5400, 'en-GB')).toBe('1 hr, 30 mins')
  expect(formatSeconds(7, 'zh-CN')).toBe('7秒')
  expect(formatSeconds(-4, 'en-GB')).toBe('0 secs')
})
