import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { ProblemView } from './problem.tsx'
import { useWords } from '../words.tsx'

/** What a query of TanStack gives, as far as it matters here. */
export type Asked<T> = { data: T | undefined; error: unknown; refetch: () => unknown }

/**
 * What depends on an answer is shown once the answer is there: a skeleton before, the problem's sentence where it does
 * not come. `children` cannot be drawn without the data, so that no page says "none" or 0 before anything is known.
 * Where a later question failed, what was known stays, under the problem.
 */
export function Loaded<T>(props: {
  query: Asked<T>
  /** Lines of the skeleton: about as high as what will come. */
  lines?: number
  children: (data: T) => ReactNode
}) {
  const { query } = props
  const trouble = query.error ? <ProblemView error={query.error} onRetry={() => void query.refetch()} /> : null
  if (query.data === undefined) return trouble ?? <Waiting lines={props.lines ?? 8} />
  return (
    <>
      {trouble}
      {props.children(query.data)}
    </>
  )
}

/** Grey lines where something is on its way. */
export function Waiting(props: { lines?: number }) {
  const t = useWords()
  return (
    <div role="status" aria-busy="true" aria-label={t('ui.loading')} className="d-loading">
      {Array.from({ length: props.lines ?? 8 }, (_, i) => (
        <Skeleton key={i} height={16} mb={16} width={`${92 - ((i * 17) % 40)}%`} radius="sm" />
      ))}
    </div>
  )
}

/** A number on its way: as wide as a number, and none. */
export function NumberWaiting() {
  const t = useWords()
  return (
    <span role="status" aria-label={t('ui.loading')}>
      <Skeleton height={24} width={48} radius="sm" />
    </span>
  )
}
