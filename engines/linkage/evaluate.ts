export type TruthPair = { left_id: string; right_id: string }
export type WeighedPair = TruthPair & { match_weight: number }

export type Evaluation = {
  /** Bits; pairs of at least this weight count as linked. */
  threshold: number
  true_positives: number
  false_positives: number
  false_negatives: number
  precision: number
  recall: number
  f1: number
}

const key = (pair: TruthPair, dedupe: boolean) =>
  dedupe && pair.right_id < pair.left_id
    ? `${pair.right_id}\u0000${pair.left_id}`
    : `${pair.left_id}\u0000${pair.right_id}`

/**
 * Precision, recall and F1 of links against all true pairs, at each threshold. Truth that was never compared counts as
 * missed. `dedupe`: both ids come from one list, so that (a, b) is (b, a). With nothing linked precision is 1.
 */
export function evaluate(
  links: readonly WeighedPair[],
  truth: readonly TruthPair[],
  thresholds: readonly number[],
  dedupe = false,
): Evaluation[] {
  const wanted = new Set(truth.map((pair) => key(pair, dedupe)))
  const judged = new Map<string, { weight: number; right: boolean }>()
  for (const link of links) {
    const k = key(link, dedupe)
    const before = judged.get(k)
    if (!before || before.weight < link.match_weight) judged.set(k, { weight: link.match_weight, right: wanted.has(k) })
  }
  return thresholds.map((threshold) => {
    let [true_positives, false_positives] = [0, 0]
    for (const { weight, right } of judged.values()) {
      if (weight < threshold) continue
      if (right) true_positives++
      else false_positives++
    }
    const linked = true_positives + false_positives
    const precision = linked === 0 ? 1 : true_positives / linked
    const recall = wanted.size === 0 ? 1 : true_positives / wanted.size
    const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)
    const false_negatives = wanted.size - true_positives
    return { threshold, true_positives, false_positives, false_negatives, precision, recall, f1 }
  })
}

/** The evaluation with the greatest F1 over all thresholds that the links' own weights make. */
export function bestThreshold(links: readonly WeighedPair[], truth: readonly TruthPair[], dedupe = false): Evaluation {
  const weights = [...new Set(links.map((link) => Math.round(link.match_weight * 10) / 10))].sort((a, b) => a - b)
  const sampled = weights.length > 400 ? weights.filter((_, i) => i % Math.ceil(weights.length / 400) === 0) : weights
  const all = evaluate(links, truth, sampled.length > 0 ? sampled : [0], dedupe)
  return all.reduce((best, next) => (next.f1 > best.f1 ? next : best))
}
