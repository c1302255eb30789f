import type { ReactNode } from 'react'
import { Icon } from './icons.tsx'
import type { IconName } from './icons.tsx'
import { DateText } from './text.tsx'
import { useWords } from './words.tsx'
import './charts/figures.css'

export type Step = {
  key: string
  label: string
  state: 'done' | 'now' | 'later' | 'stopped'
  at?: string | null
  who?: ReactNode
  detail?: ReactNode
}

const icons: Record<Step['state'], IconName> = { done: 'check', now: 'arrow', later: 'dot', stopped: 'cross' }

/** Where something stands in a procedure: what is done and by whom, what is now, what comes. */
export function Steps(props: { label: string; steps: Step[] }) {
  const t = useWords()
  return (
    <ol className="d-steps" aria-label={props.label}>
      {props.steps.map((step) => (
        <li key={step.key} className={`d-step-${step.state}`} aria-current={step.state === 'now' ? 'step' : undefined}>
          <span className="d-step-mark">
            <Icon name={icons[step.state]} size={14} weight={2.2} label={t(`ui.step.${step.state}`)} />
          </span>
          <div>
            <div className="d-step-label">{step.label}</div>
            {step.detail && <div>{step.detail}</div>}
            {(step.at || step.who) && (
              <div className="d-says">
                {step.at && <DateText value={step.at} />}
                {step.at && step.who ? ' · ' : ''}
                {step.who}
              </div>
            )}
          </div>
        </li>
      ))}
    </ol>
  )
}
