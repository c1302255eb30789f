import { Button, Textarea } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useDrafts } from '#ui/decide/draft.ts'
import { Loaded } from '#ui/state/loaded.tsx'
import { CountLink } from '#ui/count.tsx'
import { PageHead } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Queue, type Decision } from '#ui/decide/queue.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, JobProgress, useArea, useHeld, useLanguage, useMay } from '#web/client.ts'
import { AlertView, DaysLeft, loadAlerts, WentUp, type Alert } from './alert.tsx'
import { SCOPE, subjectOf } from './next.tsx'

const becomes = { accept: 'helped', unsure: 'visited', reject: 'dismissed' } as const

/** Open alerts one after another, the most pressing first: helped, visited, or no need found. */
export default function AlertQueuePage() {
  const t = useWords()
  const language = useLanguage()
  const { code } = useArea()
  const queries = useQueryClient()
  // What was found, by alert: typed while one is shown, sent with its decision.
  const notes = useDrafts(SCOPE, '')
  const held = useHeld()
  const [job_id, setJob] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const may_act = useMay('monitor.act')
  const may_run = useMay('monitor.run')
  const alerts = useQuery({
    queryKey: ['monitor', 'queue', code],
    queryFn: () => loadAlerts(code, 'open', ''),
    enabled: code !== '',
  })
  const decide = useDecide(notes.of)
  const run = () =>
    call(api.api.monitor.run.$post({ json: { area_code: code } })).then((job) => setJob(job.job_id), setError)
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
      <Loaded query={alerts}>
        {(page) => (
          <>
            <Visited counts={page.counts} />
            <Queue
              key={code}
              label={t('monitor:queue.title')}
              items={page.items}
              paged={{
                left: page.total,
                more: () => held.sendAll().then(() => alerts.refetch({ throwOnError: true })),
              }}
              gone={(alert) => held.isDecided(subjectOf(alert))}
              itemKey={(alert) => alert.alert_id}
              row={(alert) => (
                <>
                  {alert.head_name} · {alert.label[language] ?? alert.rule_code} <DaysLeft alert={alert} />{' '}
                  <WentUp alert={alert} />
                </>
              )}
              decisions={(alert) =>
                may_act && alert.mine
                  ? { accept: t('monitor:helped'), unsure: t('monitor:visited'), reject: t('monitor:dismissed') }
                  : {}
              }
              onDecide={async (alert, decision) => decide(alert, decision)}
              onUndo={(alert) => held.takeBack(subjectOf(alert))}
              empty={{ title: t('monitor:queue.none'), text: t('monitor:queue.none_text') }}
            >
              {(alert) => (
                <>
                  <AlertView alert={alert} />
                  {may_act && alert.mine && (
                    <Note value={notes.of(alert.alert_id)} onChange={(note) => notes.set(alert.alert_id, note)} />
                  )}
                </>
              )}
            </Queue>
          </>
        )}
      </Loaded>
    </>
  )
}

/** Holds a decision on an alert back for a moment; refuses one without a note of what was found. */
function useDecide(noteOf: (alert_id: string) => string) {
  const t = useWords()
  const held = useHeld()
  return (alert: Alert, decision: Decision) => {
    const state = becomes[decision]
    const { alert_id } = alert
    const action = noteOf(alert_id).trim()
    if (action === '') {
      document.getElementById('alert-note')?.focus()
      throw { title: t('monitor:note_missing'), action: t('monitor:note_missing_action') }
    }
    // Help counts once somebody has been there: what was found is recorded first, as the visit that it was.
    const steps: { state: (typeof becomes)[Decision]; action: string }[] =
      state === 'helped'
        ? [
            { state: 'visited', action },
            { state, action: t('monitor:helped_as_found') },
          ]
        : [{ state, action }]
    return held.hold({
      says: t('monitor:held', { name: alert.head_name, decision: t(`monitor:${state}`) }),
      subjects: [subjectOf(alert)],
      builds: steps.map(
        (json) => (client) => client.api.monitor.alerts[':alert_id'].$post({ param: { alert_id }, json }),
      ),
      touches: [['monitor', 'list'], ['road'], ['see']],
      drafts: [[SCOPE, alert_id]],
    })
  }
}

/** What was found or done, in a sentence or two. */
function Note(props: { value: string; onChange: (note: string) => void }) {
  const t = useWords()
  return (
    <Textarea
      id="alert-note"
      mt="md"
      label={t('monitor:what_done')}
      description={t('monitor:what_done_hint')}
      required
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      autosize
      minRows={2}
    />
  )
}

/** A visit does not end an alert: those visited wait in the list until it is said what followed. */
function Visited(props: { counts: readonly { state: string; count: number }[] }) {
  const t = useWords()
  const n = props.counts.filter((each) => each.state === 'visited').reduce((sum, each) => sum + each.count, 0)
  if (n === 0) return null
  return (
    <p>
      <CountLink href="/alerts/list?state=visited" n={n} words={(shown) => t('monitor:queue.visited', { n: shown })} />
    </p>
  )
}
