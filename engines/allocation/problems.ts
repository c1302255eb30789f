/** What is wrong with what was handed over. Nothing is thrown for data: the rest is worked out without it. */
export type AllocationProblem = {
  code:
    | 'bad_number'
    | 'duplicate'
    | 'group_without_budget'
    | 'required_exceeds_budget'
    | 'required_exceeds_capacity'
    | 'required_conflict'
    | 'required_missing'
    | 'unknown_requirement'
  /** What it concerns: a unit, an option, a need, a group or a capacity, or several joined by " | ". */
  about: string
  message: string
}

/** Order by UTF-16 code unit: the same on every machine, whatever its language. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export const usable = (x: number): boolean => Number.isFinite(x) && x >= 0
