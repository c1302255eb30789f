import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { z } from 'zod'
import { useDraft } from '#ui/decide/draft.ts'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, JobProgress, useArea, useNamed, useView } from '#web/client.ts'
import type { WhatIfResult } from '../../what-if/run.ts'
import { loadBook, type Book } from '../rulebook/entry.tsx'
import { Figures } from './figures.tsx'
import { OneHousehold } from './household.tsx'
import { Result } from './result.tsx'
import { OneRule, partsOf } from './rule.tsx'
import './what-if.css'

const view = z.object({
  /** `income_line:4000,school_age:6` */
  set: z.string().optional(),
  /** `indicator:housing`, and the rule as it would be. */
  rule: z.string().optional(),
  cel: z.string().optional(),
  on: z.string().optional(),
  job: z.string().optional(),
  /** A draft of the workbench. */
  draft_id: z.string().optional(),
  household: z.string().optional(),
})

const readSet = (text: string | undefined): Record<string, string> =>
  Object.fromEntries((text ?? '').split(',').flatMap((part) => (part.includes(':') ? [part.split(':', 2)] : [])))
const writeSet = (set: Record<string, string>): string | undefined =>
  Object.entries(set)
    .map(([code, value]) => `${code}:${value}`)
    .join(',') || undefined

const ENDED = ['done', 'failed', 'cancelled']

/** The job that answers, asked for every second until it has ended. */
function useAnswer(job: string | undefined) {
  const asked = useQuery({
    queryKey: ['what-if', job],
    queryFn: () => call(api.api.jobs[':job_id'].$get({ param: { job_id: job ?? '' } })),
    enabled: job !== undefined,
    refetchInterval: (query) => (ENDED.includes(query.state.data?.state ?? '') ? false : 1000),
  })
  const running = job !== undefined && !ENDED.includes(asked.data?.state ?? '') && asked.error === null
  return { asked, running }
}

/** Change a figure or a rule and see whom it would change. What is asked, and the answer, stand in the address. */
export default function WhatIfPage() {
  const t = useWords()
  const named = useNamed()
  const { code, found } = useArea()
  const [{ set: said, rule, cel, on, job, draft_id, household }, setView] = useView(view)
  const book = useQuery({ queryKey: ['rules'], queryFn: loadBook, staleTime: 600_000 })
  // What is asked stands in the address once it is asked; until then it is kept as a draft beside that.
  const typed = useDraft('assess.what_if', `${code} ${draft_id ?? ''} ${job ?? ''}`, {
    set: readSet(said),
    which: rule ?? '',
    source: cel ?? '',
    day: on ?? '',
  })
  const { set, which, source, day } = typed.value
  const [error, setError] = useState<unknown>(null)
  const { asked, running } = useAnswer(job)
  const changes = Object.keys(set).length + (which === '' ? 0 : 1) + (draft_id === undefined ? 0 : 1)
  const asChanged = {
    parameters: set,
    rules: which === '' ? [] : [{ ...partsOf(which), source }],
    files: {},
    draft_id,
  }
  const run = async () => {
    setError(null)
    const json = {
      area_code: code,
      changes: asChanged,
      ...(day === '' ? {} : { reference_date: day }),
    }
    try {
      const begun = await call(api.api['what-if'].$post({ json }))
      typed.clear()
      const own = which === '' ? {} : { rule: which, cel: source }
      setView({ set: writeSet(set), rule: undefined, cel: undefined, ...own, on: day || undefined, job: begun.job_id })
    } catch (problem) {
      setView({ job: undefined }, { replace: true })
      setError(problem)
    }
  }
  return (
    <>
      <PageHead
        title={t('assess:whatif.title')}
        lead={t('assess:whatif.lead')}
        meta={found && <span>{named(found.area.name)}</span>}
      />
      {code === '' && <Empty title={t('assess:whatif.pick_area')} text={t('assess:whatif.pick_area_text')} />}
      {draft_id !== undefined && <p className="wi-draft">{t('assess:whatif.draft')}</p>}
      {book.error && <ProblemView error={book.error} onRetry={() => void book.refetch()} />}
      {book.isPending && code !== '' && <Waiting />}
      {book.data && code !== '' && (
        <Question
          book={book.data}
          area_code={code}
          asked={typed.value}
          onChange={typed.change}
          run={
            <Button onClick={() => void run()} disabled={changes === 0 || running}>
              {t('assess:whatif.run')}
            </Button>
          }
        />
      )}
      {error !== null && <ProblemView error={error} />}
      {job !== undefined && <Answer job={job} asked={asked} running={running} />}
      {book.data && job === undefined && error === null && code !== '' && (
        <Empty
          title={t(`assess:whatif.${changes === 0 ? 'nothing' : 'ready'}`)}
          text={t(`assess:whatif.${changes === 0 ? 'nothing_text' : 'ready_text'}`)}
        />
      )}
      {book.data && code !== '' && (
        <OneHousehold
          household_id={household ?? ''}
          onChoose={(next) => setView({ household: next || undefined }, { replace: true })}
          changes={asChanged}
          day={day}
        />
      )}
    </>
  )
}

interface Asked {
  set: Record<string, string>
  which: string
  source: string
  day: string
}

/** What is changed: figures, a rule, the day; `run` asks it. */
function Question(props: {
  book: Book
  area_code: string
  asked: Asked
  onChange: (change: Partial<Asked>) => void
  run: ReactNode
}) {
  const t = useWords()
  const { book } = props
  const { set, which, source, day } = props.asked
  return (
    <>
      <Section title={t('assess:whatif.figures')}>
        <p className="d-says">{t('assess:whatif.figures_lead')}</p>
        <Figures
          book={book}
          area_code={props.area_code}
          day={day || book.reference_date}
          set={set}
          onSet={(name, value) => {
            const { [name]: _, ...rest } = set
            props.onChange({ set: value === null ? rest : { ...rest, [name]: value } })
          }}
        />
      </Section>
      <Section title={t('assess:whatif.rule')}>
        <OneRule
          book={book}
          which={which}
          source={source}
          onChange={(chosen, text) => props.onChange({ which: chosen, source: text })}
        />
      </Section>
      <div className="wi-run">
        <TextInput
          type="date"
          label={t('assess:whatif.day')}
          value={day || book.reference_date}
          onChange={(event) => props.onChange({ day: event.currentTarget.value })}
          w={{ base: '100%', sm: 300 }}
        />
        {props.run}
      </div>
    </>
  )
}

/** How far the answer is, why it failed, or the answer. */
function Answer({ job, asked, running }: { job: string } & ReturnType<typeof useAnswer>) {
  const t = useWords()
  return (
    <>
      {asked.error && <ProblemView error={asked.error} />}
      {running && <JobProgress key={job} job_id={job} label={t('assess:whatif.running')} />}
      {asked.data?.state === 'failed' && (
        <ProblemView error={troubleOf(asked.data.result, t('assess:whatif.running'))} />
      )}
      {asked.data?.state === 'done' && <Result result={asked.data.result as unknown as WhatIfResult} />}
    </>
  )
}

function troubleOf(result: unknown, title: string) {
  const trouble = z.object({ code: z.string().optional(), detail: z.string().optional() }).safeParse(result).data
  return { title, code: trouble?.code ?? 'job_failed', detail: trouble?.detail }
}
