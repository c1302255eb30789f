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
    for (let t = 0; t < 16; t++) w[t] = view.getUint32(block + 4 * t)
    for (let t = 16; t < 64; t++) {
      const x = w[t - 15]!
      const y = w[t - 2]!
      const s0 = rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3)
      const s1 = rotr(y, 17) ^ rotr(y, 19) ^ (y >>> 10)
      w[t] = w[t - 16]! + s0 + w[t - 7]! + s1
    }
    const v = Array.from(h)
    for (let t = 0; t < 64; t++) {
      const [a, b, c, d, e, f, g, i] = v as [number, number, number, number, number, number, number, number]
      const t1 = (i + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) + K[t]! + w[t]!) | 0
      const t2 = ((rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
      v[7] = g
      v[6] = f
      v[5] = e
      v[4] = (d + t1) | 0
      v[3] = c
      v[2] = b
      v[1] = a
      v[0] = (t1 + t2) | 0
    }
    for (let j = 0; j < 8; j++) h[j] = h[j]! + v[j]!
  }
  return h
}

/** The digest of `text` in UTF-8 as 64 lower-case hexadecimal digits. */
export function sha256Hex(text: string): string {
  return Array.from(sha256Words(text), (word) => word.toString(16).padStart(8, '0')).join('')
}
