import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { RegistryProblem } from '../problem.ts'

/** SHA-256 (hexadecimal) of a file, read as a stream. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** A stream that passes everything on and knows its SHA-256 and length in bytes afterwards. */
export function meter(): Transform & { sha256(): string; bytes(): number } {
  const hash = createHash('sha256')
  let bytes = 0
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  let digest: string | null = null
  return Object.assign(through, { sha256: () => (digest ??= hash.digest('hex')), bytes: () => bytes })
}

/** A table's name, fit to stand in a statement. Throws for anything but a plain lower-case name. */
export function tableName(name: string): string {
  if (/^[a-z][a-z0-9_]*$/.test(name)) return name
  throw new RegistryProblem('registry_table_unknown', `"${name}" is no table.`, 'Name a table of the registry.')
}

/** A text as DuckDB's SQL has it between quotes. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
