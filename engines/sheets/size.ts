// How much a workbook expands to, before anything expands it: .xlsx and .ods are ZIP files.
import { createInflateRaw } from 'node:zlib'

/** More than is read: the message says what of. */
export class TooMuch extends Error {}

export interface SizeLimits {
  /** Bytes of all entries together, expanded. */
  bytes: number
  entries: number
}

// APPNOTE.TXT 6.3.10 of the ZIP format: end of central directory 4.3.16, file headers 4.3.12 and 4.3.7.
const end_mark = 0x06054b50
const directory_mark = 0x02014b50
const end_size = 22
const longest_comment = 65_535

/**
 * Throws TooMuch where a ZIP file expands to more than is allowed. What the directory says is not believed: each entry is
 * expanded and counted, piece by piece, and nothing is kept; entries that lie over each other count each time. Bytes that
 * are no ZIP file (.xls, or broken) pass: they do not expand, or their reader refuses them.
 */
export async function checkSize(bytes: Uint8Array, limits: SizeLimits): Promise<void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = endOf(view)
  if (end === null) return
  const count = view.getUint16(end + 10, true)
  if (count > limits.entries) throw new TooMuch(`The workbook has ${count} parts; at most ${limits.entries} are read.`)
  let at = view.getUint32(end + 16, true)
  let left = limits.bytes
  for (let entry = 0; entry < count; entry += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== directory_mark) return
    const deflated = view.getUint16(at + 10, true) === 8
    const size = view.getUint32(at + 20, true)
    const local = view.getUint32(at + 42, true)
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    if (local + 30 > bytes.length) return
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    // Readers differ in whether they stop at the size that is told: the stream itself knows its end.
    const data = bytes.subarray(start, deflated ? undefined : start + size)
    left -= deflated ? await inflatedSize(data, left) : data.length
    if (left < 0) throw new TooMuch(`The workbook expands to more than ${Math.round(limits.bytes / 1e6)} MB.`)
  }
}

function endOf(view: DataView): number | null {
  const lowest = Math.max(0, view.byteLength - end_size - longest_comment)
  for (let at = view.byteLength - end_size; at >= lowest; at -= 1) {
    if (view.getUint32(at, true) === end_mark) return at
  }
  return null
}

/** Bytes that a deflated stream expands to; stops as soon as it is more than `most`. A broken one counts as far as it goes. */
function inflatedSize(data: Uint8Array, most: number): Promise<number> {
  return new Promise((resolve) => {
    const inflate = createInflateRaw()
    let size = 0
    let at = 0
    const finish = () => {
      inflate.destroy()
      resolve(size)
    }
    inflate.on('data', (piece: Buffer) => {
      size += piece.length
      if (size > most) finish()
    })
    inflate.on('end', finish)
    inflate.on('error', finish)
    const feed = () => {
      while (at < data.length) {
        const piece = data.subarray(at, at + 65_536)
        at += piece.length
        if (inflate.destroyed || inflate.writableEnded) return
        if (!inflate.write(piece)) {
          inflate.once('drain', feed)
          return
        }
      }
      inflate.end()
    }
    feed()
  })
}
