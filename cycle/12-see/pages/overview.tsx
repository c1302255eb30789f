import { useQuery } from '@tanstack/react-query'
import { Skeleton } from '@mantine/core'
import { formatNumber } from '#ui/format.ts'
import { Funnel } from '#ui/charts/funnel.tsx'
import { PageHead, Section, Stat, Stats } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { Money, Num } from '#ui/text.tsx'
import { Table } from '#ui/table/table.tsx'
import type { Column } from '#ui/table/table.tsx'
import { TextLink, useReader, useWords } from '#ui/words.tsx'
import { api, call, useArea, useMay, useNamed, usePackLevels, useSession } from '#web/client.ts'
import { CauseShares } from './causes-chart.tsx'
import { MapAndTable } from './map-table.tsx'
import { Waiting } from './waiting.tsx'
import '../see.css'

export default function OverviewPage() {
  const { code } = useArea()
  const t = useWords()
  if (!code) return <Empty title={t('see:overview.no_area')} />
  return <Overview code={code} />
}

const load = (area_code: string) => call(api.api.see.overview.$get({ query: { area_code } }))
export type OverviewData = Awaited<ReturnType<typeof load>>
type Year = OverviewData['by_year'][number]

/** Where the campaign stands in one area: every number opens its list. */
export function Overview(props: { code: string }) {
  const t = useWords()
  const named = useNamed()
  const may_list = useMay('see.household')
  const may_survey = useMay('survey.read')
  const { code } = props
  const area = useQuery({
    queryKey: ['area', code],
    queryFn: () => call(api.api.areas[':area_code'].$get({ param: { area_code: code } })),
    staleTime: 600_000,
  })
  const found = useQuery({ queryKey: ['see', 'overview', code], queryFn: () => load(code) })
  if (found.error) return <ProblemView error={found.error} onRetry={() => void found.refetch()} />
  const data = found.data
  return (
    <>
      <PageHead
        title={area.data ? named(area.data.area.name) : t('see:overview.title')}
        lead={t(may_list ? 'see:overview.lead' : 'see:overview.lead_plain')}
        actions={<Exports code={code} />}
      />
      {!data ? (
        <div role="status" aria-label={t('ui.loading')}>
          <Skeleton height={88} mb={24} />
          <Skeleton height={360} />
        </div>
      ) : data.counts.households === 0 && data.funnel[0]?.count === 0 ? (
        <Empty title={t('see:overview.empty')} text={t('see:overview.empty_text')} />
      ) : (
        <>
          <Head data={data} may_list={may_list} />
          <Waiting code={code} />
          <Section title={t('see:overview.funnel')}>
            <Funnel
              label={t('see:overview.funnel')}
              steps={data.funnel
                .filter((step) => step.step !== 'inspected' || step.count > 0)
                .map((step) => ({
                  key: step.step,
                  label: t(`see:stage.${step.step}`),
                  value: step.count,
                  ...((step.step === 'surveyed' ? may_survey : may_list) ? { href: step.href } : {}),
                }))}
            />
          </Section>
          {data.children.length > 0 && <MapAndTable code={code} data={data} />}
          <div className="see-two">
            {data.causes.length > 0 && (
              <Section title={t('see:overview.causes')}>
                <CauseShares code={code} causes={data.causes} agreement={data.rates['cause_agreement'] ?? null} />
              </Section>
            )}
            {data.by_year.length > 0 && (
              <Section title={t('see:overview.years')}>
                <Table
                  caption={t('see:overview.years')}
                  rows={data.by_year}
                  columns={yearColumns(t)}
                  rowKey={(row) => String(row.year)}
                />
              </Section>
            )}
          </div>
        </>
      )}
    </>
  )
}

