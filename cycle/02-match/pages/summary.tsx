import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { PageHead, Section, Stat, Stats } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Table } from '#ui/table/table.tsx'
import { DateText, Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, JobProgress, useArea, useMay, useNamed } from '#web/client.ts'

const load = (area_code: string) => call(api.api.match.summary.$get({ query: { area_code } }))

const counted = ['submissions', 'households_created', 'duplicates_found', 'records_linked', 'reviews_opened'] as const

/** Who is who in an area: how many, known how, and how surely. */
export default function SummaryPage() {
  const t = useWords()
  const named = useNamed()
  const { code, found } = useArea()
  const may_run = useMay('match.run')
  const queries = useQueryClient()
  const [job_id, setJob] = useState<string | null>(null)
  const [ended, setEnded] = useState<'done' | 'failed' | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const summary = useQuery({ queryKey: ['match', 'summary', code], queryFn: () => load(code), enabled: code !== '' })
  const run = () => {
    setFailure(null)
    setEnded(null)
    setJob(null)
    return call(api.api.match.run.$post({ json: { area_code: code } })).then((job) => setJob(job.job_id), setFailure)
  }
  const { data } = summary
  const of = (rows: { state: string; count: number }[] | undefined, state: string) =>
    rows?.find((row) => row.state === state)?.count ?? 0
  return (
    <>
      <PageHead
        title={t('match:summary.title')}
        lead={t('match:summary.lead')}
        meta={found && <span>{named(found.area.name)}</span>}
        actions={
          may_run && (
            <Button variant="default" onClick={() => void run()} disabled={job_id !== null && ended === null}>
              {t('match:summary.run')}
            </Button>
          )
        }
      />
      {failure !== null && <ProblemView error={failure} />}
      {job_id !== null && (
        <JobProgress
          job_id={job_id}
          label={t('match:summary.running')}
          onFail={() => setEnded('failed')}
          onDone={() => {
            setJob(null)
            setEnded('done')
            void queries.invalidateQueries({ queryKey: ['match'] })
          }}
        />
      )}
      {ended === 'done' && data?.runs[0] && (
        <p role="status" className="d-merged">
          {t('match:summary.done')}{' '}
          {counted.map((key) => `${t(`match:count.${key}`)} ${data.runs[0]?.counts[key] ?? 0}`).join(' · ')}
        </p>
      )}
      {data && (
        <Stats>
          <Stat
            label={t('match:summary.households')}
            value={<Num value={of(data.households, 'active')} digits={0} />}
          />
          <Stat label={t('match:summary.persons')} value={<Num value={of(data.persons, 'active')} digits={0} />} />
          <Stat label={t('match:summary.merged')} value={<Num value={of(data.households, 'merged')} digits={0} />} />
          <Stat
            label={t('match:summary.open')}
            value={<Num value={(data.reviews['open'] ?? 0) + (data.reviews['unsure'] ?? 0)} digits={0} />}
            tone="seal"
          />
        </Stats>
      )}
      <Section title={t('match:summary.links')}>
        <Table
          caption={t('match:summary.links')}
          rows={data?.links}
          rowKey={(row) => `${row.left_kind}-${row.method}-${row.band}`}
          loading={summary.isPending}
          error={summary.error}
          onRetry={() => void summary.refetch()}
          empty={{ title: t('match:summary.none'), text: t('match:summary.none_text') }}
          columns={[
            {
              key: 'left_kind',
              label: t('match:summary.what'),
              value: (row) => t(`match:left.${row.left_kind}`),
              primary: true,
            },
            { key: 'method', label: t('match:summary.how'), value: (row) => t(`match:method.${row.method}`) },
            { key: 'band', label: t('match:summary.sure'), value: (row) => t(`match:band.${row.band}`), width: 200 },
            {
              key: 'count',
              label: t('match:summary.count'),
              value: (row) => row.count,
              cell: (row) => <Num value={row.count} digits={0} />,
              align: 'end',
              width: 120,
            },
          ]}
        />
      </Section>
      {data && data.runs.length > 0 && (
        <Section title={t('match:summary.runs')}>
          <Table
            caption={t('match:summary.runs')}
            rows={data.runs}
            rowKey={(row) => row.run_id}
            columns={[
              {
                key: 'at',
                label: t('match:summary.at'),
                value: (row) => row.started_at,
                cell: (row) => <DateText value={row.started_at} style="time" />,
                primary: true,
                width: 200,
              },
              ...counted.map((key) => ({
                key,
                label: t(`match:count.${key}`),
                value: (row: (typeof data.runs)[number]) => row.counts[key] ?? 0,
                cell: (row: (typeof data.runs)[number]) => <Num value={row.counts[key] ?? 0} digits={0} />,
                align: 'end' as const,
              })),
            ]}
          />
        </Section>
      )}
    </>
  )
}
