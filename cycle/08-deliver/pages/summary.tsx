import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { PageHead, Section, Stat, Stats } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { Money, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useArea, useLanguage, usePackWords, useView } from '#web/client.ts'
import { YearPick } from './year.tsx'

const view = z.object({ year: z.coerce.number().int().optional() })

const load = (area_code: string, year: number | undefined) =>
  call(api.api.deliver.summary.$get({ query: { area_code, ...(year === undefined ? {} : { year: String(year) }) } }))
type Summary = Awaited<ReturnType<typeof load>>
type Figures = Summary['total']

/** The figures of one row, alike for places, batches and measures. */
function useFigures<Row extends Figures>(): Column<Row>[] {
  const t = useWords()
  return [
    { key: 'planned', label: t('deliver:planned'), value: (row) => row.planned, align: 'end', width: 90 },
    { key: 'delivered', label: t('deliver:delivered'), value: (row) => row.delivered, align: 'end', width: 90 },
    {
      key: 'share',
      label: t('deliver:share_short'),
      value: (row) => row.delivered_share,
      cell: (row) => <Num value={row.delivered_share} share />,
      align: 'end',
      width: 90,
    },
    {
      key: 'signed',
      label: t('deliver:signed_short'),
      value: (row) => row.signed,
      align: 'end',
      width: 90,
      desk_only: true,
    },
    {
      key: 'planned_cost',
      label: t('deliver:planned_cost'),
      value: (row) => row.planned_cost,
      cell: (row) => <Money minor={row.planned_cost} cents="never" />,
      align: 'end',
      desk_only: true,
    },
    {
      key: 'given_cost',
      label: t('deliver:given'),
      value: (row) => row.given_cost,
      cell: (row) => <Money minor={row.given_cost} cents="never" />,
      align: 'end',
    },
    {
      key: 'outside',
      label: t('deliver:outside_short'),
      value: (row) => row.outside_plan,
      cell: (row) => (row.outside_plan === 0 ? '' : <Num value={row.outside_plan} />),
      align: 'end',
      width: 90,
      desk_only: true,
    },
  ]
}

export default function SummaryPage() {
  const t = useWords()
  const label = usePackWords()
  const language = useLanguage()
  const { code } = useArea()
  const [{ year }, setView] = useView(view)
  const found = useQuery({
    queryKey: ['deliver', 'summary', code, year],
    queryFn: () => load(code, year),
    enabled: code !== '',
  })
  const figures = useFigures<Figures>()
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  const data = found.data
  return (
    <>
      <PageHead title={t('deliver:summary.title')} lead={t('deliver:summary.lead')} />
      <YearPick year={year ?? data?.year} onChange={(chosen) => setView({ year: chosen }, { replace: true })} />
      <Stats>
        <Stat label={t('deliver:planned')} value={<Num value={data?.total.planned} />} />
        <Stat label={t('deliver:share')} value={<Num value={data?.total.delivered_share} share />} />
        <Stat
          label={t('deliver:given_cost')}
          value={<Money minor={data?.total.given_cost} cents="never" />}
          {...(data ? { href: `/deliveries/list?year=${data.year}` } : {})}
        />
        <Stat label={t('deliver:outside')} value={<Num value={data?.total.outside_plan} />} />
      </Stats>
      <Section title={t('deliver:by_area')}>
        <Table
          caption={t('deliver:by_area')}
          rows={data?.areas}
          columns={[
            { key: 'name', label: t('deliver:area'), value: (row) => row.name[language] ?? row.area_code },
            ...(figures as Column<Summary['areas'][number]>[]),
          ]}
          rowKey={(row) => row.area_code}
          href={(row) => `/deliveries?area=${row.area_code}${year === undefined ? '' : `&year=${year}`}`}
          loading={found.isPending}
          empty={{ title: t('deliver:summary.none') }}
        />
      </Section>
      <Section title={t('deliver:by_measure')}>
        <Table
          caption={t('deliver:by_measure')}
          rows={data?.measures}
          columns={[
            { key: 'label', label: t('deliver:measure'), value: (row) => row.label[language] ?? row.measure_code },
            { key: 'batch', label: t('deliver:batch'), value: (row) => label('batch', row.batch), desk_only: true },
            ...(figures as Column<Summary['measures'][number]>[]),
          ]}
          rowKey={(row) => row.measure_code}
          loading={found.isPending}
          empty={{ title: t('deliver:summary.none') }}
        />
      </Section>
    </>
  )
}
