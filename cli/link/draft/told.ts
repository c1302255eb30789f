import type { LinkageProblem } from '#engines/linkage/errors.ts'
import { tell } from '../../tell.ts'
import type { Draft, DraftOptions, Drafted } from './draft.ts'
import { ENDS_IN_YEAR } from './kinds.ts'
import type { Profile } from './kinds.ts'

/** What to type besides, told from the values. */
export function optionsFor(drafted: readonly Drafted[], profiles: ReadonlyMap<string, Profile>): [string, string][] {
  const values = ({ column }: Drafted) => profiles.get(column)!.values
  const dates = drafted.filter(({ content }) => content === 'date').flatMap(values)
  const parts = dates.flatMap((value) => ENDS_IN_YEAR.exec(value) ?? []).length > 0
  const first = dates.some((value) => Number(ENDS_IN_YEAR.exec(value)?.[1] ?? 0) > 12)
  const marked = drafted.filter(
    (each) =>
      ['name', 'date', 'code'].includes(each.content) &&
      values(each).filter((value) => /[\u00c0-\u024f\u1e00-\u1eff\u0600-\u06ff]/.test(value)).length * 100 >
        values(each).length,
  )
  return [
    ...(parts ? [['dates', first ? 'dmy' : 'mdy'] as [string, string]] : []),
    ...(marked.length > 0 ? [['plain', marked.map(({ column }) => column).join(',')] as [string, string]] : []),
  ]
}

/** Words on average from which a text is a title or a description. */
const WORDY = 4

/** What a draft cannot tell from the values, and what comes of it. */
export function notKnown(drafted: readonly Drafted[], profiles: ReadonlyMap<string, Profile>): string[] {
  const words = ({ column }: Drafted) => {
    const { values } = profiles.get(column)!
    return values.reduce((sum, value) => sum + value.trim().split(/\s+/).length, 0) / Math.max(1, values.length)
  }
  const wordy = drafted.filter((each) => each.content === 'name' && words(each) >= WORDY).map(({ column }) => column)
  const sure = drafted.some(({ content }) => ['national_id', 'code', 'date', 'email'].includes(content))
  return [
    'How often true pairs differ: m is guessed until link train has learnt it. The thresholds (10 bits to accept, 0 to look at) are those of lists of people.',
    ...(wordy.length > 0
      ? [
          `Which words of ${wordy.join(', ')} matter: texts of several words are compared letter by letter. Two products of one maker that differ in a size or a model number look almost the same, and the same one with its words in another order looks different. Give the model number a column of its own, or do not accept without it (accept_requires).`,
        ]
      : []),
    ...(sure
      ? []
      : ['Who has the same name and is another: no column holds a number, a code, a whole date or an e-mail address.']),
    'Whether the links are right: judge some hundred pairs yourself and run link evaluate before they are used.',
  ]
}

/** A word as a shell takes it for one. */
const typed = (word: string) => (/[\s'"$`\\;&|<>()*?]/.test(word) ? `'${word.replaceAll("'", `'\\''`)}'` : word)

/** The draft as tables, or one object, with what to type next. */
export function report(
  { model, left_out, rules, reading, households, not_known, problems }: Draft & { problems: readonly LinkageProblem[] },
  options: DraftOptions,
): void {
  const { out, left, right, id, household } = options
  const renamed = (names: Record<string, string> = {}) =>
    Object.entries(names)
      .map((pair) => pair.join('='))
      .join(',')
  const given: [string, string | undefined][] = [
    ['left', left],
    ['right', right],
    ['id', id === 'record_id' ? '' : id],
    ['household', households && household !== 'household_id' ? household : ''],
    ['rename-left', renamed(options.renameLeft)],
    ['rename-right', renamed(options.renameRight)],
    ['encoding', options.encoding],
    ...reading,
  ]
  const common = given.flatMap(([option, value]) => (value ? [`--${option} ${typed(value)}`] : [])).join(' ')
  const how = right ? (households ? '--households' : '--one-to-one') : '--clusters clusters.csv'
  const next = [
    `doorstep link train ${common} --model ${typed(out)} --out learnt.json`,
    `doorstep link ${common} --model ${typed(out)} ${how} --out links.csv`,
  ]
  const comparisons = model.comparisons.map(({ name, columns, kind, note }) => ({
    name,
    column: columns.join(', '),
    kind,
    why: note!,
  }))
  const made = rules.map(({ rule, pairs }) => ({ rule, pairs }))
  if (options.json) {
    tell(
      { out, comparisons, rules: made, left_out, reading: Object.fromEntries(reading), not_known, next, problems },
      true,
    )
    return
  }
  for (const { code, message } of problems) console.error(`${code}: ${message}`)
  tell({ out }, false)
  console.table(comparisons)
  console.table(made.map(({ rule, pairs }) => ({ rule: rule.join(', '), pairs })))
  if (left_out.length > 0) console.table(left_out)
  console.log(
    `A draft, told from the values alone. Read it: is each column what it is taken for, does one say what another says, may any be shared by people who are not the same (accept_requires, vetoes)? m is guessed; it is learnt from the records. What it does not know:\n${not_known.map((line) => `  - ${line}`).join('\n')}\nThen:\n${next.map((line) => `  ${line}`).join('\n')}`,
  )
}
