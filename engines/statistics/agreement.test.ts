import { expect, test } from 'vitest'
import { agreementOf } from './agreement.ts'

const times = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value)

test('kappa of a two by two table of fifty: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no', () => {
  // p_o = 35/50; p_e = 0.5 x 0.6 + 0.5 x 0.4 = 0.5
  const found = agreementOf([
    ...times(20, ['yes', 'yes'] as const),
    ...times(5, ['yes', 'no'] as const),
    ...times(10, ['no', 'yes'] as const),
    ...times(15, ['no', 'no'] as const),
  ])
  expect(found?.kappa).toBeCloseTo(0.4, 12)
  expect(found).toMatchObject({ pairs: 50, agreed: 35 })
  expect(found?.share.estimate).toBeCloseTo(0.7, 12)
  expect(found?.share.lower).toBeCloseTo(0.5625, 3)
  expect(found?.share.upper).toBeCloseTo(0.809, 3)
})

test('everybody always says yes: agreement is whole, kappa is not defined', () => {
  expect(agreementOf(times(9, ['yes', 'yes'] as const))).toMatchObject({ agreed: 9, kappa: null })
  expect(agreementOf([])).toBeNull()
})

test('agreement by chance alone has kappa 0, contradiction throughout has -1', () => {
  const chance = [
    ['a', 'a'],
    ['a', 'b'],
    ['b', 'a'],
    ['b', 'b'],
  ] as const
  expect(agreementOf(chance)?.kappa).toBe(0)
  expect(
    agreementOf([
      ['a', 'b'],
      ['b', 'a'],
    ] as const)?.kappa,
  ).toBe(-1)
})
