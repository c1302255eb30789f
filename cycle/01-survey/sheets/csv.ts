// Text with separators: which encoding, which separator, which lines.
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'

/** Encodings a person may choose where the bytes are not UTF-8; the first two are tried by themselves. */
export const encodings = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'gb18030',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'windows-1254',
  'windows-1256',
  'windows-1258',
  'big5',
  'shift_jis',
  'euc-kr',
] as const
export type Encoding = (typeof encodings)[number]

export interface Decoded {
  text: string
  encoding: Encoding
  /** False where the bytes fit several encodings and this one is a guess: a person has to look. */
  sure: boolean
}

/** Text of bytes. UTF-8 and marked UTF-16 are certain; for all else `chosen` decides, or a guess that says it is one. */
export function decode(bytes: Uint8Array, chosen?: Encoding): Decoded {
  const [a, b] = bytes
  if (a === 0xff && b === 0xfe) return { text: decodeAs(bytes, 'utf-16le'), encoding: 'utf-16le', sure: true }
  if (a === 0xfe && b === 0xff) return { text: decodeAs(bytes, 'utf-16be'), encoding: 'utf-16be', sure: true }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8', sure: true }
  } catch {
    const encoding = chosen ?? guess(bytes)
    return { text: decodeAs(bytes, encoding), encoding, sure: chosen !== undefined }
  }
}

const decodeAs = (bytes: Uint8Array, encoding: Encoding): string => iconv.decode(Buffer.from(bytes), encoding)

/** Chinese lists are dense in double bytes; a European list has a lone high byte here and there. */
function guess(bytes: Uint8Array): Encoding {
  const text = decodeAs(bytes.subarray(0, 100_000), 'gb18030')
  const high = text.match(/\P{ASCII}/gu) ?? []
  const han = high.filter((sign) => /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/.test(sign))
  return high.length > 0 && han.length / high.length > 0.9 ? 'gb18030' : 'windows-1252'
}

/** How a stretch of the file reads in each encoding that can be chosen: what a person compares. */
export function readings(bytes: Uint8Array): { encoding: Encoding; sample: string }[] {
  const at = bytes.findIndex((byte) => byte > 127)
  const from = Math.max(0, at - 20)
  const part = bytes.subarray(from, from + 60)
  return encodings
    .filter((encoding) => !encoding.startsWith('utf'))
    .map((encoding) => ({ encoding, sample: decodeAs(part, encoding).replaceAll(/\p{Cc}+/gu, ' ') }))
}

const delimiters = [',', ';', '\t', '，', '|']

/** The separator that gives the upper lines the same number of cells, most of them, and the most cells. */
export function delimiterOf(text: string): string {
  const lines = text
    .slice(0, 200_000)
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim() !== '')
    .slice(0, 12)
  const scores = delimiters.map((delimiter) => {
    const counts = lines.map((line) => cellsIn(line, delimiter)).filter((count) => count > 1)
    const same = [...Map.groupBy(counts, (count) => count).values()].map((group) => group.length)
    return { delimiter, same: Math.max(0, ...same), first: lines[0] ? cellsIn(lines[0], delimiter) : 1 }
  })
  // In a list with decimal commas every line has a comma too; the heading then has none.
  return scores.reduce((best, each) =>
    each.same > best.same || (each.same === best.same && each.first > best.first) ? each : best,
  ).delimiter
}

function cellsIn(line: string, delimiter: string): number {
  let quoted = false
  let cells = 1
  for (const sign of line) {
    if (sign === '"') quoted = !quoted
    else if (sign === delimiter && !quoted) cells++
  }
  return cells
}

/** The lines of a text, cells as written. Throws an Error that names the line where a quote is not closed. */
export function linesOf(text: string): { cells: string[]; delimiter: string }[] {
  const delimiter = delimiterOf(text)
  const records = parse(text, {
    delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
  }) as string[][]
  return records.map((cells) => ({ cells, delimiter }))
}
