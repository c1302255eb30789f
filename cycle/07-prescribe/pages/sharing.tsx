// How the year's money and places were shared out: plans paid whole, the rule, the lot, and the least served areas.
import { useQuery } from '@tanstack/react-query'
import { Facts } from '#ui/facts.tsx'
import { Section } from '#ui/page.tsx'
import { Waiting } from '#ui/state/loaded.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { DateText, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useLanguage } from '#web/client.ts'

const load = (area_code: string, year: number) =>
  call(api.api.prescribe.sharing.$get({ query: { area_code, year: String(year) } }))
type Found = Awaited<ReturnType<typeof load>>
type Row = Found['compared'][number]

export function SharedOut({ area_code, year }: { area_code: string; year: number }) {
  const t = useWords()
  const found = useQuery({
    queryKey: ['prescribe', 'sharing', area_code, year],
    queryFn: () => load(area_code, year),
    enabled: area_code !== '',
  })
  return (
    <Section title={t('prescribe:sharing.title')}>
      {found.error && <ProblemView error={found.error} onRetry={() => void found.refetch()} />}
      {!found.data && !found.error && <Waiting />}
      {found.data &&
        (found.data.plans === 0 ? <Empty title={t('prescribe:sharing.none')} /> : <Outcome {...found.data} />)}
    </Section>
  )
}

function Outcome(found: Found) {
  const t = useWords()
  const language = useLanguage()
  const columns: Column<Row>[] = [
    {
      key: 'area',
      label: t('prescribe:area'),
      value: (row) => row.area_name?.[language] ?? row.area_code,
      primary: true,
      width: 260,
    },
    {
      key: 'plans',
      label: t('prescribe:sharing.plans'),
      value: (row) => row.plans,
      cell: (row) => <Num value={row.plans} />,
      align: 'end',
    },
    {
      key: 'whole',
      label: t('prescribe:sharing.whole'),
      value: (row) => row.whole,
      cell: (row) => <Num value={row.whole} />,
      align: 'end',
    },
    {
      key: 'share',
      label: t('prescribe:sharing.share'),
      value: (row) => row.whole / row.plans,
      cell: (row) => `${Math.round((row.whole / row.plans) * 100)} %`,
      align: 'end',
    },
  ]
  return (
    <>
      <Facts
        items={[
          {
            label: t('prescribe:sharing.whole'),
            value: t('prescribe:sharing.of', { whole: found.whole, plans: found.plans }),
          },
          { label: t('prescribe:sharing.rule'), value: found.rule?.[language] ?? t('prescribe:sharing.no_rule') },
          {
            label: t('prescribe:sharing.lot'),
            value: found.lot?.seed ?? t('prescribe:sharing.no_lot'),
            ...(found.lot ? { source: <LotWords drawn_at={found.lot.drawn_at} /> } : {}),
          },
        ]}
      />
      <Table
        caption={t('prescribe:sharing.title')}
        rows={found.compared}
        columns={columns}
        rowKey={(row) => row.area_code}
        empty={{ title: t('prescribe:sharing.none') }}
      />
    </>
  )
}

function LotWords({ drawn_at }: { drawn_at: string }) {
  const t = useWords()
  return (
    <>
      <DateText value={drawn_at} /> · {t('prescribe:sharing.lot_text')}
    </>
  )
}
