import { Button, Group, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Facts } from '#ui/facts.tsx'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { State, Tag } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import { DateText, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useMay, usePackWords, useParam } from '#web/client.ts'
import { Appeals } from './appeals.tsx'
import { Estimates } from './estimates.tsx'

const of = api.api.evaluate.evaluations[':evaluation_id']
export const loadOne = (evaluation_id: string) => call(of.$get({ param: { evaluation_id } }))
const loadRerun = (evaluation_id: string) => call(of.rerun.$get({ param: { evaluation_id } }))
export type Evaluation = Awaited<ReturnType<typeof loadOne>>
type Rerun = Awaited<ReturnType<typeof loadRerun>>

type Act = (work: Promise<unknown>) => void

/** One evaluation: design and commitment, progress, rates, appeals, decision. */
export default function EvaluationPage() {
  const t = useWords()
  const label = usePackWords()
  const evaluation_id = useParam('evaluation_id')
  const queries = useQueryClient()
  const found = useQuery({ queryKey: ['evaluate', evaluation_id], queryFn: () => loadOne(evaluation_id) })
  const [error, setError] = useState<unknown>(null)
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  const one = found.data
  if (!one) {
    return (
      <>
        <PageHead title={t('evaluate:one.title')} />
        <Waiting />
      </>
    )
  }
  const act: Act = (work) =>
    void work.then(() => {
      setError(null)
      void queries.invalidateQueries({ queryKey: ['evaluate'] })
    }, setError)
  return (
    <>
      <PageHead
        title={t('evaluate:one.of_year', { year: one.year })}
        lead={t(`evaluate:says.${one.state}`)}
        meta={<Tag>{label('evaluation_state', one.state)}</Tag>}
        actions={<NextStep one={one} act={act} />}
      />
      {error !== null && <ProblemView error={error} />}
      {one.decision && (
        <Section title={t('evaluate:decision')}>
          <State
            state={one.decision.overall === 'passed' ? 'met' : one.decision.overall === 'failed' ? 'unmet' : 'unknown'}
            word={t(`evaluate:overall.${one.decision.overall}`)}
          />
        </Section>
      )}
      <Estimates estimates={one.estimates} confidence={one.design.confidence} />
      <Commitment one={one} act={act} />
      <Progress one={one} />
      {one.published_at !== null && <Appeals one={one} onChange={() => void found.refetch()} />}
    </>
  )
}

/** The button of the step that is due: estimate, publish, decide. */
function NextStep({ one, act }: { one: Evaluation; act: Act }) {
  const t = useWords()
  const may_estimate = useMay('evaluate.estimate')
  const may_decide = useMay('evaluate.decide')
  const param = { evaluation_id: one.evaluation_id }
  if (!may_estimate) return null
  return (
    <Group>
      {one.state === 'drawn' && (
        <Button variant="default" onClick={() => act(call(of.estimate.$post({ param, json: {} })))}>
          {t('evaluate:estimate')}
        </Button>
      )}
      {one.state === 'drawn' && one.estimates.length > 0 && (
        <Button color="seal" onClick={() => act(call(of.publish.$post({ param })))}>
          {t('evaluate:publish')}
        </Button>
      )}
      {one.state === 'published' && may_decide && (
        <Button color="seal" onClick={() => act(call(of.decide.$post({ param, json: {} })))}>
          {t('evaluate:decide')}
        </Button>
      )}
    </Group>
  )
}

/** What was committed to before the draw, the draw itself, and the draw made again. */
function Commitment({ one, act }: { one: Evaluation; act: Act }) {
  const t = useWords()
  const [seed, setSeed] = useState('')
  const may_draw = useMay('evaluate.draw')
  const param = { evaluation_id: one.evaluation_id }
  return (
    <Section title={t('evaluate:commitment')}>
      <Facts
        columns={2}
        items={[
          {
            label: t('evaluate:seed_sha256'),
            value: <code style={{ overflowWrap: 'anywhere' }}>{one.seed_sha256}</code>,
          },
          { label: t('evaluate:designed'), value: <DateText value={one.created_at} /> },
          { label: t('evaluate:seed'), value: one.seed ?? t('evaluate:seed_hidden') },
          { label: t('evaluate:drawn'), value: <DateText value={one.drawn_at} /> },
          {
            label: t('evaluate:frame_sha256'),
            value: <code style={{ overflowWrap: 'anywhere' }}>{one.frame_sha256 ?? ''}</code>,
          },
          { label: t('evaluate:reference_date'), value: <DateText value={one.design.reference_date} /> },
        ]}
      />
      {one.state === 'designed' && may_draw && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            act(call(of.draw.$post({ param, json: { seed } })))
          }}
        >
          <Group align="end">
            <TextInput
              label={t('evaluate:design.seed')}
              value={seed}
              onChange={(event) => setSeed(event.currentTarget.value)}
              autoComplete="off"
              required
            />
            <Button type="submit" color="seal">
              {t('evaluate:draw')}
            </Button>
          </Group>
        </form>
      )}
      {one.drawn_at !== null && <Again evaluation_id={one.evaluation_id} />}
    </Section>
  )
}

/** By stratum: how many households there are, were drawn and were inspected. */
function Progress({ one }: { one: Evaluation }) {
  const t = useWords()
  const label = usePackWords()
  return (
    <Section title={t('evaluate:progress')}>
      <Table
        caption={t('evaluate:progress')}
        rows={one.progress}
        rowKey={(row) => row.stratum}
        columns={[
          {
            key: 'stratum',
            label: t('evaluate:stratum'),
            value: (row) => (row.stratum === 'all' ? t('evaluate:mine') : label('stratum', row.stratum)),
            primary: true,
          },
          {
            key: 'population',
            label: t('evaluate:population'),
            value: (row) => one.populations?.[row.stratum]?.households ?? null,
            align: 'end',
          },
          { key: 'drawn', label: t('evaluate:drawn_count'), value: (row) => row.drawn, align: 'end' },
          { key: 'inspected', label: t('evaluate:inspected'), value: (row) => row.inspected, align: 'end' },
        ]}
        empty={{ title: t('evaluate:not_drawn') }}
      />
    </Section>
  )
}

/** The draw made again from what was published. */
function Again({ evaluation_id }: { evaluation_id: string }) {
  const t = useWords()
  const [rerun, setRerun] = useState<Rerun | null>(null)
  const [error, setError] = useState<unknown>(null)
  return (
    <>
      <Button variant="default" mt="sm" onClick={() => void loadRerun(evaluation_id).then(setRerun, setError)}>
        {t('evaluate:rerun')}
      </Button>
      {error !== null && <ProblemView error={error} />}
      {rerun && (
        <p role="status">
          <State
            state={rerun.equal ? 'met' : 'unmet'}
            word={t(rerun.equal ? 'evaluate:rerun_equal' : 'evaluate:rerun_differs')}
          />{' '}
          <Num value={rerun.drawn} /> {rerun.differences.join(', ')}
        </p>
      )}
    </>
  )
}