function yearColumns(t: ReturnType<typeof useWords>): Column<Year>[] {
  const count = (key: 'registered' | 'helped' | 'exited' | 'alerts'): Column<Year> => ({
    key,
    label: t(`see:years.${key}`),
    align: 'end',
    width: 88,
    value: (row) => row[key],
    cell: (row) => <Num value={row[key]} />,
  })
  return [
    {
      key: 'year',
      label: t('see:years.year'),
      value: (row) => row.year,
      cell: (row) => String(row.year),
      primary: true,
      width: 64,
    },
    count('registered'),
    count('helped'),
    {
      key: 'delivered_cost',
      label: t('see:years.cost'),
      align: 'end',
      width: 116,
      value: (row) => row.delivered_cost,
      cell: (row) => <Money minor={row.delivered_cost} cents="never" />,
    },
    count('alerts'),
    count('exited'),
  ]
}

function Head(props: { data: OverviewData; may_list: boolean }) {
  const { words: t, locale } = useReader()
  const { counts, rates, area_code } = props.data
  const n = (value: number) => ({ n: formatNumber(value, locale, 0) })
  const list = (query: string, count?: number) =>
    props.may_list ? { href: `/households?area=${area_code}${query}`, ...(count === undefined ? {} : { count }) } : {}
  return (
    <Stats>
      <Stat
        label={t('see:stat.households')}
        value={<Num value={counts.households} />}
        note={t('see:stat.people', n(counts.people))}
        {...list('', counts.households)}
      />
      <Stat
        label={t('see:stat.poor_now')}
        value={<Num value={counts.poor_now} />}
        note={t('see:stat.people', n(counts.poor_people))}
        {...list('&reached=on_the_list', counts.poor_now)}
      />
      <Stat
        label={t('see:stat.incidence')}
        value={<Num value={rates['incidence']} share />}
        note={<Covers data={props.data} />}
      />
      <Stat
        label={t('see:stat.exited')}
        value={<Num value={rates['exited']} share />}
        note={t('see:stat.exited_note', n(counts.exited))}
        {...list('&status=exited')}
      />
      {counts.alerts_open > 0 && (
        <Stat
          tone="seal"
          label={t('see:stat.alert_households')}
          value={<Num value={counts.alert_households} />}
          note={t('see:stat.alerts_of', n(counts.alerts_open))}
          {...list('&alerts=open', counts.alert_households)}
        />
      )}
    </Stats>
  )
}

/** What a rate speaks of: so many areas of all there are, and the households surveyed in them. */
function Covers(props: { data: OverviewData }) {
  const { words: t, locale } = useReader()
  const levels = usePackLevels()
  const { coverage, counts } = props.data
  const n = (value: number) => formatNumber(value, locale, 0)
  return (
    <>
      {t('see:stat.incidence_note')}
      {coverage && (
        <>
          <br />
          {t('see:stat.covers', {
            surveyed: n(coverage.surveyed),
            areas: n(coverage.areas),
            level: levels(coverage.level),
            households: n(counts.households),
          })}
        </>
      )}
    </>
  )
}

const kinds = ['households', 'indicators', 'causes', 'plans', 'deliveries', 'alerts', 'exits'] as const

/** Files to take out, for the roles that may. */
function Exports(props: { code: string }) {
  const t = useWords()
  const { actions } = useSession()
  if (!actions.includes('see.export')) return null
  return (
    <details className="see-exports d-screen">
      <summary>{t('see:export.title')}</summary>
      <p className="d-says">{t('see:export.note')}</p>
      <ul>
        {kinds.map((kind) => (
          <li key={kind}>
            {t(`see:export.${kind}`)}{' '}
            {(['csv', 'json'] as const).map((format) => (
              <TextLink
                key={format}
                href={`/api/see/export?kind=${kind}&format=${format}&area_code=${props.code}`}
                download
                aria-label={`${t(`see:export.${kind}`)}, ${format.toUpperCase()}`}
              >
                {format.toUpperCase()}
              </TextLink>
            ))}
          </li>
        ))}
      </ul>
    </details>
  )
}
