import { Button, Group, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useDraft, useDrafts } from '#ui/decide/draft.ts'
import { Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { State, stateOf, Tag } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useMay, usePackWords } from '#web/client.ts'
import type { Evaluation } from './evaluation.tsx'

const of = api.api.evaluate.evaluations[':evaluation_id']

const blank = { statement: '', evidence: '' }

/** What was found at each household, appeals against it, and the evaluator's answers. */
export function Appeals({ one, onChange }: { one: Evaluation; onChange: () => void }) {
  const t = useWords()
  const label = usePackWords()
  const param = { evaluation_id: one.evaluation_id }
  const may_appeal = useMay('evaluate.appeal') && one.state === 'published'
  const may_decide = useMay('evaluate.decide') && one.state === 'published'
  const units = useQuery({
    queryKey: ['evaluate', one.evaluation_id, 'units'],
    queryFn: () => call(of.units.$get({ param })),
  })
  const [household_id, setHousehold] = useState<string | null>(null)
  const draft = useDraft('evaluate.appeal', `${one.evaluation_id} ${household_id}`, blank)
  const { statement, evidence } = draft.value
  // One reason an answer: what was typed for one family never stands under another.
  const reasons = useDrafts('evaluate.appeal_answer', '')
  const [error, setError] = useState<unknown>(null)
  const act = (work: Promise<unknown>, clear: () => void) =>
    void work.then(() => {
      clear()
      setError(null)
      setHousehold(null)
      onChange()
    }, setError)
  const poor = (units.data?.items ?? []).filter((unit) => unit.found_poor === true)
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
          columns={[
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
                  <Button size="compact-sm" variant="default" onClick={() => setHousehold(row.household_id)}>
                    {t('evaluate:appeal.make')}
                  </Button>
                ) : (
                  ''
                ),
            },
          ]}
        />
        {household_id !== null && (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              const appeal = { household_id, statement, evidence }
              act(call(of.appeals.$post({ param, json: { appeals: [appeal] } })), draft.clear)
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
        )}
      </Section>
      <Section title={t('evaluate:appeal.title')}>
        <Table
          caption={t('evaluate:appeal.title')}
          rows={one.appeals}
          rowKey={(row) => row.appeal_id}
          empty={{ title: t('evaluate:appeal.none') }}
          columns={[
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
                  <Group gap="xs">
                    <TextInput
                      aria-label={`${t('evaluate:appeal.reason')}: ${row.household_id}`}
                      placeholder={t('evaluate:appeal.reason')}
                      value={reasons.of(row.appeal_id)}
                      onChange={(event) => reasons.set(row.appeal_id, event.currentTarget.value)}
                    />
                    {(['upheld', 'dismissed'] as const).map((state) => (
                      <Button
                        key={state}
                        size="compact-sm"
                        variant="default"
                        disabled={reasons.of(row.appeal_id).trim() === ''}
                        onClick={() =>
                          act(
                            call(
                              of.appeals[':appeal_id'].$post({
                                param: { ...param, appeal_id: row.appeal_id },
                                json: { state, reason: reasons.of(row.appeal_id).trim() },
                              }),
                            ),
                            () => reasons.clear(row.appeal_id),
                          )
                        }
                      >
                        {t(`evaluate:appeal.${state}`)}
                      </Button>
                    ))}
                  </Group>
                ) : (
                  (row.reason ?? '')
                ),
            },
          ]}
        />
      </Section>
    </>
  )
}
