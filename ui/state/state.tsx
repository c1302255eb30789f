import { Icon } from '../icons.tsx'
import type { IconName } from '../icons.tsx'
import { useWords } from '../words.tsx'
import './state.css'

export type StateValue = 'met' | 'unmet' | 'unknown'

const icons: Record<StateValue, IconName> = { met: 'check', unmet: 'cross', unknown: 'question' }

/** true, false and null (or nothing) as the three states. */
export function stateOf(value: boolean | null | undefined): StateValue {
  return value === true ? 'met' : value === false ? 'unmet' : 'unknown'
}

/** One of three states, never by colour alone: icon, colour and word. `quiet` keeps the word for screen readers only. */
export function State(props: { state: StateValue; word?: string; quiet?: boolean }) {
  const t = useWords()
  const word = props.word ?? t(`ui.state.${props.state}`)
  return (
    <span className={`d-state d-state-${props.state}`} title={props.quiet ? word : undefined}>
      <Icon name={icons[props.state]} size={16} weight={2.2} />
      <span className={props.quiet ? 'd-hidden' : undefined}>{word}</span>
    </span>
  )
}

/** A plain tag for a stage or kind; `seal` only for what asks for a decision. */
export function Tag(props: { children: string; tone?: 'plain' | 'seal' | 'met' | 'unknown' }) {
  return <span className={`d-tag d-tag-${props.tone ?? 'plain'}`}>{props.children}</span>
}
