import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDigit, checkNationalId, toEighteen } from './national-id.ts'

// the two examples printed in GB 11643-1999
const WOMAN = '11010519491231002X'
const MAN = '440524188001010014'

describe('GB 11643', () => {
  it('reads the examples of the standard', () => {
    expect(checkNationalId(WOMAN)).toEqual({
      valid: true,
      region: '110105',
      birth_date: '1949-12-31',
      sex: 'female',
      generation: 18,
    })
    expect(checkNationalId(MAN)).toEqual({
      valid: true,
      region: '440524',
      birth_date: '1880-01-01',
      sex: 'male',
      generation: 18,
    })
    expect(checkDigit(WOMAN.slice(0, 17))).toBe('X')
    expect(checkDigit(MAN.slice(0, 17))).toBe('4')
  })

  it('takes ways of writing for what they are', () => {
    expect(checkNationalId(' 110105 19491231 002x').valid).toBe(true)
    expect(checkNationalId('１１０１０５１９４９１２３１００２Ｘ').valid).toBe(true)
  })

  it('names what is wrong', () => {
    expect(checkNationalId('1101051949123100').problem).toBe('length')
    expect(checkNationalId('11010519491231O02X').problem).toBe('characters')
    expect(checkNationalId('110105194912310021').problem).toBe('check_digit')
    expect(checkNationalId('11010519490231002X').problem).toBe('date')
    expect(checkNationalId('110105190002290021').problem).toBe('date')
    expect(checkNationalId(WOMAN, '1949-12-30').problem).toBe('future_date')
    expect(checkNationalId(WOMAN, '1949-12-31').valid).toBe(true)
  })

  it('tells what an invalid number says all the same', () => {
    expect(checkNationalId('110105194912310021')).toMatchObject({
      birth_date: '1949-12-31',
      sex: 'female',
      region: '110105',
    })
  })

  it('writes 15 digits as 18', () => {
    expect(toEighteen('110105491231002')).toBe(WOMAN)
    expect(checkNationalId('110105491231002')).toMatchObject({ valid: true, generation: 15, birth_date: '1949-12-31' })
    expect(toEighteen('440524800101996').slice(6, 14)).toBe('18800101')
    expect(toEighteen(WOMAN)).toBe(WOMAN)
  })

  it('catches every single wrong digit and every swap of neighbours', () => {
    const first17 = fc.stringMatching(/^[1-6][0-9]{16}$/)
    fc.assert(
      fc.property(first17, fc.nat(16), fc.integer({ min: 1, max: 9 }), (digits, at, by) => {
        const whole = digits + checkDigit(digits)
        const wrong = digits.slice(0, at) + ((Number(digits[at]) + by) % 10) + digits.slice(at + 1)
        expect(checkDigit(wrong)).not.toBe(whole[17])
        if (at > 0 && digits[at] !== digits[at - 1]) {
          const swapped = digits.slice(0, at - 1) + digits[at] + digits[at - 1] + digits.slice(at + 1)
          expect(checkDigit(swapped)).not.toBe(whole[17])
        }
      }),
    )
  })

  it('refuses to compute from anything but 17 digits', () => {
    expect(() => checkDigit('1234')).toThrow(RangeError)
  })
})
