// Places of measures beside what is asked for and given, and the form that enters them.
import { Button, Group, NumberInput, Select, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useDraft } from '#ui/decide/draft.ts'
import { Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useLanguage, useMay } from '#web/client.ts'

const load = (area_code: string, year: number) =>
  call(api.api.prescribe.places.$get({ query: { area_code, year: String(year) } }))
type Found = Awaited<ReturnType<typeof load>>
type Row = Found['items'][number]

export function Places({ area_code, year }: { area_code: string; year: number }) {
  const t = useWords()
  const language = useLanguage()
  const may_enter = useMay('prescribe.budget')
  const found = useQuery({
    queryKey: ['prescribe', 'places', area_code, year],
    queryFn: () => load(area_code, year),
    enabled: area_code !== '',
  })
  const count = (of: (row: Row) => number) => ({
    value: of,
    cell: (row: Row) => <Num value={of(row)} />,
    align: 'end' as const,
  })
  const columns: Column<Row>[] = [
    {
      key: 'measure',
      label: t('prescribe:measure'),
      value: (row) => row.label[language] ?? row.measure_code,
      primary: true,
      width: 260,
    },
    { key: 'area', label: t('prescribe:area'), value: (row) => row.area_name?.[language] ?? row.area_code },
    { key: 'places', label: t('prescribe:places.places'), ...count((row) => row.places) },
    { key: 'asked', label: t('prescribe:places.asked'), ...count((row) => row.asked) },
    { key: 'given', label: t('prescribe:places.given'), ...count((row) => row.given) },
    { key: 'source', label: t('prescribe:places.source'), value: (row) => row.source, desk_only: true, width: 260 },
  ]
  return (
    <Section title={t('prescribe:places.title')}>
      <p className="d-says">{t('prescribe:places.lead')}</p>
      <Table
        caption={t('prescribe:places.title')}
        rows={found.data?.items}
        columns={columns}
        rowKey={(row) => row.place_id}
        loading={found.isPending}
        error={found.error}
        empty={{ title: t('prescribe:places.none'), text: t('prescribe:places.none_text') }}
      />
      {may_enter && found.data && <PlacesForm area_code={area_code} found={found.data} />}
    </Section>
  )
}

const blank = { measure_code: null as string | null, places: '' as number | '', source: '' }

function PlacesForm({ area_code, found }: { area_code: string; found: Found }) {
  const t = useWords()
  const language = useLanguage()
  const queries = useQueryClient()
  const draft = useDraft('prescribe.places', `${area_code} ${found.year}`, blank)
  const { measure_code, places, source } = draft.value
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const save = async () => {
    if (measure_code === null) return
    setBusy(true)
    setError(null)
    const entry = { area_code, year: found.year, measure_code, places: Number(places), source }
    await call(api.api.prescribe.places.$post({ json: { places: [entry] } })).then(() => {
      draft.clear()
      return queries.invalidateQueries({ queryKey: ['prescribe'] })
    }, setError)
    setBusy(false)
  }
  return (
    <>
      {error !== null && <ProblemView error={error} />}
      <Group align="end" mt="sm">
        <Select
          label={t('prescribe:measure')}
          placeholder={t('prescribe:places.choose')}
          data={found.measures.map((each) => ({
            value: each.measure_code,
            label: each.label[language] ?? each.measure_code,
          }))}
          value={measure_code}
          onChange={(value) => draft.change({ measure_code: value })}
          searchable
        />
        <NumberInput
          label={t('prescribe:places.places')}
          min={0}
          allowDecimal={false}
          value={places}
          onChange={(value) => draft.change({ places: value === '' ? '' : Number(value) })}
        />
        <TextInput
          label={t('prescribe:places.source')}
          value={source}
          onChange={(event) => draft.change({ source: event.currentTarget.value })}
        />
        <Button
          loading={busy}
          disabled={measure_code === null || places === '' || source === ''}
          onClick={() => void save()}
        >
          {t('prescribe:places.save')}
        </Button>
      </Group>
    </>
  )
}
