import type { Comparison, LinkageModel } from '../model/model.ts'

// Models of two levels a comparison: of use to the tests of hostile lists.

export const two = (name: string, column: string, kind: Comparison['kind'] = 'exact'): Comparison => ({
  name,
  columns: [column],
  kind,
  levels: [
    { name: 'exact', m: 0.9, u: 0.01 },
    { name: 'different', m: 0.1, u: 0.99 },
  ],
})
export const modelOf = (comparisons: Comparison[], blocking_rules: string[][]): LinkageModel => ({
  format: 'linkage-model/1',
  name: 'hostile',
  comparisons,
  blocking_rules,
  prior: 0.01,
  thresholds: { accept: 3, review: 0 },
})
