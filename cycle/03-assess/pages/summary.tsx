import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section, Stat, Stats } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { Num } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, JobProgress, useArea, useMay, useNamed } from '#web/client.ts'
import { Shares } from './rulebook/shares.tsx'
import { useSay } from './rulebook/say.ts'
import './assess.css'

const load = (area_code: string) => call(api.api.assess.summary.$get({ query: { area_code } }))
type Summary = Awaited<ReturnType<typeof load>>
type Child = Summary['children'][number]

/** Verdicts of an area, what its households lack, and the same for each area below. */
export default function SummaryPage() {
  const t = useWords()
  const named = useNamed()
  const { code, found, in_register } = useArea()
  const may_run = useMay('assess.run')
  const queries = useQueryClient()
  const [job_id, setJob] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const summary = useQuery({ queryKey: ['assess', 'summary', code], queryFn: () => load(code), enabled: code !== '' })
  const run = () =>
    call(api.api.assess.run.$post({ json: { area_code: code } })).then((job) => setJob(job.job_id), setError)
  const { data } = summary
  return (
    <>
      <PageHead
        title={t('assess:summary.title')}
        lead={t('assess:summary.lead')}
        meta={found && <span>{named(found.area.name)}</span>}
        actions={
          may_run &&
          in_register && (
            <Button variant="default" onClick={() => void run()} disabled={job_id !== null}>
              {t('assess:summary.run')}
            </Button>
          )
        }
      />
      {error !== null && <ProblemView error={error} />}
      {job_id !== null && (
        <JobProgress
          job_id={job_id}
          label={t('assess:summary.running')}
          onDone={() => {
            setJob(null)
            void queries.invalidateQueries({ queryKey: ['assess'] })
          }}
        />
      )}
      {summary.error && <ProblemView error={summary.error} onRetry={() => void summary.refetch()} />}
      {summary.isPending && <Waiting />}
      {data && data.assessed === 0 && (
        <Empty title={t('assess:summary.none')} text={t('assess:summary.none_text', { n: data.households })} />
      )}
      {data && data.assessed > 0 && (
        <>
          <Section title={t('assess:summary.verdicts')}>
            <Verdicts data={data} in_register={in_register} />
          </Section>
          <Section title={t('assess:summary.needs')}>
            <Shares indicators={data.indicators} />
          </Section>
        </>
      )}
      {data && data.children.length > 0 && (
        <Section title={t('assess:summary.below')}>
          <Below rows={data.children} indicators={data.indicators} loading={summary.isPending} />
        </Section>
      )}
    </>
  )
}

/** How many households came out how, what waits for a person, and how many are not assessed. */
function Verdicts({ data, in_register }: { data: Summary; in_register: boolean }) {
  const t = useWords()
  return (
    <Stats>
      <Stat
        label={t('assess:verdict.eligible')}
        value={<Num value={data.eligible} digits={0} />}
        note={<Num value={data.eligible / data.assessed} share />}
        href="/households?verdict=eligible"
        count={data.eligible}
        tone="seal"
      />
      <Stat
        label={t('assess:verdict.not_eligible')}
        value={<Num value={data.not_eligible} digits={0} />}
        note={<Num value={data.not_eligible / data.assessed} share />}
        href="/households?verdict=not_eligible"
        count={data.not_eligible}
      />
      <Stat
        label={t('assess:verdict.needs_verification')}
        value={<Num value={data.needs_verification} digits={0} />}
        note={
          data.confirmed_poor + data.confirmed_not_poor > 0 &&
          t('assess:summary.confirmed', { poor: data.confirmed_poor, not_poor: data.confirmed_not_poor })
        }
        href="/households?verdict=needs_verification"
        count={data.needs_verification}
      />
      <Stat
        label={t('assess:summary.to_verify')}
        value={<Num value={data.to_verify} digits={0} />}
        {...(in_register ? { href: '/assess/verify', count: data.to_verify } : {})}
      />
      <Stat
        label={t('assess:followups.title')}
        value={<Num value={data.follow_ups} digits={0} />}
        {...(in_register ? { href: '/assess/follow-ups', count: data.follow_ups } : {})}
      />
      {data.households > data.assessed && (
        <Stat
          label={t('assess:summary.not_assessed')}
          value={<Num value={data.households - data.assessed} digits={0} />}
        />
      )}
    </Stats>
  )
}

/** Room for a heading in full: a Chinese character takes twice a Latin letter. */
const headWidth = (label: string): number =>
  40 + [...label].reduce((sum, letter) => sum + (letter > '\u2e80' ? 15 : 8), 0)

function Below(props: {
  rows: Child[]
  indicators: { code: string; label: Record<string, string> }[]
  loading: boolean
}) {
  const t = useWords()
  const say = useSay()
  const count = (key: 'households' | 'eligible' | 'needs_verification', width: number): Column<Child> => ({
    key,
    label: t(`assess:column.${key}`),
    value: (row) => row[key],
    cell: (row) => <Num value={row[key]} digits={0} />,
    align: 'end',
    width,
  })
  const columns: Column<Child>[] = [
    { key: 'name', label: t('assess:column.area'), value: (row) => say(row.name), primary: true, width: 200 },
    count('households', 130),
    count('eligible', 100),
    count('needs_verification', 150),
    ...props.indicators.map(({ code, label }): Column<Child> => ({
      key: code,
      label: say(label),
      value: (row) => (row.assessed === 0 ? null : (row.unmet[code] ?? 0) / row.assessed),
      cell: (row) =>
        row.assessed === 0 ? '–' : <Num value={(row.unmet[code] ?? 0) / row.assessed} share digits={1} />,
      align: 'end',
      width: headWidth(say(label)),
      desk_only: true,
    })),
  ]
  return (
    <>
      <p className="d-says">{t('assess:summary.below_lead')}</p>
      <Table
        caption={t('assess:summary.below')}
        rows={props.rows}
        columns={columns}
        rowKey={(row) => row.area_code}
        href={(row) => `/assess?area=${row.area_code}`}
        loading={props.loading}
      />
    </>
  )
}
