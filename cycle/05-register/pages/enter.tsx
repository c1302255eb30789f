import { Button, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Total } from '#ui/count.tsx'
import { useDraft } from '#ui/decide/draft.ts'
import { formatNumber } from '#ui/format.ts'
import { Loaded } from '#ui/state/loaded.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { TextLink, useReader } from '#ui/words.tsx'
import { api, call, JobProgress, useArea } from '#web/client.ts'

type Job = { job_id: string; kind: 'enter' | 'refresh' }

const loadDue = (area_code: string) => call(api.api.register.due.$get({ query: { area_code, limit: '2000' } }))

/** For the county officer: enter what was approved, carry in what was surveyed since. Both tell how far they are. */
export function EnterPanel() {
  const { words: t, locale } = useReader()
  const { code } = useArea()
  const queries = useQueryClient()
  const draft = useDraft('register.enter', code, '')
  const valid_from = draft.value
  const [job, setJob] = useState<Job | null>(null)
  const due = useQuery({ queryKey: ['register', 'due', code], queryFn: () => loadDue(code), enabled: code !== '' })
  const enter = useMutation({
    mutationFn: () => call(api.api.register.enter.$post({ json: { area_code: code, valid_from } })),
    onSuccess: ({ job_id }) => {
      draft.clear()
      setJob({ job_id, kind: 'enter' })
    },
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
      id="enter"
      className="d-card rg-enter d-screen"
      aria-label={t('register:enter.title')}
      onSubmit={(event) => {
        event.preventDefault()
        enter.mutate()
      }}
    >
      <p>{t('register:enter.text')}</p>
      <Loaded query={due} lines={2}>
        {({ total, items }) => (
          <Total n={total}>
            <p>
              {t(total === 0 ? 'register:enter.nobody' : 'register:enter.follows', {
                n: formatNumber(total, locale, 0),
              })}
            </p>
            {total > 0 && (
              <details className="rg-due">
                <summary>{t('register:enter.who')}</summary>
                <ul>
                  {items.map((each) => (
                    <li key={each.household_id}>
                      <TextLink href={`/households/${each.household_id}`}>{each.head_name}</TextLink>{' '}
                      <span className="d-says d-num">{each.household_id}</span>
                    </li>
                  ))}
                </ul>
              </details>
            )}
          </Total>
        )}
      </Loaded>
      <div className="rg-row">
        <TextInput
          type="date"
          label={t('register:enter.valid_from')}
          required
          value={valid_from}
          onChange={(event) => draft.set(event.currentTarget.value)}
        />
        <Button
          type="submit"
          color="seal"
          disabled={valid_from === '' || job !== null || (due.data?.total ?? 0) === 0}
          loading={enter.isPending}
        >
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
