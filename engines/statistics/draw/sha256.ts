/**
 * SHA-256 (FIPS 180-4), synchronous and without a runtime: the browser's own is asynchronous only, and a draw must
 * give the same answer wherever it is re-run. For seeds and orders, not for secrets.
 */

const primes: number[] = []
for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n)

// FIPS 180-4, 4.2.2 and 5.3.3: first 32 bits of the fractional parts of cube and square roots of the first primes.
// A double leaves at least 49 bits for the fraction here, so the 32 wanted are exact.
const fractionBits = (x: number): number => Math.floor((x - Math.floor(x)) * 2 ** 32) >>> 0
const K = Uint32Array.from(primes, (p) => fractionBits(Math.cbrt(p)))
const H0 = Uint32Array.from(primes.slice(0, 8), (p) => fractionBits(Math.sqrt(p)))

const rotr = (x: number, n: number): number => (x >>> n) | (x << (32 - n))

/** The digest of `text` in UTF-8 as eight unsigned 32-bit words, most significant first. */
export function sha256Words(text: string): Uint32Array {
  const bytes = new TextEncoder().encode(text)
  const padded = new Uint8Array((((bytes.length + 8) >> 6) << 6) + 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0)

  const h = H0.slice()
  const w = new Uint32Array(64)
  for (let block = 0; block < padded.length; block += 64) {
    schedule(w, view, block)
    compress(h, w)
  }
  return h
}

/** A word of one of this file's arrays, whose lengths the standard fixes. */
function word(words: Uint32Array, place: number): number {
  const value = words[place]
  if (value === undefined) throw new RangeError(`No word ${place} of ${words.length}`)
  return value
}

/** FIPS 180-4, 6.2.2, step 1: the 64 words of one block. */
function schedule(w: Uint32Array, view: DataView, block: number): void {
  for (let t = 0; t < 16; t++) w[t] = view.getUint32(block + 4 * t)
  for (let t = 16; t < 64; t++) {
    const x = word(w, t - 15)
    const y = word(w, t - 2)
    const s0 = rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3)
    const s1 = rotr(y, 17) ^ rotr(y, 19) ^ (y >>> 10)
    w[t] = word(w, t - 16) + s0 + word(w, t - 7) + s1
  }
}

/** FIPS 180-4, 6.2.2, steps 2 to 4: one block taken into the digest. The names are the standard's. */
function compress(digest: Uint32Array, w: Uint32Array): void {
  let [a, b, c, d] = [word(digest, 0), word(digest, 1), word(digest, 2), word(digest, 3)]
  let [e, f, g, h] = [word(digest, 4), word(digest, 5), word(digest, 6), word(digest, 7)]
  for (let t = 0; t < 64; t++) {
    const t1 = (h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) + word(K, t) + word(w, t)) | 0
    const t2 = ((rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  for (const [i, add] of [a, b, c, d, e, f, g, h].entries()) digest[i] = word(digest, i) + add
}

/** The digest of `text` in UTF-8 as 64 lower-case hexadecimal digits. */
export function sha256Hex(text: string): string {
  return Array.from(sha256Words(text), (word) => word.toString(16).padStart(8, '0')).join('')
}
