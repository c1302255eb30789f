import { Button, Select, Stack, TextInput, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { useDraft } from '#ui/decide/draft.ts'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { DateText } from '#ui/text.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { api, call, usePackWords, useView } from '#web/client.ts'
import { FindHousehold } from './find-household.tsx'
import { Settled, type ToldChange } from './settled.tsx'

const view = z.object({ household: z.string().optional() })
const number = /^\S+-\d+$/

/** The household, an official or a department tells of a change; some raise an alert at once. */
export default function TellPage() {
  const t = useWords()
  const [{ household = '' }, setView] = useView(view)
  const found = useQuery({
    queryKey: ['monitor', 'household', household],
    queryFn: () => call(api.api.monitor.households[':household_id'].$get({ param: { household_id: household } })),
    enabled: number.test(household),
  })
  return (
    <>
      <PageHead title={t('monitor:tell.title')} lead={t('monitor:tell.lead')} />
      <FindHousehold household={household} onChoose={(chosen) => setView({ household: chosen }, { replace: true })} />
      {found.error && <ProblemView error={found.error} />}
      {found.data && (
        <>
          <Section title={found.data.head_name}>
            <TellForm
              key={household}
              household_id={household}
              kinds={found.data.kinds}
              onDone={() => void found.refetch()}
            />
          </Section>
          <Section title={t('monitor:tell.before')}>
            <Told changes={found.data.changes} onDone={() => void found.refetch()} />
          </Section>
        </>
      )}
    </>
  )
}

const blank: { kind: string | null; happened_on: string | null; source: string; detail: string } = {
  kind: null,
  happened_on: null,
  source: '',
  detail: '',
}

function TellForm(props: { household_id: string; kinds: string[]; onDone: () => void }) {
  const { words: t, today } = useReader()
  const label = usePackWords()
  const draft = useDraft('monitor.tell', props.household_id, blank)
  const { kind, source, detail } = draft.value
  const happened_on = draft.value.happened_on ?? today
  const [raised, setRaised] = useState<number | null>(null)
  const [error, setError] = useState<unknown>(null)
  const tell = async () => {
    if (kind === null) return
    setError(null)
    const change = { household_id: props.household_id, kind, happened_on, source, detail }
    await call(api.api.monitor.changes.$post({ json: { changes: [change] } })).then((told) => {
      setRaised(told.raised)
      draft.clear()
      props.onDone()
    }, setError)
  }
  return (
    <Stack maw={480} gap="sm">
      {error !== null && <ProblemView error={error} />}
      <Select
        label={t('monitor:change')}
        data={props.kinds.map((value) => ({ value, label: label('change_kind', value) }))}
        value={kind}
        onChange={(value) => draft.change({ kind: value })}
        searchable
      />
      <TextInput
        type="date"
        label={t('monitor:happened_on')}
        max={today}
        value={happened_on}
        onChange={(event) => draft.change({ happened_on: event.currentTarget.value })}
      />
      <TextInput
        label={t('monitor:told_by')}
        value={source}
        onChange={(event) => draft.change({ source: event.currentTarget.value })}
      />
      <Textarea
        label={t('monitor:detail')}
        value={detail}
        onChange={(event) => draft.change({ detail: event.currentTarget.value })}
      />
      <Button color="seal" disabled={kind === null || happened_on === '' || source === ''} onClick={() => void tell()}>
        {t('monitor:tell.do')}
      </Button>
      {raised !== null && <p role="status">{t('monitor:tell.done', { n: raised })}</p>}
    </Stack>
  )
}

function Told(props: { changes: readonly ToldChange[]; onDone: () => void }) {
  const t = useWords()
  const label = usePackWords()
  if (props.changes.length === 0) return <p className="d-says">{t('monitor:tell.none')}</p>
  return (
    <ul>
      {props.changes.map((change) => (
        <li key={change.change_id}>
          <DateText value={change.happened_on} /> · {label('change_kind', change.kind)} · {change.source}
          <Settled change={change} onDone={props.onDone} />
        </li>
      ))}
    </ul>
  )
}
