import { Button, Group, NumberInput, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { sha256Hex } from '#engines/statistics/draw/sha256.ts'
import { useDraft } from '#ui/decide/draft.ts'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import { DateText } from '#ui/text.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { api, call, useArea, useMay, useNamed, usePackWords } from '#web/client.ts'

const load = (area_code: string) => call(api.api.evaluate.evaluations.$get({ query: { area_code } }))
const strata = ['exited', 'registered', 'never_registered'] as const

/** Evaluations of the place; an evaluator commits a new design here. */
export default function ListPage() {
  const t = useWords()
  const label = usePackWords()
  const named = useNamed()
  const { code } = useArea()
  const may_design = useMay('evaluate.design')
  const inspects = useMay('evaluate.inspect')
  const queries = useQueryClient()
  const list = useQuery({ queryKey: ['evaluate', 'list', code], queryFn: () => load(code), enabled: code !== '' })
  return (
    <>
      <PageHead title={t('evaluate:list.title')} lead={t('evaluate:list.lead')} />
      <Table
        caption={t('evaluate:list.title')}
        rows={list.data?.items}
        rowKey={(row) => row.evaluation_id}
        href={(row) => `/evaluations/${row.evaluation_id}${inspects ? '/visits' : ''}`}
        loading={list.isPending}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={{ title: t('evaluate:list.none'), text: t('evaluate:list.none_text') }}
        columns={[
          { key: 'year', label: t('evaluate:year'), value: (row) => row.year, primary: true },
          {
            key: 'area',
            label: t('evaluate:area'),
            value: (row) => (row.area_name ? named(row.area_name) : row.area_code),
          },
          {
            key: 'state',
            label: t('evaluate:state'),
            value: (row) => row.state,
            cell: (row) => <Tag>{label('evaluation_state', row.state)}</Tag>,
          },
          { key: 'at', label: t('evaluate:designed'), cell: (row) => <DateText value={row.created_at} /> },
        ]}
      />
      {may_design && code !== '' && (
        <DesignForm area_code={code} onDone={() => void queries.invalidateQueries({ queryKey: ['evaluate'] })} />
      )}
    </>
  )
}

const blank: { year: number | null; sizes: Record<'exited' | 'registered' | 'never_registered', number> } = {
  year: null,
  sizes: { exited: 1100, registered: 100, never_registered: 1100 },
}

function DesignForm({ area_code, onDone }: { area_code: string; onDone: () => void }) {
  const { words: t, today } = useReader()
  const label = usePackWords()
  const draft = useDraft('evaluate.design', area_code, blank)
  const { sizes } = draft.value
  const year = draft.value.year ?? Number(today.slice(0, 4))
  // A secret until the draw: kept on no device.
  const [seed, setSeed] = useState('')
  const [error, setError] = useState<unknown>(null)
  const send = (event: FormEvent) => {
    event.preventDefault()
    // The seed never leaves this screen before the draw: its hash alone is sent.
    const seed_sha256 = sha256Hex(seed)
    void call(api.api.evaluate.evaluations.$post({ json: { area_code, year, design: { sizes }, seed_sha256 } })).then(
      () => {
        setError(null)
        draft.clear()
        onDone()
      },
      setError,
    )
  }
  return (
    <Section title={t('evaluate:design.title')}>
      <p className="d-says">{t('evaluate:design.says')}</p>
      <form onSubmit={send}>
        <Group align="end">
          <NumberInput
            label={t('evaluate:year')}
            value={year}
            onChange={(value) => draft.change({ year: Number(value) })}
            w={110}
            required
          />
          {strata.map((stratum) => (
            <NumberInput
              key={stratum}
              label={label('stratum', stratum)}
              value={sizes[stratum]}
              onChange={(value) => draft.change({ sizes: { ...sizes, [stratum]: Number(value) || 0 } })}
              min={0}
              allowDecimal={false}
              w={180}
            />
          ))}
        </Group>
        <TextInput
          mt="sm"
          maw={640}
          label={t('evaluate:design.seed')}
          description={t('evaluate:design.seed_says')}
          value={seed}
          onChange={(event) => setSeed(event.currentTarget.value)}
          autoComplete="off"
          required
        />
        <p className="d-says" style={{ overflowWrap: 'anywhere' }}>
          SHA-256 <code>{seed === '' ? '—' : sha256Hex(seed)}</code>
        </p>
        {error !== null && <ProblemView error={error} />}
        <Button type="submit" color="seal" disabled={seed.trim() === ''}>
          {t('evaluate:design.commit')}
        </Button>
      </form>
    </Section>
  )
}
