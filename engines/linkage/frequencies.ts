import { frequencyBits } from './bits.ts'
import type { TermFrequencies } from './bits.ts'
import type { LinkageModel } from './model.ts'
import { openWriter } from './session.ts'
import type { Session } from './session.ts'
import type { EncodedRecords } from './encode.ts'
import { termsOf } from './terms.ts'

/** Imaginary records that hold a value with the model's own chance: in a list of ten every name is a tenth of all. */
const IMAGINARY = 1000

/**
 * Shares of values among the records of both sides, per term of the model (`termsOf`). `given` shares (of a whole nation,
 * say) take the place of those found here wherever they name a value: in a small county a common name may happen to
 * stand once.
 */
export function termFrequencies(
  model: LinkageModel,
  encoded: EncodedRecords,
  given: TermFrequencies = {},
): TermFrequencies {
  const found: TermFrequencies = {}
  for (const term of termsOf(model)) {
    const { prepared, codes } = encoded.comparisons[term.comparison]!
    const counts = new Map<string, number>()
    const keys = prepared.map((value) => (value === null ? null : term.of(value)))
    let total = 0
    for (const column of encoded.dedupe ? [codes.left] : [codes.left, codes.right]) {
      for (const code of column) {
        const text = keys[code]
        if (text === null || text === undefined) continue
        counts.set(text, (counts.get(text) ?? 0) + 1)
        total++
      }
    }
    const u = model.comparisons[term.comparison]!.levels[term.u_level]!.u
    const shares = new Map<string, number>()
    for (const [text, count] of counts)
      shares.set(text, given[term.key]?.get(text) ?? (count + IMAGINARY * u) / (total + IMAGINARY))
    found[term.key] = shares
  }
  return found
}

/** lk_frequency_<n>(code, bits) of the n-th term, to be added at its levels. */
export async function writeFrequencies(
  session: Session,
  model: LinkageModel,
  encoded: EncodedRecords,
  shares: TermFrequencies,
) {
  for (const [n, term] of termsOf(model).entries()) {
    const known = shares[term.key]
    const { prepared } = encoded.comparisons[term.comparison]!
    const u = model.comparisons[term.comparison]!.levels[term.u_level]!.u
    const writer = await openWriter(session, `frequency_${n}`, { code: 'int', bits: 'double' })
    const bits = prepared.slice(1).map((value) => {
      const text = value === null ? null : term.of(value)
      return text === null ? 0 : frequencyBits(u, known?.get(text))
    })
    if (bits.length > 0) writer.write([bits.map((_, row) => row + 1), bits])
    writer.close()
  }
}
