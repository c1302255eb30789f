import { NativeSelect, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { State } from '#ui/state/state.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call } from '#web/client.ts'
import type { Book } from '../rulebook/entry.tsx'
import { useSay } from '../rulebook/say.ts'
import '../rulebook/rules.css'

/** Chapters of the book and the kinds of rule a what-if may change. */
const KINDS = {
  indicators: 'indicator',
  vetoes: 'veto',
  verdict: 'verdict',
  causes: 'cause',
  derived: 'derived',
} as const
type Kind = (typeof KINDS)[keyof typeof KINDS]
type Chapter = keyof typeof KINDS

/** `indicator:housing` as its parts. */
export function partsOf(which: string): { kind: Kind | 'priority'; code: string } {
  const [kind = '', code = ''] = which.split(':', 2)
  if (code === 'priority') return { kind: 'priority', code }
  return { kind: Object.values(KINDS).find((each) => each === kind) ?? 'indicator', code }
}

const isChapter = (chapter: string): chapter is Chapter => chapter in KINDS

/** Choose one rule and write it as it would be; whether it holds water is told as one writes. */
export function OneRule(props: {
  book: Book
  which: string
  source: string
  onChange: (which: string, source: string) => void
}) {
  const t = useWords()
  const say = useSay()
  const { book, which, source } = props
  const rules = book.entries.flatMap((entry) =>
    isChapter(entry.chapter) && entry.rule !== null
      ? [
          {
            value: `${KINDS[entry.chapter]}:${entry.code}`,
            chapter: entry.chapter,
            label: say(entry.label),
            rule: entry.rule,
          },
        ]
      : [],
  )
  const chosen = rules.find((each) => each.value === which)
  const [asked] = useDebouncedValue(source, 300)
  const check = useQuery({
    queryKey: ['rules', 'check', chosen?.chapter, asked],
    queryFn: () => call(api.api.rules.check.$post({ json: { rule: asked, chapter: chosen?.chapter ?? 'indicators' } })),
    // A score is a number, which the chapter of the verdict does not take; the run itself checks it.
    enabled: chosen !== undefined && which !== 'verdict:priority' && asked.trim() !== '',
    staleTime: Number.POSITIVE_INFINITY,
  })
  const problems = asked === source && check.data?.ok === false ? (check.data.problems ?? []) : []
  const groups = (Object.keys(KINDS) as Chapter[]).map((chapter) => ({
    group: t(`assess:rules.try_chapter.${chapter}`),
    items: rules.filter((each) => each.chapter === chapter).map(({ value, label }) => ({ value, label })),
  }))
  return (
    <div className="wi-rule">
      <p className="d-says">{t('assess:whatif.rule_lead')}</p>
      <NativeSelect
        label={t('assess:whatif.rule_which')}
        data={[{ value: '', label: t('assess:whatif.rule_none') }, ...groups.filter((each) => each.items.length > 0)]}
        value={which}
        onChange={(event) => {
          const value = event.currentTarget.value
          props.onChange(value, rules.find((each) => each.value === value)?.rule ?? '')
        }}
      />
      {chosen && (
        <Textarea
          label={t('assess:whatif.rule_text')}
          value={source}
          onChange={(event) => props.onChange(which, event.currentTarget.value)}
          autosize
          minRows={2}
          maxRows={10}
          maxLength={10_000}
          spellCheck={false}
          autoCapitalize="off"
          error={problems.length > 0}
        />
      )}
      {problems.length > 0 && (
        <ol className="a-problems" role="status">
          {problems.map((problem, index) => (
            <li key={index}>
              <State state="unmet" word={problem.message} />
              <code className="d-num">
                {t('assess:rules.try_place', { from: problem.start + 1, to: Math.max(problem.start + 1, problem.end) })}
              </code>{' '}
              {problem.hint && <span className="d-says">{problem.hint}</span>}
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
