// How much a workbook expands to, on ZIP files laid out by hand after APPNOTE.TXT 6.3.10, so that their directory can lie.
import JSZip from 'jszip'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { checkSize, TooMuch, type SizeLimits } from './size.ts'
import { writeSheets } from './write.ts'

interface Entry {
  name: string
  data: Uint8Array
  deflated?: boolean
  /** Of the local header, which the directory may lack. */
  extra?: number
  /** What the directory says of the size, where it lies. */
  said?: number
}

/** A ZIP file: local headers and data, the directory, the end with a comment of this many bytes. */
function zip(entries: readonly Entry[], { comment = 0, said = entries.length } = {}): Uint8Array {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, data, deflated = true, extra = 0, said: saidSize } of entries) {
    const stored = deflated ? deflateRawSync(data) : Buffer.from(data)
    const local = Buffer.alloc(30 + name.length + extra)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(deflated ? 8 : 0, 8)
    local.writeUInt32LE(stored.length, 18)
    local.writeUInt16LE(name.length, 26)
    local.writeUInt16LE(extra, 28)
    local.write(name, 30)
    const header = Buffer.alloc(46 + name.length + 5 + 3)
    header.writeUInt32LE(0x02014b50, 0)
    header.writeUInt16LE(deflated ? 8 : 0, 10)
    header.writeUInt32LE(saidSize ?? stored.length, 20)
    header.writeUInt16LE(name.length, 28)
    header.writeUInt16LE(5, 30)
    header.writeUInt16LE(3, 32)
    header.writeUInt32LE(at, 42)
    header.write(name, 46)
    parts.push(local, stored)
    directory.push(header)
    at += local.length + stored.length
  }
  const end = Buffer.alloc(22 + comment, 0x20)
  end.fill(0, 0, 22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(said, 8)
  end.writeUInt16LE(said, 10)
  end.writeUInt32LE(at, 16)
  end.writeUInt16LE(comment, 20)
  return new Uint8Array(Buffer.concat([...parts, ...directory, end]))
}

const zeros = (size: number) => new Uint8Array(size)
const fits = async (bytes: Uint8Array, limits: Partial<SizeLimits>): Promise<boolean> => {
  try {
    await checkSize(bytes, { bytes: 1e9, entries: 1000, ...limits })
    return true
  } catch (error) {
    if (error instanceof TooMuch) return false
    throw error
  }
}
/** The smallest limit that lets it pass is its size. */
const isOfSize = async (bytes: Uint8Array, size: number): Promise<void> => {
  expect([await fits(bytes, { bytes: size }), await fits(bytes, { bytes: size - 1 })]).toEqual([true, false])
}

describe('what a ZIP file expands to', () => {
  test('is counted to the byte, stored or deflated, over all entries', async () => {
    await isOfSize(zip([{ name: 'a', data: zeros(1000) }]), 1000)
    await isOfSize(zip([{ name: 'a', data: zeros(1000), deflated: false }]), 1000)
    await isOfSize(
      zip([
        { name: 'first', data: zeros(70_000), extra: 7 },
        { name: 'b', data: zeros(123), deflated: false, extra: 20 },
        { name: 'third.xml', data: zeros(3_000_000) },
      ]),
      3_070_123,
    )
  })

  test('in pieces: data that hardly shrinks, longer than any buffer', async () => {
    const noise = new Uint8Array(400_000)
    let x = 1
    for (const i of noise.keys()) noise[i] = (x = (x * 48_271) % 2_147_483_647) & 255
    await isOfSize(zip([{ name: 'noise', data: noise }]), 400_000)
  })

  test('a directory that says too little of a deflated entry is not believed', async () => {
    await isOfSize(zip([{ name: 'bomb', data: zeros(5_000_000), said: 4 }]), 5_000_000)
  })

  test('what real programs write is measured by what it holds', async () => {
    const bytes = writeSheets([{ name: 'a', rows: Array.from({ length: 500 }, (_, n) => [`row ${n}`, n]) }])
    const unpacked = await JSZip.loadAsync(bytes)
    const sizes = await Promise.all(
      Object.values(unpacked.files).map(async (f) => (await f.async('uint8array')).length),
    )
    await isOfSize(
      bytes,
      sizes.reduce((sum, size) => sum + size, 0),
    )
  })

  test('as many parts as are allowed, not one more', async () => {
    const three = zip(['a', 'b', 'c'].map((name) => ({ name, data: zeros(1) })))
    expect(await fits(three, { entries: 3 })).toBe(true)
    await expect(checkSize(three, { bytes: 100, entries: 2 })).rejects.toThrow('has 3 parts; at most 2 are read')
    await expect(checkSize(zip([{ name: 'a', data: zeros(7_000_001) }]), { bytes: 7e6, entries: 9 })).rejects.toThrow(
      'more than 7 MB',
    )
  })

  test('behind a comment, however long the format lets it be', async () => {
    await isOfSize(zip([{ name: 'a', data: zeros(50) }], { comment: 1 }), 50)
    await isOfSize(zip([{ name: 'a', data: zeros(50) }], { comment: 65_535 }), 50)
  })
})

describe('what does not expand passes: its reader refuses it', () => {
  test.each([
    ['nothing', new Uint8Array()],
    ['fewer bytes than an end has', zeros(21)],
    ['no end', zeros(200_000)],
    ['an end alone', zip([])],
    ['an end that promises entries', zip([], { said: 5 })],
  ])('%s', async (_, bytes) => {
    expect(await fits(bytes, { bytes: 0 })).toBe(true)
  })

  test('of a directory that is cut off what it still names is counted', async () => {
    await isOfSize(zip([{ name: 'a', data: zeros(9) }], { said: 2 }), 9)
  })

  test('a stream that breaks counts as far as it goes', async () => {
    const whole = zip([{ name: 'a', data: zeros(100_000) }])
    const broken = whole.slice()
    // Reserved block type 3 (RFC 1951, 3.2.3) at the very beginning.
    broken[31] = 0x07
    expect(await fits(broken, { bytes: 0 })).toBe(true)
    expect(await fits(whole, { bytes: 0 })).toBe(false)
  })
})
