import type { ReactNode } from 'react'
import { Num } from '../text.tsx'
import { TextLink } from '../words.tsx'
import './figures.css'

export type FunnelStep = {
  key: string
  label: string
  value: number | null
  href?: string
  note?: ReactNode
  /** What waits here for somebody's decision. */
  waiting?: { value: number; label: string; href?: string }
}

/** The campaign as a funnel: one bar a step, drawn to the greatest value, every number a link to its list. */
export function Funnel(props: { label: string; steps: FunnelStep[] }) {
  const top = Math.max(1, ...props.steps.map((step) => step.value ?? 0))
  return (
    <ol className="d-funnel" aria-label={props.label}>
      {props.steps.map((step) => (
        <li key={step.key}>
          <span className="d-funnel-label">{step.label}</span>
          <span className="d-funnel-track">
            <span className="d-funnel-bar" style={{ width: `${((step.value ?? 0) / top) * 100}%` }} />
          </span>
          <span className="d-funnel-value">
            {step.href ? (
              <TextLink href={step.href} data-count={step.value ?? undefined}>
                <Num value={step.value} />
              </TextLink>
            ) : (
              <Num value={step.value} />
            )}
          </span>
          <span className="d-funnel-note">
            {step.waiting && step.waiting.value > 0 && (
              <TextLink
                href={step.waiting.href ?? step.href ?? '#'}
                data-count={step.waiting.value}
                className="d-waiting"
              >
                <Num value={step.waiting.value} /> {step.waiting.label}
              </TextLink>
            )}
            {step.note}
          </span>
        </li>
      ))}
    </ol>
  )
}
