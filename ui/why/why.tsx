import { useId, useState } from 'react'
import type { ReactNode } from 'react'
import { Icon } from '../icons.tsx'
import { State } from '../state/state.tsx'
import type { StateValue } from '../state/state.tsx'
import { DateText } from '../text.tsx'
import { useWords } from '../words.tsx'
import '../facts.css'

export type Reason = {
  text: ReactNode
  state?: StateValue
  value?: ReactNode
  /** Who or what says so. */
  source?: ReactNode
  /** When it was said, `YYYY-MM-DD` or an instant. */
  date?: string | null
}

/** The answer to "why?": a button that opens the reasons, each with its value, source and date. */
export function Why(props: { reasons: Reason[]; rule?: ReactNode; label?: string; open?: boolean }) {
  const t = useWords()
  const id = useId()
  const [open, setOpen] = useState(props.open ?? false)
  return (
    <div className="d-why">
      <button
        type="button"
        className="d-why-button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <span className={open ? 'd-turned' : 'd-turn'}>
          <Icon name="chevron" size={16} />
        </span>
        {props.label ?? t('ui.why')}
      </button>
      <div id={id} hidden={!open}>
        <ul className="d-why-list">
          {props.reasons.map((reason, i) => (
            <li key={i}>
              {reason.state && <State state={reason.state} quiet />}
              <div>
                <span>{reason.text}</span>
                {reason.value !== undefined && <b className="d-num"> {reason.value}</b>}
                <Says source={reason.source} date={reason.date} />
              </div>
            </li>
          ))}
        </ul>
        {props.rule && <div className="d-why-rule">{props.rule}</div>}
      </div>
    </div>
  )
}

/** Who says so, and when. */
export function Says(props: { source?: ReactNode; date?: string | null }) {
  if (!props.source && !props.date) return null
  return (
    <span className="d-says">
      {props.source}
      {props.source && props.date ? ' · ' : ''}
      {props.date && <DateText value={props.date} />}
    </span>
  )
}
