// The entries of a ZIP file, as ODK Central exports its tables. Format: APPNOTE.TXT of PKWARE, without ZIP64.
import { inflateRawSync } from 'node:zlib'

export interface ZipEntry {
  name: string
  bytes: Buffer
}

// 300 MB of tables are more than a county's survey; a small archive that swells further is an attack or a mistake.
const most_bytes = 300_000_000
const most_entries = 2_000

interface Listed {
  name: string
  method: number
  locked: boolean
  /** Where its bytes begin and end in the file, and how many they become. */
  start: number
  end: number
  size: number
}

function listed(file: Buffer): Listed[] {
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (end < 0 || end + 22 > file.length) throw new Error('The archive is cut off.')
  const count = file.readUInt16LE(end + 10)
  if (count > most_entries) throw new Error(`The archive holds more than ${most_entries} files.`)
  let at = file.readUInt32LE(end + 16)
  const entries: Listed[] = []
  for (let index = 0; index < count; index++) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== 0x02014b50) throw new Error('The archive is broken.')
    const name_length = file.readUInt16LE(at + 28)
    const name = file.subarray(at + 46, at + 46 + name_length).toString('utf8')
    const head = file.readUInt32LE(at + 42)
    if (head + 30 > file.length) throw new Error('The archive is broken.')
    const start = head + 30 + file.readUInt16LE(head + 26) + file.readUInt16LE(head + 28)
    entries.push({
      name,
      method: file.readUInt16LE(at + 10),
      locked: (file.readUInt16LE(at + 8) & 1) !== 0,
      start,
      end: start + file.readUInt32LE(at + 20),
      size: file.readUInt32LE(at + 24),
    })
    at += 46 + name_length + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32)
  }
  return entries.filter((entry) => !entry.name.endsWith('/'))
}

const bufferOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The names of the files in a ZIP archive. Throws an Error that says what is wrong with it. */
export function zipNames(bytes: Uint8Array): string[] {
  return listed(bufferOf(bytes)).map((entry) => entry.name)
}

/** The files of a ZIP archive in its own order. Throws an Error that says what is wrong with it. */
export function readZip(bytes: Uint8Array): ZipEntry[] {
  const file = bufferOf(bytes)
  let left = most_bytes
  return listed(file).map(({ name, method, locked, start, end, size }) => {
    if (locked) throw new Error(`${name} is locked with a password.`)
    // What the archive says of itself is checked first, what it really holds while it is unpacked.
    if (size > left) throw new Error(`The archive holds more than ${most_bytes} bytes.`)
    const read = unpack(name, method, file.subarray(start, end), left)
    left -= read.length
    return { name, bytes: read }
  })
}

function unpack(name: string, method: number, body: Buffer, left: number): Buffer {
  if (method === 0) return body
  if (method !== 8) throw new Error(`${name} is packed by a method that is not read here.`)
  try {
    return inflateRawSync(body, { maxOutputLength: Math.max(1, left) })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new Error(
      code === 'ERR_BUFFER_TOO_LARGE' ? `The archive holds more than ${most_bytes} bytes.` : `${name} is damaged.`,
      { cause: error },
    )
  }
}
