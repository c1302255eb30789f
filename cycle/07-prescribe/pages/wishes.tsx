// What the family refuses and what an officer adds or takes out, with the reason; the draft is made again around it.
import { Button, Group, Select, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useDraft } from '#ui/decide/draft.ts'
import { Section } from '#ui/page.tsx'
import { Waiting } from '#ui/state/loaded.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { DateText } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useLanguage, useMay } from '#web/client.ts'

interface Shown {
  household_id: string
  year: number
  items: { measure_code: string; label: Record<string, string> }[]
  weighed: { measure_code: string; label: Record<string, string>; state: string }[]
}
type Kind = 'refused' | 'added' | 'taken_out'

const load = ({ household_id, year }: Shown) =>
  call(
    api.api.prescribe.households[':household_id'].wishes.$get({
      param: { household_id },
      query: { year: String(year) },
    }),
  )
type Row = Awaited<ReturnType<typeof load>>['items'][number]

export function Wishes({ plan }: { plan: Shown }) {
  const t = useWords()
  const may = useMay('prescribe.agree')
  const { household_id, year } = plan
  const key = ['prescribe', 'wishes', household_id, year]
  const found = useQuery({ queryKey: key, queryFn: () => load(plan) })
  return (
    <Section title={t('prescribe:wishes.title')}>
      <p className="d-says">{t('prescribe:wishes.lead')}</p>
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {!found.data && !found.error && <Waiting />}
      {found.data && found.data.items.length > 0 && <Standing plan={plan} rows={found.data.items} may={may} />}
      {may && <WishForm plan={plan} />}
    </Section>
  )
}

function Standing({ plan, rows, may }: { plan: Shown; rows: Row[]; may: boolean }) {
  const t = useWords()
  const language = useLanguage()
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const withdraw = (wish_id: string) =>
    call(
      api.api.prescribe.households[':household_id'].wishes.withdraw.$post({
        param: { household_id: plan.household_id },
        json: { year: plan.year, wish_id },
      }),
    ).then(() => queries.invalidateQueries({ queryKey: ['prescribe'] }), setError)
  const columns: Column<Row>[] = [
    {
      key: 'measure',
      label: t('prescribe:wishes.measure'),
      value: (row) => row.label[language] ?? row.measure_code,
      primary: true,
    },
    { key: 'kind', label: t('prescribe:wishes.what'), value: (row) => t(`prescribe:wishes.${row.kind}`) },
    { key: 'reason', label: t('prescribe:wishes.reason'), value: (row) => row.reason, width: 260 },
    {
      key: 'who',
      label: t('prescribe:wishes.who'),
      value: (row) => row.made_by?.[language] ?? row.made_by?.['en'] ?? '',
      cell: (row) => (
        <>
          {row.made_by?.[language] ?? row.made_by?.['en'] ?? ''} · <DateText value={row.made_at} />
        </>
      ),
      desk_only: true,
    },
    ...(may
      ? [
          {
            key: 'withdraw',
            label: '',
            value: () => '',
            cell: (row: Row) => (
              <Button variant="subtle" size="compact-sm" onClick={() => void withdraw(row.wish_id)}>
                {t('prescribe:wishes.withdraw')}
              </Button>
            ),
          },
        ]
      : []),
  ]
  return (
    <>
      {error !== null && <ProblemView error={error} />}
      <Table
        caption={t('prescribe:wishes.title')}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.wish_id}
        empty={{ title: t('prescribe:wishes.none') }}
      />
    </>
  )
}

const blank = { kind: null as Kind | null, measure_code: null as string | null, reason: '' }

function WishForm({ plan }: { plan: Shown }) {
  const t = useWords()
  const language = useLanguage()
  const queries = useQueryClient()
  const draft = useDraft('prescribe.wish', `${plan.household_id} ${plan.year}`, blank)
  const { kind, measure_code, reason } = draft.value
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  // What is in the plan can be refused or taken out; what was weighed and left out can be added.
  const offered =
    kind === 'added'
      ? plan.weighed.filter((each) => each.state === 'not_needed' || each.state === 'excluded')
      : plan.items
  const save = async () => {
    if (kind === null || measure_code === null) return
    setBusy(true)
    setError(null)
    await call(
      api.api.prescribe.households[':household_id'].wishes.$post({
        param: { household_id: plan.household_id },
        json: { year: plan.year, measure_code, kind, reason },
      }),
    ).then(() => {
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
          label={t('prescribe:wishes.what')}
          data={(['refused', 'added', 'taken_out'] as const).map((value) => ({
            value,
            label: t(`prescribe:wishes.${value}`),
          }))}
          value={kind}
          onChange={(value) => draft.change({ kind: value === null ? null : kindOf(value), measure_code: null })}
        />
        <Select
          label={t('prescribe:wishes.measure')}
          data={offered.map((each) => ({ value: each.measure_code, label: each.label[language] ?? each.measure_code }))}
          value={measure_code}
          onChange={(value) => draft.change({ measure_code: value })}
          disabled={kind === null}
          searchable
        />
        <TextInput
          label={t('prescribe:wishes.reason')}
          value={reason}
          onChange={(event) => draft.change({ reason: event.currentTarget.value })}
          miw={280}
        />
        <Button
          loading={busy}
          disabled={kind === null || measure_code === null || reason.trim() === ''}
          onClick={() => void save()}
        >
          {t('prescribe:wishes.do')}
        </Button>
      </Group>
    </>
  )
}

const kindOf = (value: string): Kind => (value === 'added' || value === 'taken_out' ? value : 'refused')
