import { Button, Select, Stack, TextInput, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { DateText } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, usePackWords, useView } from '#web/client.ts'

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
      <TextInput
        label={t('monitor:number')}
        value={household}
        onChange={(event) => setView({ household: event.currentTarget.value || undefined }, { replace: true })}
        w={280}
        mb="md"
      />
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
            <Told changes={found.data.changes} />
          </Section>
        </>
      )}
    </>
  )
}

function TellForm(props: { household_id: string; kinds: string[]; onDone: () => void }) {
  const t = useWords()
  const label = usePackWords()
  const [kind, setKind] = useState<string | null>(null)
  const [happened_on, setDay] = useState('')
  const [source, setSource] = useState('')
  const [detail, setDetail] = useState('')
  const [raised, setRaised] = useState<number | null>(null)
  const [error, setError] = useState<unknown>(null)
  const tell = async () => {
    if (kind === null) return
    setError(null)
    const change = { household_id: props.household_id, kind, happened_on, source, detail }
    await call(api.api.monitor.changes.$post({ json: { changes: [change] } })).then((told) => {
      setRaised(told.raised)
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
        onChange={setKind}
        searchable
      />
      <TextInput
        type="date"
        label={t('monitor:happened_on')}
        value={happened_on}
        onChange={(event) => setDay(event.currentTarget.value)}
      />
      <TextInput
        label={t('monitor:told_by')}
        value={source}
        onChange={(event) => setSource(event.currentTarget.value)}
      />
      <Textarea label={t('monitor:detail')} value={detail} onChange={(event) => setDetail(event.currentTarget.value)} />
      <Button color="seal" disabled={kind === null || happened_on === '' || source === ''} onClick={() => void tell()}>
        {t('monitor:tell.do')}
      </Button>
      {raised !== null && <p role="status">{t('monitor:tell.done', { n: raised })}</p>}
    </Stack>
  )
}

function Told(props: { changes: readonly { change_id: string; kind: string; happened_on: string; source: string }[] }) {
  const t = useWords()
  const label = usePackWords()
  if (props.changes.length === 0) return <p className="d-says">{t('monitor:tell.none')}</p>
  return (
    <ul>
      {props.changes.map((change) => (
        <li key={change.change_id}>
          <DateText value={change.happened_on} /> · {label('change_kind', change.kind)} · {change.source}
        </li>
      ))}
    </ul>
  )
}
