import { at, byCodeUnit, needFinite, needLength, needWeights, places, refuse } from './refuse.ts'

/**
 * Measures of how far values fall short of a line, and of how unequal they are.
 * `value` one number per unit, `weight` its weight (1 each when left out; for persons: weight x household size).
 */
export type Weighted = { value: ArrayLike<number>; weight?: ArrayLike<number> }

const weightAt = (of: { weight?: ArrayLike<number> }, i: number): number => of.weight?.[i] ?? 1

/** Sum of the weights. Refuses `not_a_number`, `bad_weight`, `unequal_lengths`, `empty_domain`. */
function totalWeight(of: Weighted): number {
  needFinite(of.value, 'Value')
  needWeights(of.weight, of.value.length)
  let sum = 0
  for (let i = 0; i < of.value.length; i++) sum += weightAt(of, i)
  if (!(sum > 0)) refuse('empty_domain', 'The weights sum to nothing')
  return sum
}

/**
 * Each unit's part in the Foster-Greer-Thorbecke index: ((line - y) / line)^alpha below the line, else 0
 * (Foster, Greer and Thorbecke 1984, Econometrica 52:761). The paper counts y = line as poor; most national rules say
 * "below", so `at_line` says which (default 'not_poor'); only alpha = 0 can tell them apart. The weighted mean of the
 * parts is the index, so `surveyMean` over them gives its standard error. `line` may be one number or one per unit.
 */
export function fgtParts(
  value: ArrayLike<number>,
  line: number | ArrayLike<number>,
  alpha: number,
  at_line: 'poor' | 'not_poor' = 'not_poor',
): number[] {
  needFinite(value, 'Value')
  if (!(alpha >= 0 && alpha < Infinity)) refuse('bad_alpha', `Alpha is a number from 0, not ${alpha}`)
  if (typeof line !== 'number') needLength(line, value.length, 'line')
  return Array.from({ length: value.length }, (_, i) => {
    const z = typeof line === 'number' ? line : at(line, i)
    if (!(z > 0 && z < Infinity)) refuse('bad_line', `A line must be above 0, not ${z}`)
    const y = at(value, i)
    if (y > z || (y === z && at_line === 'not_poor')) return 0
    return alpha === 0 ? 1 : ((z - y) / z) ** alpha
  })
}

/** FGT index: alpha 0 headcount ratio, 1 gap, 2 squared gap (severity). See `fgtParts`. */
export function fgt(
  of: Weighted & { line: number | ArrayLike<number>; alpha: number; at_line?: 'poor' | 'not_poor' },
): number {
  const all = totalWeight(of)
  const parts = fgtParts(of.value, of.line, of.alpha, of.at_line)
  return parts.reduce((sum, part, i) => sum + weightAt(of, i) * part, 0) / all
}

export type GroupShare = { group: string; weight_share: number; index: number; contribution: number }

/** FGT by group. `contribution` = weight_share x index / overall index: the contributions sum to 1 (0 if none poor). */
export function fgtByGroup(
  of: Weighted & {
    line: number | ArrayLike<number>
    alpha: number
    at_line?: 'poor' | 'not_poor'
    group: ArrayLike<string>
  },
): GroupShare[] {
  totalWeight(of)
  needLength(of.group, of.value.length, 'group')
  const parts = fgtParts(of.value, of.line, of.alpha, of.at_line)
  return shareByGroup(parts, of.group, (i) => weightAt(of, i))
}

/** Group means of `parts`, their weight shares and contributions, in the order of the group's name. */
export function shareByGroup(
  parts: readonly number[],
  group: ArrayLike<string>,
  weight: (i: number) => number,
): GroupShare[] {
  needLength(group, parts.length, 'group')
  needFinite(parts, 'Part')
  needWeights(
    parts.map((_part, i) => weight(i)),
    parts.length,
  )
  const sums = new Map<string, { w: number; s: number }>()
  let [allWeight, all] = [0, 0]
  for (const [i, part] of parts.entries()) {
    const w = weight(i)
    const name = at(group, i)
    const sum = sums.get(name) ?? { w: 0, s: 0 }
    sums.set(name, { w: sum.w + w, s: sum.s + w * part })
    allWeight += w
    all += w * part
  }
  if (!(allWeight > 0)) refuse('empty_domain', 'The weights sum to nothing')
  return [...sums]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, { w, s }]) => ({
      group: name,
      weight_share: w / allWeight,
      index: w > 0 ? s / w : 0,
      contribution: all > 0 ? s / all : 0,
    }))
}

/**
 * Watts index: mean of ln(line / y) over those below the line, 0 for the rest (Watts 1968; Zheng 1993).
 * ln has no value for y <= 0: 'count_as_zero' keeps such units in the denominator and adds nothing for them, as the
 * World Bank's Poverty and Inequality Platform does; 'leave_out' takes them out. `not_positive` is their weight share.
 */
export function watts(of: Weighted & { line: number; not_positive?: 'count_as_zero' | 'leave_out' }): {
  index: number
  not_positive: number
} {
  if (!(of.line > 0 && of.line < Infinity)) refuse('bad_line', `A line must be above 0, not ${of.line}`)
  const all = totalWeight(of)
  let [sum, without] = [0, 0]
  for (let i = 0; i < of.value.length; i++) {
    const y = at(of.value, i)
    if (y <= 0) without += weightAt(of, i)
    else if (y < of.line) sum += weightAt(of, i) * Math.log(of.line / y)
  }
  const denominator = of.not_positive === 'leave_out' ? all - without : all
  if (!(denominator > 0)) refuse('empty_domain', 'No value is above 0')
  return { index: sum / denominator, not_positive: without / all }
}

/**
 * Gini coefficient. Two finite forms are in use and differ by about 1/n:
 * 'trapezoid' (default): area under the Lorenz curve with straight pieces, sum w y (2 C - w) / (W T) - 1 with C the
 * cumulated weight up to and with the unit (Eurostat, R laeken, World Bank PIP); 0 where all are equal;
 * 'population': sum w y (2 C - 1) / (W T) - 1, weights read as counts of persons (R convey).
 * Refuses `negative_value` (the coefficient could pass 1) and `no_income` where the total is 0.
 */
export function gini(of: Weighted & { form?: 'trapezoid' | 'population' }): number {
  const W = totalWeight(of)
  const order = places(of.value.length).sort((a, b) => at(of.value, a) - at(of.value, b))
  let [C, T, sum] = [0, 0, 0]
  for (const i of order) {
    const w = weightAt(of, i)
    const y = at(of.value, i)
    if (y < 0) refuse('negative_value', `The Gini coefficient is not defined with the value ${y}`)
    C += w
    T += w * y
    sum += w * y * (2 * C - (of.form === 'population' ? 1 : w))
  }
  if (T === 0) refuse('no_income', 'The values sum to nothing: there is nothing to share out')
  return sum / (W * T) - 1
}
