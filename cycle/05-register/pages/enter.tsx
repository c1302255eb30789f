import { Button, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ProblemView } from '#ui/problem.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, JobProgress, useArea } from '#web/client.ts'

type Job = { job_id: string; kind: 'enter' | 'refresh' }

/** For the county officer: enter what was approved, carry in what was surveyed since. Both tell how far they are. */
export function EnterPanel() {
  const t = useWords()
  const { code } = useArea()
  const queries = useQueryClient()
  const [valid_from, setValidFrom] = useState('')
  const [job, setJob] = useState<Job | null>(null)
  const enter = useMutation({
    mutationFn: () => call(api.api.register.enter.$post({ json: { area_code: code, valid_from } })),
    onSuccess: ({ job_id }) => setJob({ job_id, kind: 'enter' }),
  })
  const refresh = useMutation({
    mutationFn: () => call(api.api.register.refresh.$post({ json: { area_code: code } })),
    onSuccess: ({ job_id }) => setJob({ job_id, kind: 'refresh' }),
  })
  const onDone = (result: unknown) => {
    const { registered, updated } = result as { registered?: number; updated?: number }
    notifications.show({ message: t(`register:${job?.kind ?? 'enter'}.done`, { count: registered ?? updated ?? 0 }) })
    setJob(null)
    void queries.invalidateQueries()
  }
  return (
    <form
      className="d-card rg-enter"
      aria-label={t('register:enter.title')}
      onSubmit={(event) => {
        event.preventDefault()
        enter.mutate()
      }}
    >
      <p>{t('register:enter.text')}</p>
      <div className="rg-row">
        <TextInput
          type="date"
          label={t('register:enter.valid_from')}
          required
          value={valid_from}
          onChange={(event) => setValidFrom(event.currentTarget.value)}
        />
        <Button type="submit" color="seal" disabled={valid_from === '' || job !== null} loading={enter.isPending}>
          {t('register:enter.button')}
        </Button>
        <Button variant="default" disabled={job !== null} loading={refresh.isPending} onClick={() => refresh.mutate()}>
          {t('register:refresh.button')}
        </Button>
      </div>
      {job && (
        <JobProgress key={job.job_id} job_id={job.job_id} label={t(`register:${job.kind}.working`)} onDone={onDone} />
      )}
      {(enter.error ?? refresh.error) && <ProblemView error={enter.error ?? refresh.error} />}
    </form>
  )
}
