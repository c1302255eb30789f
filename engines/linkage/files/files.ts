import { createHash } from 'node:crypto'
import { access, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { encodingOf, firstBytes, writeUtf8 } from './encoding.ts'
import { LinkageError } from '../errors.ts'
import type { Relation } from '../pairs/load.ts'
import { quote, readColumns } from '../session/session.ts'

/** A Parquet or CSV file opened as a relation of a connection. `close` removes what was converted on the way. */
export type OpenFile = Relation & { columns: string[]; close(): Promise<void> }

export type FileOptions = {
  /** A label of TextDecoder; default: found from the bytes. CSV alone. */
  encoding?: string
  /** Column of the file -> name under which the model knows it. */
  rename?: Readonly<Record<string, string>>
  /** Folder for a CSV file written anew as UTF-8, under a name that a run started again gives it too. */
  scratch?: string
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

/** Found from the first bytes: a file's name may be wrong. Throws `linkage_unreadable_file` for what is neither Parquet nor text. */
async function isParquet(path: string): Promise<boolean> {
  const head = (await firstBytes(path, 4)).toString('latin1')
  if (head === 'PAR1' || ['.parquet', '.pq'].includes(extname(path).toLowerCase())) return true
  const packed =
    head === 'PK\u0003\u0004'
      ? 'a spreadsheet (XLSX) or ZIP file'
      : head.startsWith('\u001f\u008b')
        ? 'a gzip file'
        : null
  if (packed === null) return false
  throw new LinkageError('linkage_unreadable_file', `${path} is ${packed}: save it as CSV or Parquet.`, { path })
}

/** The delimiter that the header line holds most of, outside quotes: a sniffer may take a broken list for one column. */
function delimiterOf(header: string): string {
  const plain = header.replace(/"[^"]*"/g, '')
  const counted = [',', ';', '\t', '|'].map((mark) => ({ mark, count: plain.split(mark).length }))
  return counted.reduce((best, next) => (next.count > best.count ? next : best)).mark
}

/** Every value as text, so that 007 stays 007. */
async function csvRelation(path: string): Promise<string> {
  const head = (await firstBytes(path, 65_536)).toString('utf8').replace(/^\ufeff/, '')
  if (head.trim() === '') throw new LinkageError('linkage_empty_side', `${path} is empty.`, { path })
  const delimiter = delimiterOf(head.replace(/[\r\n][^]*$/, ''))
  return `read_csv(${literal(path)}, all_varchar = true, header = true, auto_detect = false, delim = ${literal(delimiter)}, quote = '"', escape = '"', columns = {${headerOf(
    head,
    delimiter,
  )
    .map((name) => `${literal(name)}: 'VARCHAR'`)
    .join(', ')}})`
}

function headerOf(head: string, delimiter: string): string[] {
  const names: string[] = []
  const cell = /"((?:[^"]|"")*)"|([^"]*?)(?=DELIMITER|\r|\n|$)/y
  const at = new RegExp(cell.source.replace('DELIMITER', delimiter === '|' ? '\\|' : delimiter), 'y')
  for (;;) {
    const found = at.exec(head)
    // it matches the empty text too
    if (!found) throw new RangeError(`No column name at ${at.lastIndex} of the header`)
    // a comma too many at the end of each line is no reason to refuse a list
    names.push((found[1]?.replaceAll('""', '"') ?? found[2] ?? '').trim() || `column_${names.length + 1}`)
    if (head[at.lastIndex] !== delimiter) break
    at.lastIndex++
  }
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) {
    throw new LinkageError('linkage_unreadable_file', `The header names the column "${twice}" twice.`, {
      column: twice,
    })
  }
  return names
}

/**
 * Opens a file for reading, columns renamed. Throws ENOENT, `linkage_unreadable_file`, `linkage_mixed_encodings`,
 * `linkage_unknown_encoding`, `linkage_empty_side`, `linkage_no_column` (a column to rename that is not there).
 */
export async function openFile(
  connection: DuckDBConnection,
  path: string,
  { encoding, rename: names = {}, scratch = join(tmpdir(), `linkage-${process.pid}`) }: FileOptions = {},
): Promise<OpenFile> {
  await access(path)
  let converted: string | null = null
  const close = async () => {
    if (converted) await rm(converted, { force: true })
  }
  try {
    let source: string
    if (await isParquet(path)) source = `read_parquet(${literal(path)})`
    else {
      const label = encoding ?? (await encodingOf(path))
      if (label !== 'utf-8') {
        await mkdir(scratch, { recursive: true, mode: 0o700 })
        converted = join(scratch, `${createHash('sha256').update(resolve(path)).digest('hex').slice(0, 16)}.csv`)
        await writeUtf8(path, converted, label)
      }
      source = await csvRelation(converted ?? path)
    }
    const [found] = await readable(path, () =>
      readColumns(connection, `select column_name from (describe select * from ${source})`),
    )
    const there = found.map(String)
    needColumns(path, there, Object.keys(names))
    const select = there.map((name) => `${quote(name)} as ${quote(names[name] ?? name)}`).join(', ')
    const columns = there.map((name) => names[name] ?? name)
    const twice = columns.find((name, i) => columns.indexOf(name) < i)
    if (twice !== undefined) {
      throw new LinkageError('linkage_unreadable_file', `${path} would have two columns named "${twice}".`, {
        path,
        column: twice,
      })
    }
    return { relation: `(select ${select} from ${source})`, columns, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Throws `linkage_no_column` with the columns that are there. */
export function needColumns(path: string, there: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter((name) => !there.includes(name))
  if (missing.length === 0) return
  throw new LinkageError(
    'linkage_no_column',
    `${path} has no column ${missing.join(', ')}. It has: ${there.join(', ')}.`,
    {
      path,
      missing,
      columns: there,
    },
  )
}

/** Runs what reads a file; what DuckDB says of the file becomes `linkage_unreadable_file`. */
export async function readable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const text = error instanceof Error ? error.message : ''
    if (!/CSV Error|CSV Parser|[Pp]arquet|No magic bytes|CSV Reader/.test(text) || error instanceof LinkageError)
      throw error
    const line = /Line: (\d+)/.exec(text)?.[1]
    // of two files the message says which, unless it was written anew under another name
    const named = /^\s*file ?= ?(.+)$/m.exec(text)?.[1]?.trim()
    const file = named !== undefined && path.split(' or ').includes(named) ? named : path
    const why = /not utf-8 encoded|Invalid unicode/i.test(text)
      ? 'it is not UTF-8. Leave the encoding out to have it found, or name the right one.'
      : /invalid state/.test(text)
        ? 'some of its lines end in a line feed, others in a carriage return too, or a quote stands open.'
        : (text.split('\n').find((part) => /Expected|expected|quote|columns|magic|arquet/.test(part)) ?? text).trim()
    const where = line ? `, line ${line}` : ''
    const detail = { path: file, ...(line ? { line: Number(line) } : {}), reason: why }
    throw new LinkageError('linkage_unreadable_file', `${file} cannot be read${where}: ${why}`, detail)
  }
}
