import { NativeSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useId, useRef, useState } from 'react'
import { Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { State } from '#ui/state/state.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useMay } from '#web/client.ts'
import { Cel, type Place } from '../rulebook/cel.tsx'
import { useSay } from '../rulebook/say.ts'

const CHAPTERS = [
  'indicators',
  'derived',
  'verdict',
  'vetoes',
  'causes',
  'measures',
  'alerts',
  'exit_household',
  'exit_village',
] as const
type Chapter = (typeof CHAPTERS)[number]

interface Field {
  name: string
  list: string | null
  type: string
  label: Record<string, string>
}

const loadCheck = (rule: string, chapter: Chapter) => call(api.api.rules.check.$post({ json: { rule, chapter } }))
type Check = Awaited<ReturnType<typeof loadCheck>>

/** Write a rule and see at once whether it holds water: what it gives and reads, or where each problem stands. */
export function TryRule(props: { fields: Field[]; start: string }) {
  const t = useWords()
  const say = useSay()
  const id = useId()
  const [rule, setRule] = useState(props.start)
  const [chapter, setChapter] = useState<Chapter>('indicators')
  const [asked] = useDebouncedValue(rule, 250)
  const may_try = useMay('rules.try')
  const check = useQuery({
    queryKey: ['rules', 'check', chapter, asked],
    queryFn: () => loadCheck(asked, chapter),
    enabled: may_try && asked.trim() !== '',
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const current = asked === rule && rule.trim() !== '' ? check.data : undefined
  const problems = current?.problems ?? []
  const shown = new Set(current?.ok ? [...(current.fields ?? []), ...Object.values(current.lists ?? {}).flat()] : [])
  return (
    <Section id="try" title={t('assess:rules.try')}>
      <p className="d-lead">{t('assess:rules.try_lead')}</p>
      <div className="a-try">
        <NativeSelect
          label={t('assess:rules.try_for')}
          data={CHAPTERS.map((value) => ({ value, label: t(`assess:rules.try_chapter.${value}`) }))}
          value={chapter}
          onChange={(event) => setChapter(CHAPTERS.find((each) => each === event.currentTarget.value) ?? 'indicators')}
        />
        <div>
          <label htmlFor={id}>{t('assess:rules.try_rule')}</label>
          <Editor id={id} rule={rule} onChange={setRule} marks={problems} />
        </div>
      </div>
      <div className="a-try-answer" role="status">
        {!may_try && <p className="d-says">{t('assess:rules.try_sign_in')}</p>}
        {check.error && <ProblemView error={check.error} />}
        {current && <Checked answer={current} />}
        {shown.size > 0 && (
          <ul className="a-reads" aria-label={t('assess:rules.try_reads')}>
            {props.fields
              .filter((field) => shown.has(field.name))
              .map((field) => (
                <li key={`${field.list}.${field.name}`}>
                  <code>{field.name}</code> <span className="d-says">{say(field.label)}</span>
                </li>
              ))}
          </ul>
        )}
      </div>
    </Section>
  )
}

/** That the rule holds water and what it gives; or each problem and its place. */
function Checked({ answer }: { answer: Check }) {
  const t = useWords()
  return (
    <>
      {answer.ok === true && (
        <State
          state="met"
          word={t('assess:rules.try_good', { type: t(`assess:rules.type.${answer.type ?? 'bool'}`) })}
        />
      )}
      {answer.ok === false && (
        <ol className="a-problems">
          {(answer.problems ?? []).map((problem, index) => (
            <li key={index}>
              <State state="unmet" word={problem.message} />
              <code className="d-num">
                {t('assess:rules.try_place', {
                  from: problem.start + 1,
                  to: Math.max(problem.start + 1, problem.end),
                })}
              </code>{' '}
              {problem.hint && <span className="d-says">{problem.hint}</span>}
            </li>
          ))}
        </ol>
      )}
    </>
  )
}

/** A text field with the places of problems underlined: a copy of the text lies over it and takes no clicks. */
function Editor(props: { id: string; rule: string; onChange: (rule: string) => void; marks: readonly Place[] }) {
  const over = useRef<HTMLPreElement>(null)
  return (
    <div className="a-editor">
      <textarea
        id={props.id}
        value={props.rule}
        rows={3}
        maxLength={10_000}
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        aria-invalid={props.marks.length > 0}
        onChange={(event) => props.onChange(event.currentTarget.value)}
        onScroll={(event) => over.current?.scrollTo({ top: event.currentTarget.scrollTop })}
      />
      <pre ref={over} aria-hidden="true">
        {/* A newline at the end takes no room without something after it. */}
        <Cel rule={`${props.rule} `} marks={props.marks.map(widened)} />
      </pre>
    </div>
  )
}

/** A place of no length (something is missing there) is one character wide. */
const widened = ({ start, end }: Place): Place => ({ start, end: Math.max(end, start + 1) })
