import { addDays } from '#door/day.ts'
import type { Field } from '#engines/xforms/fields.ts'
import { readValue, type Value } from '#engines/xforms/values.ts'

const yes = new Set(['yes', 'y', 'true', '1', '是', '有', '对', '√', '✓', 'v'])
const no = new Set(['no', 'n', 'false', '0', '否', '无', '没有', '×', 'x', '不是'])

/** A date as people write it, as YYYY-MM-DD; the text itself where it is none. */
export function dateText(text: string): string {
  const found =
    /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  if (found) return `${found[1]}-${found[2]?.padStart(2, '0')}-${found[3]?.padStart(2, '0')}`
  // Spreadsheets count days from 1899-12-30 (Excel's 1900 system); five digits is 1927 to 2173.
  if (/^\d{5}$/.test(text)) return addDays('1899-12-30', Number(text))
  return text
}

/** A number without the thousands' commas and units people add to it. */
const numberText = (text: string): string =>
  text.replaceAll(/(?<=\d)[,\s](?=\d{3}\b)/g, '').replace(/\s*(元|亩|平方米|㎡|m2|分钟|米|头|只|月|人|yuan)$/i, '')

function choiceOf(field: Field, text: string): string {
  if (field.choices?.includes(text)) return text
  const wanted = text.toLowerCase()
  const by_label = Object.entries(field.choice_labels ?? {}).find(([, labels]) =>
    Object.values(labels).some((label) => label.trim().toLowerCase() === wanted),
  )
  return by_label?.[0] ?? text
}

/**
 * The answer a cell holds: choices by name or label in any language, yes and no in words, dates and numbers as people
 * write them. Blank is null; undefined is not an answer to this question.
 */
export function readCell(field: Field, written: string): Value | undefined {
  const text = written.normalize('NFKC').trim()
  if (text === '') return null
  switch (field.type) {
    case 'bool':
      return yes.has(text.toLowerCase()) ? true : no.has(text.toLowerCase()) ? false : undefined
    case 'int': {
      // Excel gives 3 as 3.0 where a column was once decimal.
      return readValue(field, numberText(text).replace(/\.0+$/, ''))
    }
    case 'decimal':
    case 'money':
      return readValue(field, numberText(text))
    case 'date':
      return readValue(field, dateText(text))
    case 'choice':
      return readValue(field, choiceOf(field, text))
    case 'choices':
      return readValue(
        field,
        text
          .split(/[\s,;、，；]+/)
          .map((each) => choiceOf(field, each))
          .join(' '),
      )
    case 'text':
      return written.trim()
    default:
      return readValue(field, text)
  }
}

/** What a cell of this question may hold, in a few words. */
export const expected = [
  'bool',
  'date',
  'int',
  'money',
  'choice',
  'text',
  'area',
  'person',
  'household',
  'resolve',
] as const
export type Expected = (typeof expected)[number]

/** What a cell should hold, as a code that screens put into words. */
export function expectedOf(field: Field): Expected {
  if (field.choices && field.type !== 'bool') return 'choice'
  return expected.find((each) => each === field.type) ?? 'text'
}

export function expectation(field: Field): string {
  if (field.type === 'bool') return 'yes or no (是, 否)'
  if (field.type === 'date') return 'a date such as 2014-05-31'
  if (field.type === 'int') return 'a whole number'
  if (field.type === 'money') return 'an amount with at most two decimals'
  if (field.choices) {
    const named = field.choices.slice(0, 8).map((name) => field.choice_labels?.[name]?.['Chinese (zh)'] ?? name)
    return `one of ${named.join(', ')}${field.choices.length > 8 ? ', ...' : ''}`
  }
  return field.type
}
