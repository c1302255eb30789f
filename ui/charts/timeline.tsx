import type { ReactNode } from 'react'
import { Icon } from '../icons.tsx'
import type { IconName } from '../icons.tsx'
import { DateText } from '../text.tsx'
import { useReader } from '../words.tsx'
import './figures.css'

export type TimelineEntry = {
  id: string
  /** When it was true in the world. */
  at: string
  /** When it became known here; shown where it differs from `at`. */
  recorded_at?: string | null
  title: ReactNode
  detail?: ReactNode
  who?: ReactNode
  icon?: IconName
  tone?: 'plain' | 'seal' | 'met' | 'unknown'
  /** Greyed: not yet known on the date chosen. */
  later?: boolean
}

/** Everything that happened, newest first as given, grouped by year, with who and when. */
export function Timeline(props: { label: string; entries: TimelineEntry[] }) {
  const { words: t, dayOf } = useReader()
  const years = [...new Set(props.entries.map((entry) => dayOf(entry.at).slice(0, 4)))]
  return (
    <div className="d-timeline" role="group" aria-label={props.label}>
      {years.map((year) => (
        <div key={year} className="d-timeline-year">
          <h3 className="d-num">{year}</h3>
          <ol>
            {props.entries
              .filter((entry) => dayOf(entry.at).startsWith(year))
              .map((entry) => (
                <li key={entry.id} className={entry.later ? 'd-later' : undefined}>
                  <span className="d-timeline-day">
                    <DateText value={entry.at} style="short" />
                  </span>
                  <span className={`d-timeline-mark d-tone-${entry.tone ?? 'plain'}`}>
                    <Icon name={entry.icon ?? 'dot'} size={16} />
                  </span>
                  <div>
                    <div className="d-timeline-title">{entry.title}</div>
                    {entry.detail && <div>{entry.detail}</div>}
                    <div className="d-says">
                      {entry.who}
                      {entry.recorded_at && dayOf(entry.recorded_at) !== dayOf(entry.at) && (
                        <>
                          {entry.who ? ' · ' : ''}
                          {t('ui.timeline.recorded')} <DateText value={entry.recorded_at} />
                        </>
                      )}
                    </div>
                  </div>
                </li>
              ))}
          </ol>
        </div>
      ))}
    </div>
  )
}
