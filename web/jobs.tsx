import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { WorkProgress } from '#ui/progress.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { api, call } from './api.ts'
import { useNamed } from './reader.tsx'

const ENDED = ['done', 'failed', 'cancelled']
const isEnded = (state: string | undefined) => state !== undefined && ENDED.includes(state)

/** How far a long job has come, asked once a second; `onDone` is called once, with its result, when it has ended well. */
export function JobProgress(props: { job_id: string; label: string; onDone?: (result: unknown) => void }) {
  const named = useNamed()
  const job = useQuery({
    queryKey: ['job', props.job_id],
    queryFn: () => call(api.api.jobs[':job_id'].$get({ param: { job_id: props.job_id } })),
    refetchInterval: (query) => (isEnded(query.state.data?.state) ? false : 1000),
  })
  const told = useRef(false)
  const { onDone } = props
  const state = job.data?.state
  const result = job.data?.result
  useEffect(() => {
    if (state !== 'done' || told.current) return
    told.current = true
    onDone?.(result)
  }, [state, result, onDone])
  if (job.error) return <ProblemView error={job.error} />
  const { done = 0, total = null, message, eta_seconds = null } = job.data ?? {}
  const text = typeof message === 'string' ? message : isNamed(message) ? named(message) : null
  if (state === 'failed') return <ProblemView error={{ title: text ?? props.label, code: 'job_failed' }} />
  return <WorkProgress label={props.label} work={{ done, total, message: text, eta_seconds }} />
}

function isNamed(value: unknown): value is { en: string; zh: string } {
  return typeof value === 'object' && value !== null && 'en' in value && 'zh' in value
}
