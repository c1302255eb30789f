// A small made-up countryside for tests: families with numbers, written down twice by people who slip. Not statistics of
// any place; shares of surnames follow the order of the common ones. Seeded: the same every time.
import { checkDigit } from '../model/national-id.ts'

export type SamplePerson = {
  record_id: string
  household_id: string
  name: string
  national_id: string | null
  birth_date: string | null
  sex: string
  area_code: string
  phone: string | null
}

const SURNAMES =
  '王王王王李李李李张张张刘刘刘陈陈杨杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕'
const GIVEN =
  '伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉建国华玲红玉梅波斌宇浩凯鑫莉桃凤琴云莲珍荣成志海东新春生'
const HOMOPHONES: Record<string, string> = {
  伟: '炜',
  芳: '方',
  丽: '莉',
  英: '瑛',
  静: '靖',
  明: '铭',
  军: '均',
  杰: '洁',
  张: '章',
  徐: '许',
}
const TRADITIONAL: Record<string, string> = {
  张: '張',
  刘: '劉',
  陈: '陳',
  杨: '楊',
  华: '華',
  国: '國',
  丽: '麗',
  吕: '呂',
  军: '軍',
}

/** mulberry32: small, fast, good enough for samples. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const pad = (value: number, width: number) => String(value).padStart(width, '0')

/**
 * `households` families in `villages` villages: `left` is the register, `right` a survey of about 93% of it with slips at
 * `error_rate` (1 is the ordinary rate), some moved, some new. `truth` maps a right record to its left one.
 */
export function sampleCountryside(households: number, seed = 1, villages = 12, error_rate = 1) {
  const random = seeded(seed)
  const pick = (text: string) => text[Math.floor(random() * text.length)]!
  const slip = (rate: number) => random() < rate * error_rate
  const left: SamplePerson[] = []
  const right: SamplePerson[] = []
  const truth = new Map<string, string>()
  let sequence = 0
  for (let h = 0; h < households; h++) {
    const area_code = `522301${pad(100 + Math.floor(h / 5000), 3)}${pad(200 + Math.floor(random() * villages), 3)}`
    const father = pick(SURNAMES)
    const phone = `1${pad(Math.floor(random() * 1e10), 10)}`
    const size = 1 + Math.floor(random() * 6)
    const family: SamplePerson[] = []
    for (let i = 0; i < size; i++) {
      const male = i === 0 ? random() < 0.8 : i === 1 ? random() < 0.2 : random() < 0.52
      const year = i < 2 ? 1940 + Math.floor(random() * 50) : i === 5 ? 1935 : 1985 + Math.floor(random() * 33)
      const date = [pad(year, 4), pad(1 + Math.floor(random() * 12), 2), pad(1 + Math.floor(random() * 28), 2)]
      sequence = (sequence + 1 + Math.floor(random() * 3)) % 490
      const first17 = `522301${date.join('')}${pad(sequence * 2 + (male ? 1 : 0), 3)}`
      family.push({
        record_id: `L${pad(left.length + i, 6)}`,
        household_id: `HL${pad(h, 6)}`,
        name: (i === 1 ? pick(SURNAMES) : father) + pick(GIVEN) + (random() < 0.75 ? pick(GIVEN) : ''),
        national_id: random() < 0.97 ? first17 + checkDigit(first17) : null,
        birth_date: date.join('-'),
        sex: male ? '男' : '女',
        area_code,
        phone: i === 0 || random() < 0.3 ? phone : null,
      })
    }
    left.push(...family)
    if (random() < 0.05) continue
    const elsewhere = slip(0.03) ? `522301100${pad(200 + Math.floor(random() * villages), 3)}` : area_code
    for (const [i, person] of family.entries()) {
      if (random() < 0.02) continue
      const written = {
        ...person,
        record_id: `R${pad(right.length, 6)}`,
        household_id: `HR${pad(h, 6)}`,
        area_code: elsewhere,
      }
      const characters = Array.from(person.name)
      const at = Math.floor(random() * characters.length)
      if (slip(0.03)) characters[at] = HOMOPHONES[characters[at]!] ?? characters[at]!
      if (slip(0.02)) characters[at] = TRADITIONAL[characters[at]!] ?? characters[at]!
      if (slip(0.02)) characters[characters.length - 1] = pick(GIVEN)
      if (slip(0.005)) characters.splice(1, characters.length, pick(GIVEN), pick(GIVEN))
      written.name = characters.join('')
      if (person.national_id) {
        const digits = person.national_id.split('')
        const place = Math.floor(random() * 17)
        if (slip(0.04)) digits[place] = String((Number(digits[place]) + 1 + Math.floor(random() * 9)) % 10)
        if (slip(0.02)) [digits[place], digits[place + 1]] = [digits[place + 1]!, digits[place]!]
        written.national_id = slip(0.06) ? null : digits.join('')
        if (i > 1 && slip(0.02)) written.national_id = family[0]!.national_id
      }
      if (slip(0.03)) written.birth_date = `${person.birth_date!.slice(0, 4)}-01-01`
      if (slip(0.03)) written.birth_date = null
      written.phone = slip(0.2) ? null : phone
      if (slip(0.01)) written.phone = `1${pad(Math.floor(random() * 1e10), 10)}`
      truth.set(written.record_id, person.record_id)
      right.push(written)
    }
    if (random() < 0.05) {
      const year = 2019 + Math.floor(random() * 4)
      const date = `${year}-${pad(1 + Math.floor(random() * 12), 2)}-${pad(1 + Math.floor(random() * 28), 2)}`
      right.push({
        record_id: `R${pad(right.length, 6)}`,
        household_id: `HR${pad(h, 6)}`,
        name: father + pick(GIVEN) + pick(GIVEN),
        national_id: null,
        birth_date: date,
        sex: random() < 0.5 ? '男' : '女',
        area_code: elsewhere,
        phone: null,
      })
    }
  }
  return { left, right, truth }
}
