import { Progress as Bar } from '@mantine/core'
import { formatNumber, formatSeconds } from '../format.ts'
import { useReader } from '../words.tsx'
import '../charts/figures.css'

export type Work = { done: number; total: number | null; message?: string | null; eta_seconds?: number | null }

/** Long work: what is being done, how far it is, and how long it will still take. */
export function WorkProgress(props: { label: string; work: Work }) {
  const { words: t, locale } = useReader()
  const { done, total, message, eta_seconds } = props.work
  const share = total ? Math.min(100, (done / total) * 100) : 100
  return (
    <div className="d-work">
      <div className="d-work-words">
        <span>{message || props.label}</span>
        <span className="d-num d-says">
          {total
            ? t('ui.work.of', { done: formatNumber(done, locale, 0), total: formatNumber(total, locale, 0) })
            : formatNumber(done, locale, 0)}
          {eta_seconds !== null && eta_seconds !== undefined
            ? ` · ${t('ui.work.left', { time: formatSeconds(eta_seconds, locale) })}`
            : ''}
        </span>
      </div>
      <Bar.Root size={8}>
        <Bar.Section value={share} animated={!total} aria-label={props.label} color="var(--met)" />
      </Bar.Root>
    </div>
  )
}
