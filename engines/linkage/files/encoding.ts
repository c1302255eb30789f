import { isUtf8 } from 'node:buffer'
import { createReadStream, createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { LinkageError } from '../errors.ts'

/** The bytes of a file, or of its first `length`, as they are read. */
async function* chunksOf(path: string, length?: number): AsyncGenerator<Buffer> {
  const part = length === undefined ? {} : { start: 0, end: length - 1 }
  for await (const chunk of createReadStream(path, part)) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('A file read without an encoding gives bytes')
    yield chunk
  }
}

/** Bytes of a file's lines, without the line feed; `number` counts from 1. */
async function* linesOf(path: string): AsyncGenerator<{ number: number; bytes: Buffer }> {
  let rest = Buffer.alloc(0)
  let number = 0
  for await (const chunk of chunksOf(path)) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let from = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      yield { number: ++number, bytes: bytes.subarray(from, end) }
      from = end + 1
    }
    rest = Buffer.from(bytes.subarray(from))
  }
  if (rest.length > 0) yield { number: ++number, bytes: rest }
}

async function isAllUtf8(path: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of chunksOf(path)) decoder.decode(chunk, { stream: true })
    decoder.decode()
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

function decodes(bytes: Buffer, label: string): boolean {
  try {
    new TextDecoder(label, { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Runs of bytes above ASCII, and how many of them are one byte long: accented letters of a one-byte encoding. */
function highRuns(bytes: Buffer): { runs: number; single: number } {
  let [runs, single, length] = [0, 0, 0]
  const end = () => {
    if (length > 0) runs++
    if (length === 1) single++
    length = 0
  }
  for (const byte of bytes) {
    if (byte >= 0x80) length++
    else end()
  }
  end()
  return { runs, single }
}

/** Of the two-byte characters that a line holds if it is GB18030, the share of the 3,755 common ones (GB 2312 level 1). */
function commonShare(bytes: Buffer): number {
  let [characters, common] = [0, 0]
  let first: number | null = null
  for (const byte of bytes) {
    if (first !== null) {
      if (first >= 0xb0 && first <= 0xd7 && byte >= 0xa1) common++
      first = null
    } else if (byte >= 0x80) {
      characters++
      first = byte
    }
  }
  return characters === 0 ? 0 : common / characters
}

/**
 * UTF-8, UTF-16 with a byte order mark, or GB18030 (of which GBK and GB2312 are parts), found from the bytes of the whole
 * file. Throws `linkage_mixed_encodings` with a line of each where some lines are UTF-8 and others are not, and
 * `linkage_unknown_encoding` for what is neither. A line that can be read as UTF-8 is proof of it only with a character of
 * three bytes, and where it makes no good sense as GB18030: of 950,303 lines with one Chinese name each, written in
 * GB18030, 9 could also be read as such UTF-8, and none of these had rare characters in its GB18030 reading.
 */
export async function encodingOf(path: string): Promise<string> {
  const head = await firstBytes(path, 2)
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  if (await isAllUtf8(path)) return 'utf-8'
  const { utf8_line, other_line, undecodable, runs, single } = await lookAtLines(path)
  if (utf8_line > 0) {
    throw new LinkageError(
      'linkage_mixed_encodings',
      `${path} is written in two encodings: line ${utf8_line} is UTF-8, line ${other_line} is not. Save it anew in one of them.`,
      { path, utf8_line, other_line },
    )
  }
  if (undecodable > 0 || single > runs / 2) {
    throw new LinkageError(
      'linkage_unknown_encoding',
      `${path} is neither UTF-8 nor GB18030 (line ${undecodable || other_line}). Name its encoding, windows-1252 for instance.`,
      { path, line: undecodable || other_line },
    )
  }
  return 'gb18030'
}

/** The first line that must be UTF-8, that is no UTF-8, that is no GB18030 (0: none), and the runs of bytes above ASCII. */
async function lookAtLines(path: string) {
  const found = { utf8_line: 0, other_line: 0, undecodable: 0, runs: 0, single: 0 }
  for await (const { number, bytes } of linesOf(path)) {
    if (bytes.every((byte) => byte < 0x80)) continue
    if (isUtf8(bytes)) {
      const wide = bytes.some((byte) => byte >= 0xe0)
      if (found.utf8_line === 0 && wide && commonShare(bytes) < 0.5) found.utf8_line = number
      continue
    }
    found.other_line ||= number
    if (found.undecodable === 0 && !decodes(bytes, 'gb18030')) found.undecodable = number
    const { runs, single } = highRuns(bytes)
    found.runs += runs
    found.single += single
  }
  return found
}

export async function firstBytes(path: string, length: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const chunk of chunksOf(path, length)) parts.push(chunk)
  return Buffer.concat(parts)
}

/** Writes a file anew as UTF-8. Throws `linkage_unknown_encoding` where its bytes are not of the encoding named. */
export async function writeUtf8(from: string, to: string, label: string): Promise<void> {
  const decoder = new TextDecoder(label, { fatal: true })
  const out = createWriteStream(to, { mode: 0o600 })
  try {
    for await (const chunk of chunksOf(from)) {
      if (!out.write(decoder.decode(chunk, { stream: true }))) await once(out, 'drain')
    }
    out.end(decoder.decode())
    await once(out, 'close')
  } catch (error) {
    out.destroy()
    if (!(error instanceof TypeError)) throw error
    throw new LinkageError('linkage_unknown_encoding', `${from} is not written in ${label}.`, {
      path: from,
      encoding: label,
    })
  }
}
