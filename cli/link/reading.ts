import type { OpenFile } from '#engines/linkage/files/files.ts'
import { parseKey } from '#engines/linkage/model/keys.ts'
import type { LinkageModel } from '#engines/linkage/model/model.ts'
import { literal, quote } from '#engines/linkage/session/session.ts'

export type DateOrder = 'dmy' | 'mdy'

/** How values are read before they are compared. */
export interface Reading {
  /** Order of dates that end in a year of four digits; those that begin with it are read as they are. */
  dates?: DateOrder
  /** Columns whose ways of writing one letter are read alike. */
  plain?: string[]
  /** Columns in which None, nan, -, 000000000 and the like are values. */
  keepFillers?: string[]
}

/** Columns that are compared as amounts. */
export const amountsOf = (model: LinkageModel): string[] =>
  model.comparisons.flatMap(({ kind, columns }) => (kind === 'number' ? columns : []))

const DATE_TRANSFORMS = ['date', 'year', 'month_day', 'date_unordered']

/** Columns that a model takes for dates. */
function dateColumns(model: LinkageModel): string[] {
  const compared = model.comparisons.flatMap(({ kind, columns }) =>
    kind === 'date' ? columns : kind === 'person_id' ? [columns[1]!] : [],
  )
  const keys = model.blocking_rules.flat().map(parseKey)
  const blocked = keys.filter(({ transform }) => DATE_TRANSFORMS.includes(transform)).map(({ column }) => column)
  return [...new Set([...compared, ...blocked])]
}

/** `12.3.1980`, `12/03/1980 00:00` as 1980-03-12 (or 1980-12-03); everything else as it is. */
export function dateSql(value: string, order: DateOrder): string {
  const [month, day] = order === 'dmy' ? ['2', '1'] : ['1', '2']
  const written = String.raw`^\s*(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})(?:[T ].*)?\s*$`
  return `regexp_replace(${value}, ${literal(written)}, ${literal(String.raw`\3-\M-\D`.replace('M', month!).replace('D', day!))})`
}

// scripts whose marks may be left out: in Indic ones they are the vowels
const LOOSE = String.raw`[\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}\p{Common}\p{Inherited}]*`
const ALIKE = [
  ['ٱ', 'ا'],
  ['ة', 'ه'],
  ['ى', 'ي'],
  ['ی', 'ي'],
  ['ک', 'ك'],
  ['ø', 'o'],
  ['Ø', 'O'],
  ['ł', 'l'],
  ['Ł', 'L'],
  ['đ', 'd'],
  ['Đ', 'D'],
  ['ı', 'i'],
  ...Array.from('٠١٢٣٤٥٦٧٨٩', (digit, i) => [digit, String(i)] as const),
  ...Array.from('۰۱۲۳۴۵۶۷۸۹', (digit, i) => [digit, String(i)] as const),
] as const

/**
 * Without accents, points and hamza (José as Jose, أحمد as احمد), taa marbuta as haa, alef maqsura as yaa, no tatweel,
 * eastern digits as 0-9. Values with other scripts (Chinese, Indic, Thai) are left alone.
 */
export function plainSql(value: string): string {
  const [from, to] = [ALIKE.map(([each]) => each).join(''), ALIKE.map(([, each]) => each).join('')]
  const bare = `translate(strip_accents(replace(${value}, 'ـ', '')), ${literal(from)}, ${literal(to)})`
  return `case when regexp_full_match(${value}, ${literal(LOOSE)}) then ${bare} else ${value} end`
}

/** The file with its values read so. */
export function readAs(file: OpenFile, model: LinkageModel, { dates, plain = [] }: Reading): OpenFile {
  const there = plain.filter((column) => file.columns.includes(column))
  const reads = new Map<string, string>(there.map((column) => [column, plainSql(`${quote(column)}::varchar`)]))
  if (dates) {
    for (const column of dateColumns(model)) {
      if (!file.columns.includes(column)) continue
      reads.set(column, dateSql(reads.get(column) ?? `${quote(column)}::varchar`, dates))
    }
  }
  if (reads.size === 0) return file
  const replaced = [...reads].map(([column, sql]) => `${sql} as ${quote(column)}`).join(', ')
  return { ...file, relation: `(select * replace (${replaced}) from ${file.relation})` }
}
