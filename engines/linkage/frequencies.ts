import { frequencyBits } from './bits.ts'
import type { TermFrequencies } from './bits.ts'
import type { LinkageModel } from './model.ts'
import { openWriter } from './session.ts'
import type { Session } from './session.ts'
import type { EncodedRecords } from './encode.ts'

/** Imaginary records that hold a value with the model's own chance: in a list of ten every name is a tenth of all. */
const IMAGINARY = 1000

/**
 * Shares of values among the records of both sides. `given` shares (of a whole nation, say) take the place of those
 * found here wherever they name a value: in a small county a common name may happen to stand once.
 */
export function termFrequencies(
  model: LinkageModel,
  encoded: EncodedRecords,
  given: TermFrequencies = {},
): TermFrequencies {
  const found: TermFrequencies = {}
  for (const { comparison, comparer, prepared, codes } of encoded.comparisons) {
    const key = comparer.keys[0]
    if (!comparison.term_frequency || !key) continue
    const counts = new Map<string, number>()
    const keys = prepared.map((value) => (value === null ? null : key(value)))
    let total = 0
    for (const column of encoded.dedupe ? [codes.left] : [codes.left, codes.right]) {
      for (const code of column) {
        const text = keys[code]
        if (text === null || text === undefined) continue
        counts.set(text, (counts.get(text) ?? 0) + 1)
        total++
      }
    }
    const u = model.comparisons.find((c) => c.name === comparison.name)!.levels[0]!.u
    const shares = new Map<string, number>()
    for (const [text, count] of counts)
      shares.set(text, given[comparison.name]?.get(text) ?? (count + IMAGINARY * u) / (total + IMAGINARY))
    found[comparison.name] = shares
  }
  return found
}

/** lk_frequency_<comparison>(code, bits), to be added at the first level. */
export async function writeFrequencies(
  session: Session,
  model: LinkageModel,
  encoded: EncodedRecords,
  shares: TermFrequencies,
) {
  for (const [i, { comparison, comparer, prepared }] of encoded.comparisons.entries()) {
    const known = shares[comparison.name]
    if (!known) continue
    const u = model.comparisons[i]!.levels[0]!.u
    const writer = await openWriter(session, `frequency_${comparison.name}`, { code: 'int', bits: 'double' })
    const bits = prepared
      .slice(1)
      .map((value) => (value === null ? 0 : frequencyBits(u, known.get(comparer.keys[0]!(value)!))))
    if (bits.length > 0) writer.write([bits.map((_, row) => row + 1), bits])
    writer.close()
  }
}
