import type { ReactNode } from 'react'
import { NOT_KNOWN } from './format.ts'
import { State } from './state/state.tsx'
import type { StateValue } from './state/state.tsx'
import { Says, Why } from './why/why.tsx'
import type { Reason } from './why/why.tsx'

export type Fact = {
  key?: string
  label: string
  value?: ReactNode
  state?: StateValue
  /** The word beside the state's icon, where "met" would be too bare: "Safe", "Not insured". */
  state_word?: string
  source?: ReactNode
  date?: string | null
  why?: Reason[]
  rule?: ReactNode
  /** Greyed: not yet known on the date chosen. */
  later?: boolean
}

/** One label with its value, state, source, date and reasons. */
export function Field(props: Fact) {
  return (
    <div className={`d-field ${props.later ? 'd-later' : ''}`}>
      <dt>{props.label}</dt>
      <dd>
        <FactBody {...props} />
      </dd>
    </div>
  )
}

function FactBody(fact: Fact) {
  const empty = fact.value === undefined || fact.value === null || fact.value === ''
  return (
    <>
      <div className="d-field-value">
        {fact.state && <State state={fact.state} word={fact.state_word} />}
        {empty ? (
          fact.state ? null : (
            <span className="d-absent">{NOT_KNOWN}</span>
          )
        ) : (
          <span className="d-num">{fact.value}</span>
        )}
      </div>
      <Says source={fact.source} date={fact.date} />
      {fact.why && fact.why.length > 0 && <Why reasons={fact.why} rule={fact.rule} />}
    </>
  )
}

/** A list of facts: `columns` side by side at the desk, one below the other on the phone. */
export function Facts(props: { items: Fact[]; columns?: 1 | 2 | 3 }) {
  return (
    <dl className="d-facts" style={{ '--columns': props.columns ?? 1 } as React.CSSProperties}>
      {props.items.map((item) => (
        <Field {...item} key={item.key ?? item.label} />
      ))}
    </dl>
  )
}
