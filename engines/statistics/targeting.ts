import { needFinite, needLength, needWeights, refuse } from './refuse.ts'

export type Targeting = {
  /** Weights of the four cells. */
  selected_target: number
  selected_other: number
  missed_target: number
  left_other: number
  /** Share of all who are selected; share of all who are the target. */
  coverage: number
  target_rate: number
  /** Share of the selected who are not the target (leakage). Null where nobody is selected. */
  inclusion_error: number | null
  /** Share of the target not selected (undercoverage). Null where nobody is the target. */
  exclusion_error: number | null
  /** 1 - inclusion error, 1 - exclusion error. */
  precision: number | null
  recall: number | null
  /** Share of the others who are selected. */
  false_positive_rate: number | null
  /**
   * Coady-Grosh-Hoddinott index: share of the benefits that reaches the target, over the target's share of all
   * (2004, World Bank Research Observer 19:61). 1 is what a lottery gives; their 122 programmes have a median of 1.25.
   */
  cgh: number | null
  /** Targeting differential (Ravallion 2000): recall less false positive rate. */
  targeting_differential: number | null
}

const over = (a: number, b: number): number | null => (b > 0 ? a / b : null)

/**
 * How well a selection meets its target. `selected` and `target` one entry per unit; `weight` 1 each if left out;
 * `benefit` what a selected unit receives (for `cgh` alone), 1 each if left out. Errors have several definitions in
 * use: these are shares of the selected and of the target, the ones in Coady, Grosh and Hoddinott.
 */
export function targeting(of: {
  selected: ArrayLike<boolean>
  target: ArrayLike<boolean>
  weight?: ArrayLike<number>
  benefit?: ArrayLike<number>
}): Targeting {
  if (of.selected.length !== of.target.length) refuse('unequal_lengths', 'One entry per unit in both arrays')
  needWeights(of.weight, of.selected.length)
  needLength(of.benefit, of.selected.length, 'benefit')
  if (of.benefit) needFinite(of.benefit, 'Benefit')
  let [tp, fp, fn, tn, toTarget, given] = [0, 0, 0, 0, 0, 0]
  for (let i = 0; i < of.selected.length; i++) {
    const w = of.weight?.[i] ?? 1
    if (of.selected[i]) {
      const benefit = w * (of.benefit?.[i] ?? 1)
      given += benefit
      if (of.target[i]) {
        tp += w
        toTarget += benefit
      } else fp += w
    } else if (of.target[i]) fn += w
    else tn += w
  }
  const all = tp + fp + fn + tn
  if (!(all > 0)) refuse('empty_domain', 'The weights sum to nothing')
  const share = over(toTarget, given)
  const recall = over(tp, tp + fn)
  const fpr = over(fp, fp + tn)
  return {
    selected_target: tp,
    selected_other: fp,
    missed_target: fn,
    left_other: tn,
    coverage: (tp + fp) / all,
    target_rate: (tp + fn) / all,
    inclusion_error: over(fp, tp + fp),
    exclusion_error: over(fn, tp + fn),
    precision: over(tp, tp + fp),
    recall,
    false_positive_rate: fpr,
    cgh: share === null || tp + fn === 0 ? null : share / ((tp + fn) / all),
    targeting_differential: recall === null || fpr === null ? null : recall - fpr,
  }
}

/**
 * Area under the ROC curve: the chance that a target unit scores above another one, ties counting half
 * (Mann-Whitney; Hanley and McNeil 1982). Null where either side is empty.
 */
export function areaUnderCurve(of: {
  score: ArrayLike<number>
  target: ArrayLike<boolean>
  weight?: ArrayLike<number>
}): number | null {
  needFinite(of.score, 'Score')
  needLength(of.target, of.score.length, 'target')
  needWeights(of.weight, of.score.length)
  const order = Array.from({ length: of.score.length }, (_, i) => i).sort((a, b) => of.score[a]! - of.score[b]!)
  let [below, wins, targets] = [0, 0, 0]
  for (let i = 0; i < order.length;) {
    let [t, o] = [0, 0]
    const score = of.score[order[i]!]!
    for (; i < order.length && of.score[order[i]!] === score; i++) {
      const w = of.weight?.[order[i]!] ?? 1
      if (of.target[order[i]!]) t += w
      else o += w
    }
    wins += t * (below + o / 2)
    targets += t
    below += o
  }
  return over(wins, targets * below)
}

/**
 * The units with the highest scores whose weights fill `coverage` of all, as a programme with a quota selects.
 * Ties go to the earlier unit. A unit that would overfill the quota ends it.
 */
export function selectTop(score: ArrayLike<number>, coverage: number, weight?: ArrayLike<number>): boolean[] {
  needFinite(score, 'Score')
  needWeights(weight, score.length)
  if (!(coverage >= 0 && coverage <= 1)) refuse('bad_probability', `A coverage lies between 0 and 1: ${coverage}`)
  const order = Array.from({ length: score.length }, (_, i) => i).sort((a, b) => score[b]! - score[a]! || a - b)
  const all = order.reduce((sum, i) => sum + (weight?.[i] ?? 1), 0)
  const selected = Array.from({ length: score.length }, () => false)
  let filled = 0
  for (const i of order) {
    filled += weight?.[i] ?? 1
    if (filled > coverage * all * (1 + 1e-12)) break
    selected[i] = true
  }
  return selected
}
