import { normalizeText } from '../compare/distance.ts'
import { LinkageError } from '../errors.ts'
import { foldName, soundKey, surnameOf } from '../compare/names.ts'
import { normalizeNationalId, toEighteen } from './national-id.ts'
import { prepareDate } from './person-id.ts'

/** A blocking key: records are compared when `transform(value of column)` is the same text on both sides. */
export type BlockingKey = { column: string; transform: string; of(value: string): string | null }

const TRANSFORMS: Record<string, (value: string) => string | null> = {
  text: normalizeText,
  /** As it stands: to the last letter, as databases join. */
  exact: (value) => value,
  /** Chinese: standard characters; sound; surname. */
  folded: foldName,
  sound: soundKey,
  surname: surnameOf,
  digits: (value) => value.normalize('NFKC').replace(/\D/g, ''),
  /** Letters and digits alone, as the kind `digits` compares: a postcode however it is spaced. */
  code: (value) =>
    value
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[^0-9A-Z]/g, ''),
  date: (value) => {
    const date = prepareDate(value)
    return date && `${date.year}-${date.month}-${date.day}`
  },
  year: (value) => String(prepareDate(value)?.year ?? (/^\d{4}$/.exec(value.trim())?.[0] || '')),
  /** Year and the smaller, then the greater of month and day: a swapped date keeps its key. */
  date_unordered: (value) => {
    const date = prepareDate(value)
    return date && `${date.year}-${Math.min(date.month, date.day)}-${Math.max(date.month, date.day)}`
  },
  month_day: (value) => {
    const date = prepareDate(value)
    return date && `${date.month}-${date.day}`
  },
  gb11643: (value) => {
    const id = toEighteen(normalizeNationalId(value))
    return id.length === 18 && !/^(.)\1+$/.test(id) ? id : null
  },
}

/** Reads `column` or `column:transform`; prefixN and suffixN take N characters. Throws `linkage_bad_model`. */
export function parseKey(text: string): BlockingKey {
  const colon = text.lastIndexOf(':')
  const column = colon < 0 ? text : text.slice(0, colon)
  const transform = colon < 0 ? 'text' : text.slice(colon + 1)
  const cut = /^(prefix|suffix)([1-9]\d?)$/.exec(transform)
  const apply = cut ? cutter(cut[1] === 'prefix', Number(cut[2])) : TRANSFORMS[transform]
  if (!apply || column === '') {
    const known = [...Object.keys(TRANSFORMS), 'prefixN', 'suffixN'].join(', ')
    throw new LinkageError('linkage_bad_model', `No blocking key "${text}": transforms are ${known}.`, { key: text })
  }
  return { column, transform, of: (value) => apply(value) || null }
}

/** Values shorter than the cut have no key: a half-written code must not meet all others. */
function cutter(from_start: boolean, length: number): (value: string) => string | null {
  return (value) => {
    const characters = Array.from(normalizeText(value))
    if (characters.length < length) return null
    return (from_start ? characters.slice(0, length) : characters.slice(-length)).join('')
  }
}
