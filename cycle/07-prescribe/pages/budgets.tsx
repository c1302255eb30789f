import { Button, Group, NumberInput, Select, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { useDraft } from '#ui/decide/draft.ts'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { Money, Num } from '#ui/text.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { Places } from './places.tsx'
import { SharedOut } from './sharing.tsx'
import { api, call, useArea, useMay, useNamed, usePackWords, useView } from '#web/client.ts'

const view = z.object({ year: z.coerce.number().int().min(2000).max(2100).optional() })

const load = (area_code: string, year: number | undefined) =>
  call(api.api.prescribe.budgets.$get({ query: { area_code, ...(year === undefined ? {} : { year: String(year) }) } }))
type Row = Awaited<ReturnType<typeof load>>['items'][number]

export default function BudgetsPage() {
  const t = useWords()
  const label = usePackWords()
  const named = useNamed()
  const { code } = useArea()
  const [{ year }, setView] = useView(view)
  const queries = useQueryClient()
  const key = ['prescribe', 'budgets', code, year]
  const found = useQuery({ queryKey: key, queryFn: () => load(code, year), enabled: code !== '' })
  const may_enter = useMay('prescribe.budget')
  const money = (of: (row: Row) => number) => ({
    value: of,
    cell: (row: Row) => <Money minor={of(row)} cents="never" />,
    align: 'end' as const,
  })
  const columns: Column<Row>[] = [
    { key: 'batch', label: t('prescribe:batch'), value: (row) => label('batch', row.batch), primary: true, width: 260 },
    {
      key: 'area',
      label: t('prescribe:area'),
      value: (row) => named(row.area_name as { en: string; zh: string }) || row.area_code,
    },
    { key: 'amount', label: t('prescribe:amount'), ...money((row) => row.amount) },
    { key: 'planned', label: t('prescribe:planned'), ...money((row) => row.planned) },
    { key: 'funded', label: t('prescribe:funded'), ...money((row) => row.funded) },
    { key: 'left', label: t('prescribe:left'), ...money((row) => row.amount - row.funded) },
    { key: 'source', label: t('prescribe:source'), value: (row) => row.source, desk_only: true, width: 260 },
  ]
  return (
    <>
      <PageHead title={t('prescribe:budgets.title')} lead={t('prescribe:budgets.lead')} />
      <Group mb="md">
        <NumberInput
          label={t('prescribe:year')}
          value={year ?? found.data?.year ?? ''}
          onChange={(chosen) => setView({ year: Number(chosen) }, { replace: true })}
          min={2000}
          max={2100}
          w={110}
        />
      </Group>
      <Table
        caption={t('prescribe:budgets.title')}
        rows={found.data?.items}
        columns={columns}
        rowKey={(row) => row.budget_id}
        loading={found.isPending}
        error={found.error}
        empty={{ title: t('prescribe:budgets.none'), text: t('prescribe:budgets.none_text') }}
      />
      {found.data && found.data.without_budget.length > 0 && (
        <Section title={t('prescribe:budgets.without')}>
          <Table
            caption={t('prescribe:budgets.without')}
            rows={found.data.without_budget}
            rowKey={(row) => row.batch}
            columns={[
              { key: 'batch', label: t('prescribe:batch'), value: (row) => label('batch', row.batch) },
              {
                key: 'items',
                label: t('prescribe:measures'),
                value: (row) => row.items,
                cell: (row) => <Num value={row.items} />,
                align: 'end',
              },
              {
                key: 'planned',
                label: t('prescribe:planned'),
                value: (row) => row.planned,
                cell: (row) => <Money minor={row.planned} cents="never" />,
                align: 'end',
              },
            ]}
          />
        </Section>
      )}
      {may_enter && found.data && (
        <Section title={t('prescribe:budgets.enter')}>
          <BudgetForm
            area_code={code}
            year={found.data.year}
            batches={found.data.batches}
            onDone={() => void queries.invalidateQueries({ queryKey: ['prescribe'] })}
          />
        </Section>
      )}
      {found.data && <Places area_code={code} year={found.data.year} />}
      {found.data && <SharedOut area_code={code} year={found.data.year} />}
    </>
  )
}

const blank = { batch: null as string | null, amount: '' as number | '', source: '' }

function BudgetForm(props: { area_code: string; year: number; batches: string[]; onDone: () => void }) {
  const t = useWords()
  const label = usePackWords()
  const { currency } = useReader()
  const draft = useDraft('prescribe.budget', `${props.area_code} ${props.year}`, blank)
  const { amount, source } = draft.value
  const batch = draft.value.batch ?? props.batches[0] ?? ''
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const save = async () => {
    setBusy(true)
    setError(null)
    const minor = Math.round(Number(amount) * currency.minor_units)
    const budget = { area_code: props.area_code, year: props.year, batch, amount: minor, source }
    await call(api.api.prescribe.budgets.$post({ json: { budgets: [budget] } })).then(() => {
      draft.clear()
      props.onDone()
    }, setError)
    setBusy(false)
  }
  return (
    <>
      {error !== null && <ProblemView error={error} />}
      <Group align="end">
        <Select
          label={t('prescribe:batch')}
          data={props.batches.map((value) => ({ value, label: label('batch', value) }))}
          value={batch}
          onChange={(value) => draft.change({ batch: value })}
          allowDeselect={false}
        />
        <NumberInput
          label={t('prescribe:amount')}
          min={0}
          thousandSeparator=","
          value={amount}
          onChange={(value) => draft.change({ amount: value === '' ? '' : Number(value) })}
        />
        <TextInput
          label={t('prescribe:source')}
          value={source}
          onChange={(event) => draft.change({ source: event.currentTarget.value })}
        />
        <Button loading={busy} disabled={amount === '' || source === ''} onClick={() => void save()}>
          {t('prescribe:budgets.save')}
        </Button>
      </Group>
    </>
  )
}
