import { describe, expect, test } from 'vitest'
import { randomFrom } from '../draw/random.ts'
import { choiceProbabilities, conditionalLogit, type ChoiceSet } from './choice.ts'
import { logisticRegression } from './logistic.ts'

describe('conditional logit', () => {
  test('with two alternatives it is logistic regression of their difference', () => {
    const random = randomFrom('choice').uniform
    const rows = Array.from({ length: 400 }, () => [random() * 4 - 2, random() * 2])
    const y = rows.map(([a = 0, b = 0]) => (random() < 1 / (1 + Math.exp(-(0.8 * a - 0.5 * b))) ? 1 : 0))
    const sets = rows.map((columns, i): ChoiceSet => ({ alternatives: [columns, [0, 0]], taken: y[i] === 1 ? 0 : 1 }))
    const fit = conditionalLogit(sets, 0)
    const other = logisticRegression({ rows, y })
    for (const [j, { estimate, se }] of other.coefficients.entries()) {
      expect(fit.coefficients[j]).toBeCloseTo(estimate, 6)
      expect(fit.standard_errors[j]).toBeCloseTo(se, 6)
    }
  })

  test('weights by which choices were drawn are found again within three standard errors', () => {
    const random = randomFrom('again').uniform
    const truth = [1.5, -0.7, 0.3]
    const sets = Array.from({ length: 4000 }, (): ChoiceSet => {
      const alternatives = Array.from({ length: 5 }, () => [random(), random() * 3, random() < 0.4 ? 1 : 0])
      let left = random()
      const chances = choiceProbabilities(truth, alternatives)
      const taken = chances.findIndex((chance) => (left -= chance) < 0)
      return { alternatives, taken: Math.max(0, taken) }
    })
    const { coefficients, standard_errors } = conditionalLogit(sets)
    for (const [j, weight] of truth.entries())
      expect(Math.abs((coefficients[j] ?? 0) - weight)).toBeLessThan(3 * (standard_errors[j] ?? 0))
  })

  test('a column that decides alone stays finite; columns that say the same, and no choice, are refused', () => {
    const alone = Array.from({ length: 50 }, (): ChoiceSet => ({ alternatives: [[1], [0]], taken: 0 }))
    expect(conditionalLogit(alone, 1e-3).coefficients[0]).toBeLessThan(50)
    const same = [
      {
        alternatives: [
          [1, 1],
          [0, 0],
        ],
        taken: 0,
      },
      {
        alternatives: [
          [1, 1],
          [0, 0],
        ],
        taken: 1,
      },
    ]
    expect(() => conditionalLogit(same, 0)).toThrow(/same/)
    expect(() => conditionalLogit([])).toThrow()
    expect(() => conditionalLogit([{ alternatives: [[1]], taken: 3 }])).toThrow(/3/)
  })
})
