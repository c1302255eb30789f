import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useWords } from '#ui/words.tsx'
import { WorkProgress } from '#ui/state/progress.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { api, call } from '../api.ts'
import { useNamed } from './reader.tsx'

const ENDED = ['done', 'failed', 'cancelled']
const isEnded = (state: string | undefined) => state !== undefined && ENDED.includes(state)

/** How far a long job has come, asked once a second; `onDone` is called once, with its result, when it has ended well, and
 * `onFail` once when it has not: then it may be started again. */
export function JobProgress(props: {
  job_id: string
  label: string
  onDone?: (result: unknown) => void
  onFail?: () => void
}) {
  const t = useWords()
  const named = useNamed()
  const job = useQuery({
    queryKey: ['job', props.job_id],
    queryFn: () => call(api.api.jobs[':job_id'].$get({ param: { job_id: props.job_id } })),
    refetchInterval: (query) => (isEnded(query.state.data?.state) ? false : 1000),
  })
  const told = useRef(false)
  const { onDone, onFail } = props
  const state = job.data?.state
  const result = job.data?.result
  useEffect(() => {
    if (!isEnded(state) || told.current) return
    told.current = true
    if (state === 'done') onDone?.(result)
    else onFail?.()
  }, [state, result, onDone, onFail])
  if (job.error) return <ProblemView error={job.error} />
  const { done = 0, total = null, message, eta_seconds = null } = job.data ?? {}
  const text = typeof message === 'string' ? message : isNamed(message) ? named(message) : null
  if (state === 'failed') {
    const trouble = { title: t('job.failed', { what: props.label }), detail: text, action: t('job.again') }
    return <ProblemView error={{ ...trouble, code: codeOf(result) }} />
  }
  return <WorkProgress label={props.label} work={{ done, total, message: text, eta_seconds }} />
}

const codeOf = (result: unknown): string =>
  typeof result === 'object' && result !== null && 'code' in result ? String(result.code) : 'job_failed'

function isNamed(value: unknown): value is { en: string; zh: string } {
  return typeof value === 'object' && value !== null && 'en' in value && 'zh' in value
}
