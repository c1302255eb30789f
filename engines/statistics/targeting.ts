import { at, needFinite, needLength, needWeights, places, refuse } from './refuse.ts'

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
  const { tp, fp, fn, tn, toTarget, given } = tabulate(of)
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

/** Weights of the four cells (true and false positives and negatives), and the benefits given, in all and to the target. */
function tabulate(of: Parameters<typeof targeting>[0]) {
  const cells = { tp: 0, fp: 0, fn: 0, tn: 0, toTarget: 0, given: 0 }
  for (let i = 0; i < of.selected.length; i++) {
    const w = of.weight?.[i] ?? 1
    const isTarget = of.target[i]
    if (!of.selected[i]) {
      cells[isTarget ? 'fn' : 'tn'] += w
      continue
    }
    const benefit = w * (of.benefit?.[i] ?? 1)
    cells.given += benefit
    if (isTarget) cells.toTarget += benefit
    cells[isTarget ? 'tp' : 'fp'] += w
  }
  return cells
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
  const units = places(of.score.length)
    .map((i) => ({ score: at(of.score, i), isTarget: at(of.target, i), weight: of.weight?.[i] ?? 1 }))
    .sort((a, b) => a.score - b.score)
  let [below, wins, targets] = [0, 0, 0]
  // Of one score: the weight of targets and of others.
  let [t, o] = [0, 0]
  for (const [i, { score, isTarget, weight }] of units.entries()) {
    if (isTarget) t += weight
    else o += weight
    if (units[i + 1]?.score === score) continue
    wins += t * (below + o / 2)
    targets += t
    below += o
    ;[t, o] = [0, 0]
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
  const order = places(score.length).sort((a, b) => at(score, b) - at(score, a) || a - b)
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
