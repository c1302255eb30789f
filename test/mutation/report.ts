import { wilsonInterval } from '#engines/statistics/proportion.ts'
import type { Fate, Measured, Outcome } from './measure.ts'

const oneLine = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 70 ? `${line.slice(0, 66)} ...` : line
}

/** `path:line  kind  from -> to`, of one mutant. */
export const lineOf = ({ mutant }: Outcome): string =>
  `${mutant.path}:${mutant.line}  ${mutant.kind}  ${oneLine(mutant.from)}  ->  ${
    mutant.shape === 'statement' ? '(left out)' : oneLine(mutant.to)
  }`

export interface Score {
  mutants: number
  population: number
  counts: Record<Fate, number>
  /** Killed and timed out of all, 0 to 1, with the 95 % Wilson interval of the files' whole population. */
  score: number
  lower: number
  upper: number
}

export function scoreOf({ population, outcomes }: Measured): Score {
  const count = (fate: Fate) => outcomes.filter((each) => each.fate === fate).length
  const counts = {
    killed: count('killed'),
    'timed out': count('timed out'),
    survived: count('survived'),
    'no test reaches it': count('no test reaches it'),
  }
  const events = counts.killed + counts['timed out']
  const n = outcomes.length
  if (n === 0) return { mutants: 0, population, counts, score: 1, lower: 1, upper: 1 }
  const { estimate, lower, upper } = wilsonInterval({ events, n, population })
  return { mutants: n, population, counts, score: estimate, lower, upper }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

export const headings = [
  'folder',
  'mutants',
  'of',
  'killed',
  'timed out',
  'survived',
  'unreached',
  'score',
  '95 % interval',
]

/** One row of the table of scores. */
export function rowOf(name: string, measured: Measured): string[] {
  const { mutants, population, counts, score, lower, upper } = scoreOf(measured)
  return [
    name,
    ...[mutants, population, counts.killed, counts['timed out'], counts.survived, counts['no test reaches it']].map(
      String,
    ),
    percent(score),
    mutants < population ? `${percent(lower)} to ${percent(upper)}` : 'all of them',
  ]
}
export const markdownRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Survivors and mutants that no test reaches, by file. */
export const alive = (measured: Measured): string[] =>
  measured.outcomes
    .filter(({ fate }) => fate === 'survived' || fate === 'no test reaches it')
    .map((each) => (each.fate === 'survived' ? lineOf(each) : `${lineOf(each)}  (no test reaches it)`))
