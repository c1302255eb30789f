import { Button, Textarea } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { PageHead } from '#ui/page.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { Queue, type Decision } from '#ui/queue.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, JobProgress, useArea, useLanguage, useMay } from '#web/client.ts'
import { AlertView, DaysLeft, loadAlerts, type Alert } from './alert.tsx'

const becomes = { accept: 'helped', unsure: 'visited', reject: 'dismissed' } as const

/** Open alerts one after another, the most pressing first: helped, visited, or no need found. */
export default function AlertQueuePage() {
  const t = useWords()
  const language = useLanguage()
  const { code } = useArea()
  const queries = useQueryClient()
  // What was done, by alert: typed while one is shown, sent with its decision.
  const [notes, setNotes] = useState<Record<string, string>>({})
  const [job_id, setJob] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const may_handle = useMay('monitor.handle')
  const may_run = useMay('monitor.run')
  const alerts = useQuery({
    queryKey: ['monitor', 'queue', code],
    queryFn: () => loadAlerts(code, 'open', null),
    enabled: code !== '',
  })
  const decide = (alert: Alert, decision: Decision) => {
    const state = becomes[decision]
    const action = (notes[alert.alert_id] ?? '').trim() || t(`monitor:did_${state}`)
    return call(
      api.api.monitor.alerts[':alert_id'].$post({ param: { alert_id: alert.alert_id }, json: { state, action } }),
    )
  }
  const run = () =>
    call(api.api.monitor.run.$post({ json: { area_code: code } })).then((job) => setJob(job.job_id), setError)
  if (alerts.error) return <ProblemView error={alerts.error} onRetry={() => void alerts.refetch()} />
  return (
    <>
      <PageHead
        title={t('monitor:queue.title')}
        lead={t('monitor:queue.lead')}
        actions={
          may_run && (
            <Button variant="default" disabled={job_id !== null} onClick={() => void run()}>
              {t('monitor:queue.run')}
            </Button>
          )
        }
      />
      {job_id !== null && (
        <JobProgress
          job_id={job_id}
          label={t('monitor:queue.running')}
          onDone={() => {
            setJob(null)
            void queries.invalidateQueries({ queryKey: ['monitor'] })
          }}
        />
      )}
      {error !== null && <ProblemView error={error} />}
      <Queue
        label={t('monitor:queue.title')}
        items={alerts.data?.items ?? []}
        {...(alerts.data ? { left: alerts.data.total } : {})}
        itemKey={(alert) => alert.alert_id}
        row={(alert) => (
          <>
            {alert.head_name} · {alert.label[language] ?? alert.rule_code} <DaysLeft alert={alert} />
          </>
        )}
        decisions={
          may_handle
            ? { accept: t('monitor:helped'), unsure: t('monitor:visited'), reject: t('monitor:dismissed') }
            : {}
        }
        onDecide={decide}
        empty={{ title: t('monitor:queue.none'), text: t('monitor:queue.none_text') }}
      >
        {(alert) => (
          <>
            <AlertView alert={alert} />
            {may_handle && (
              <Textarea
                mt="md"
                label={t('monitor:what_done')}
                description={t('monitor:what_done_hint')}
                value={notes[alert.alert_id] ?? ''}
                onChange={(event) => {
                  const typed = event.currentTarget.value
                  setNotes((before) => ({ ...before, [alert.alert_id]: typed }))
                }}
                autosize
                minRows={2}
              />
            )}
          </>
        )}
      </Queue>
    </>
  )
}
