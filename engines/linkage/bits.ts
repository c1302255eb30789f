/** Per comparison with `term_frequency`: the share of records that hold each value (by its exact key). */
export type TermFrequencies = Record<string, Map<string, number>>

/** Bits that full agreement on a value adds to those of full agreement as such: log2(u / share). */
export function frequencyBits(u: number, share: number | undefined): number {
  return share === undefined ? 0 : Math.log2(u) - Math.log2(share)
}
