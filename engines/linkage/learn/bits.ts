/** Per comparison with `term_frequency`: the share of records that hold each value (by its exact key). */
export type TermFrequencies = Record<string, Map<string, number>>

/** Bits that full agreement on a value adds to those of full agreement as such: log2(u / share). */
export function frequencyBits(u: number, share: number | undefined): number {
  return share === undefined ? 0 : Math.log2(u) - Math.log2(share)
}

/** Every weight there can be lies above: -Infinity is no number of SQL. */
const LEAST = -1e6

/** The least weight of a link that is given back, as asked for; the review threshold at most. */
export const leastWeight = (asked: number | undefined, review: number) =>
  Math.max(LEAST, Math.min(asked ?? Infinity, review))

/** Imaginary records that hold a value with the model's own chance: in a list of ten every name is a tenth of all. */
export const IMAGINARY = 1000

/**
 * The share taken of a value that `count` of `total` records hold; `u`: the chance that two records agree on any;
 * `chance`: the part of agreement that is no copy of the same record.
 */
export function smoothedShare(count: number, total: number, u: number, chance = 1): number {
  return (chance * count + IMAGINARY * u) / (total + IMAGINARY)
}
