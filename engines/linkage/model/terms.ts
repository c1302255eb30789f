import { comparerOf } from '../compare/comparers.ts'
import { at } from '../at.ts'
import { equalityLevel } from './model.ts'
import type { Level, LinkageModel } from './model.ts'

/** One term-frequency adjustment of a model: which levels of which comparison it touches, and of which value. */
export type Term = {
  /** Its name among `TermFrequencies`: the comparison's, for kind `tests` with the column (`name.surname`). */
  key: string
  /** Index of the comparison and of its columns; `column` is null where the whole comparison has one value. */
  comparison: number
  column: number | null
  levels: number[]
  /** The level whose u is how often two records share the value. */
  u_level: number
  /** Levels that values of two kinds reach: the greater share of the two counts. */
  both: boolean
  /** The value of one prepared record; null: none. */
  of(prepared: unknown): string | null
}

/** The level whose u is how often two records share a term's value. */
export const levelOfTerm = (model: LinkageModel, term: Term): Level =>
  at(at(model.comparisons, term.comparison).levels, term.u_level)

/** All term-frequency adjustments of a checked model, in the order of its comparisons and levels. */
export function termsOf(model: LinkageModel): Term[] {
  return model.comparisons.flatMap((comparison, i): Term[] => {
    if (comparison.kind !== 'tests') {
      const key = comparerOf(comparison).keys[0]
      if (!comparison.term_frequency || !key) return []
      return [{ key: comparison.name, comparison: i, column: null, levels: [0], u_level: 0, both: false, of: key }]
    }
    const comparer = comparerOf(comparison)
    const columns = [...new Set(comparison.levels.flatMap((level) => level.term_frequency ?? []))]
    return columns.map((name) => {
      const column = comparison.columns.indexOf(name)
      const levels = comparison.levels.flatMap((level, k) => (level.term_frequency === name ? [k] : []))
      const u_level = equalityLevel(comparison, name)
      return {
        key: `${comparison.name}.${name}`,
        comparison: i,
        column,
        levels,
        u_level,
        both: levels.some((k) => k !== u_level),
        of: (prepared) => comparer.columnText(prepared, column),
      }
    })
  })
}
