import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Total } from '#ui/count.tsx'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section, Stat, Stats } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { Num } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, JobProgress, useArea, useMay, useNamed } from '#web/client.ts'
import { MainAndStated } from './main-and-stated.tsx'

const load = (area_code: string) => call(api.api.diagnose.summary.$get({ query: { area_code } }))
type Cause = Awaited<ReturnType<typeof load>>['causes'][number]

/** Why the registered households of an area are poor: computed beside what the surveyors said. */
export default function CausesPage() {
  const t = useWords()
  const named = useNamed()
  const { code, found, in_register } = useArea()
  const may_run = useMay('diagnose.run')
  const may_list = useMay('see.household')
  const queries = useQueryClient()
  const [job_id, setJob] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const summary = useQuery({ queryKey: ['diagnose', 'summary', code], queryFn: () => load(code), enabled: code !== '' })
  const run = () =>
    call(api.api.diagnose.run.$post({ json: { area_code: code } })).then((job) => setJob(job.job_id), setError)
  const { data } = summary
  const say = (text: Record<string, string>) => named({ en: text['en'] ?? '', zh: text['zh'] ?? '' })
  const causes = (data?.causes ?? []).toSorted((a, b) => b.main - a.main || b.stated - a.stated)
  const count = (key: 'main' | 'other' | 'stated' | 'agree', width: number): Column<Cause> => ({
    key,
    label: t(`diagnose:column.${key}`),
    value: (row) => row[key],
    cell: (row) => <Num value={row[key]} digits={0} />,
    align: 'end',
    width,
  })
  const columns: Column<Cause>[] = [
    {
      key: 'cause',
      label: t('diagnose:column.cause'),
      value: (row) => row.code,
      cell: (row) =>
        may_list ? <TextLink href={`/households?cause=${row.code}`}>{say(row.label)}</TextLink> : say(row.label),
      primary: true,
      width: 260,
    },
    { key: 'plain', label: t('diagnose:column.plain'), cell: (row) => say(row.plain), desk_only: true },
    count('main', 160),
    count('other', 110),
    count('stated', 130),
    count('agree', 120),
  ]
  return (
    <>
      <PageHead
        title={t('diagnose:causes.title')}
        lead={t('diagnose:causes.lead')}
        meta={found && <span>{named(found.area.name)}</span>}
        actions={
          may_run &&
          in_register && (
            <Button variant="default" onClick={() => void run()} disabled={job_id !== null}>
              {t('diagnose:causes.run')}
            </Button>
          )
        }
      />
      {error !== null && <ProblemView error={error} />}
      {job_id !== null && (
        <JobProgress
          job_id={job_id}
          label={t('diagnose:causes.running')}
          onDone={() => {
            setJob(null)
            void queries.invalidateQueries({ queryKey: ['diagnose'] })
          }}
        />
      )}
      {summary.error && <ProblemView error={summary.error} onRetry={() => void summary.refetch()} />}
      {summary.isPending && <Waiting />}
      {data && data.due > 0 && (
        <Section title={t('diagnose:causes.due')} id="due">
          <Total n={data.due}>
            <p>{t('diagnose:causes.due_text', { count: data.due })}</p>
          </Total>
        </Section>
      )}
      {data && data.diagnosed === 0 && (
        <Empty
          title={t(data.registered === 0 ? 'diagnose:causes.none_registered' : 'diagnose:causes.none')}
          text={t('diagnose:causes.none_text')}
        />
      )}
      {data && data.diagnosed > 0 && (
        <>
          <Section title={t('diagnose:causes.totals')}>
            <Stats>
              <Stat
                label={t('diagnose:causes.diagnosed')}
                value={<Num value={data.diagnosed} digits={0} />}
                note={t('diagnose:causes.of_registered', { n: data.registered })}
                href="/households?reached=diagnosed"
                count={data.diagnosed}
              />
              <Stat
                label={t('diagnose:causes.agreement')}
                value={data.compared === 0 ? '–' : <Num value={data.agree / data.compared} share digits={0} />}
                note={t('diagnose:causes.agreement_of', { agree: data.agree, compared: data.compared })}
              />
              <Stat
                label={t('diagnose:causes.unsure')}
                value={<Num value={data.unsure} digits={0} />}
                note={t('diagnose:causes.unsure_note')}
                href="/households?sure=no"
                count={data.unsure}
              />
              <Stat
                label={t('diagnose:causes.without')}
                value={<Num value={data.without_cause} digits={0} />}
                note={t('diagnose:causes.without_note')}
              />
            </Stats>
          </Section>
          <Section title={t('diagnose:causes.beside')}>
            <MainAndStated
              causes={causes
                .filter((cause) => cause.main + cause.stated > 0)
                .map((cause) => ({ ...cause, name: say(cause.label) }))}
            />
          </Section>
          <Section title={t('diagnose:causes.list')}>
            <Table
              caption={t('diagnose:causes.list')}
              rows={causes}
              columns={columns}
              rowKey={(row) => row.code}
              height={720}
            />
          </Section>
        </>
      )}
    </>
  )
}
