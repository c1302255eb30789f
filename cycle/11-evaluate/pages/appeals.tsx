import { Button, Group, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useDraft, useDrafts } from '#ui/decide/draft.ts'
import { Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { State, stateOf, Tag } from '#ui/state/state.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useMay, usePackWords } from '#web/client.ts'
import type { Evaluation } from './evaluation.tsx'

const of = api.api.evaluate.evaluations[':evaluation_id']
const loadUnits = (evaluation_id: string) => call(of.units.$get({ param: { evaluation_id } }))

const blank = { statement: '', evidence: '' }

type Units = Awaited<ReturnType<typeof loadUnits>>['items']
type Appeal = Evaluation['appeals'][number]
type Act = (work: Promise<unknown>, clear: () => void) => void

/** What was found at each household, appeals against it, and the evaluator's answers. */
export function Appeals({ one, onChange }: { one: Evaluation; onChange: () => void }) {
  const t = useWords()
  const units = useQuery({
    queryKey: ['evaluate', one.evaluation_id, 'units'],
    queryFn: () => loadUnits(one.evaluation_id),
  })
  const [household_id, setHousehold] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const act: Act = (work, clear) =>
    void work.then(() => {
      clear()
      setError(null)
      setHousehold(null)
      onChange()
    }, setError)
  const poor = (units.data?.items ?? []).filter((unit) => unit.found_poor === true)
  const found = useFoundColumns(one, setHousehold)
  const appeals = useAppealColumns(one, act)
  return (
    <>
      {error !== null && <ProblemView error={error} />}
      <Section title={t('evaluate:found.title')}>
        <Table
          caption={t('evaluate:found.title')}
          rows={poor}
          rowKey={(row) => row.household_id}
          loading={units.isPending}
          error={units.error}
          empty={{ title: t('evaluate:found.none') }}
          columns={found}
        />
        {household_id !== null && (
          <AppealForm evaluation_id={one.evaluation_id} household_id={household_id} act={act} />
        )}
      </Section>
      <Section title={t('evaluate:appeal.title')}>
        <Table
          caption={t('evaluate:appeal.title')}
          rows={one.appeals}
          rowKey={(row) => row.appeal_id}
          empty={{ title: t('evaluate:appeal.none') }}
          columns={appeals}
        />
      </Section>
    </>
  )
}

function useFoundColumns(one: Evaluation, onAppeal: (household_id: string) => void): Column<Units[number]>[] {
  const t = useWords()
  const label = usePackWords()
  const may_appeal = useMay('evaluate.appeal') && one.state === 'published'
  return [
    { key: 'head', label: t('evaluate:household'), value: (row) => row.head_name, primary: true },
    { key: 'id', label: t('evaluate:number'), value: (row) => row.household_id },
    { key: 'stratum', label: t('evaluate:stratum'), value: (row) => label('stratum', row.stratum ?? '') },
    {
      key: 'criteria',
      label: t('evaluate:found.lacks'),
      value: (row) => (row.found_criteria ?? []).map((code) => label('indicator', code)).join(' · '),
    },
    {
      key: 'act',
      label: t('evaluate:appeal.title'),
      cell: (row) =>
        may_appeal && !one.appeals.some((appeal) => appeal.household_id === row.household_id) ? (
          <Button size="compact-sm" variant="default" onClick={() => onAppeal(row.household_id)}>
            {t('evaluate:appeal.make')}
          </Button>
        ) : (
          ''
        ),
    },
  ]
}

/** A household's appeal against what was found at it. */
function AppealForm(props: { evaluation_id: string; household_id: string; act: Act }) {
  const t = useWords()
  const { evaluation_id, household_id } = props
  const draft = useDraft('evaluate.appeal', `${evaluation_id} ${household_id}`, blank)
  const { statement, evidence } = draft.value
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const appeals = [{ household_id, statement, evidence }]
        props.act(call(of.appeals.$post({ param: { evaluation_id }, json: { appeals } })), draft.clear)
      }}
    >
      <p>{household_id}</p>
      <Textarea
        label={t('evaluate:appeal.statement')}
        value={statement}
        onChange={(event) => draft.change({ statement: event.currentTarget.value })}
        required
      />
      <TextInput
        label={t('evaluate:appeal.evidence')}
        value={evidence}
        onChange={(event) => draft.change({ evidence: event.currentTarget.value })}
        required
      />
      <Button type="submit" color="seal" mt="sm">
        {t('evaluate:appeal.send')}
      </Button>
    </form>
  )
}

function useAppealColumns(one: Evaluation, act: Act): Column<Appeal>[] {
  const t = useWords()
  const may_decide = useMay('evaluate.decide') && one.state === 'published'
  return [
    { key: 'household', label: t('evaluate:number'), value: (row) => row.household_id, primary: true },
    { key: 'statement', label: t('evaluate:appeal.statement'), value: (row) => row.statement },
    { key: 'evidence', label: t('evaluate:appeal.evidence'), value: (row) => row.evidence ?? '' },
    {
      key: 'state',
      label: t('evaluate:state'),
      cell: (row) =>
        row.state === 'open' ? (
          <Tag tone="seal">{t('evaluate:appeal.open')}</Tag>
        ) : (
          <State state={stateOf(row.state === 'upheld')} word={t(`evaluate:appeal.${row.state}`)} />
        ),
    },
    {
      key: 'act',
      label: t('evaluate:appeal.reason'),
      cell: (row) =>
        may_decide && row.state === 'open' ? (
          <Answer evaluation_id={one.evaluation_id} appeal={row} act={act} />
        ) : (
          (row.reason ?? '')
        ),
    },
  ]
}

/** The evaluator's answer to an appeal, with its reason. */
function Answer(props: { evaluation_id: string; appeal: Appeal; act: Act }) {
  const t = useWords()
  // One reason an answer: what was typed for one family never stands under another.
  const reasons = useDrafts('evaluate.appeal_answer', '')
  const { evaluation_id, appeal } = props
  const { appeal_id } = appeal
  const reason = reasons.of(appeal_id)
  const decide = (state: 'upheld' | 'dismissed') =>
    props.act(
      call(
        of.appeals[':appeal_id'].$post({ param: { evaluation_id, appeal_id }, json: { state, reason: reason.trim() } }),
      ),
      () => reasons.clear(appeal_id),
    )
  return (
    <Group gap="xs">
      <TextInput
        aria-label={`${t('evaluate:appeal.reason')}: ${appeal.household_id}`}
        placeholder={t('evaluate:appeal.reason')}
        value={reason}
        onChange={(event) => reasons.set(appeal_id, event.currentTarget.value)}
      />
      {(['upheld', 'dismissed'] as const).map((state) => (
        <Button
          key={state}
          size="compact-sm"
          variant="default"
          disabled={reason.trim() === ''}
          onClick={() => decide(state)}
        >
          {t(`evaluate:appeal.${state}`)}
        </Button>
      ))}
    </Group>
  )
}
