import { State } from '../state/state.tsx'
import { useWords, type Words } from '../words.tsx'
import './clauses.css'

type Text = Record<string, string>

/** A rule's clause in sentences: what the rules engine says of it, in the languages of whoever wrote the rule. */
export interface Clause {
  kind: string
  state: 'true' | 'false' | 'unknown' | 'value'
  source: string
  bare: Text
  who: { text: Text } | null
  decides: boolean
  ask: { field: string; label: Text; who: Text | null }[]
  /** Missing, and no longer able to change anything. */
  immaterial: { field: string; label: Text; who: Text | null }[]
  /** Where a side of the comparison lies that is not known yet, whatever is answered. */
  spans: { least: Text | null; most: Text | null }[]
  clauses: Clause[]
  worked_out: Clause[]
}

const states = { true: 'met', false: 'unmet', unknown: 'unknown' } as const

/** The clauses of a rule as a tree: TRUE, FALSE or unknown, whom each is about, what decided, what is to be asked. */
export function Clauses(props: { clause: Clause; say: (text: Text) => string }) {
  return (
    <ul className="d-clauses">
      <Line clause={props.clause} say={props.say} within={null} />
    </ul>
  )
}

/** Tests over a list that came out alike for all: told in one line, person by person only when asked for. */
const ALIKE = ['exists false', 'all true', 'exists_one false']

function spanText(t: Words, say: (text: Text) => string, span: Clause['spans'][number]): string {
  const { least, most } = span
  if (least && most) return t('ui.clause.between', { least: say(least), most: say(most) })
  if (least) return t('ui.clause.at_least', { least: say(least) })
  return most ? t('ui.clause.at_most', { most: say(most) }) : ''
}

function Line(props: { clause: Clause; say: (text: Text) => string; within: string | null }) {
  const t = useWords()
  const { clause, say } = props
  const who = clause.who === null ? null : say(clause.who.text)
  const below = [...clause.clauses, ...clause.worked_out]
  const list = below.length > 0 && (
    <ul className="d-clauses">
      {below.map((each, index) => (
        <Line clause={each} say={say} within={who} key={`${each.source} ${index}`} />
      ))}
    </ul>
  )
  const alike = clause.clauses.length > 1 && ALIKE.includes(`${clause.kind} ${clause.state}`)
  return (
    <li className={clause.decides ? undefined : 'd-clause-aside'}>
      {who !== null && who !== props.within && <b className="d-clause-who">{who}</b>}
      <span className="d-clause">
        {clause.state !== 'value' && <State state={states[clause.state]} word={t(`ui.clause.${clause.state}`)} quiet />}
        <span>{say(clause.bare)}</span>
      </span>
      {clause.ask.map((ask) => (
        <span className="d-clause-ask" key={ask.field}>
          {t('ui.clause.ask')} {ask.who ? `${say(ask.who)}: ` : ''}
          {say(ask.label)}
        </span>
      ))}
      {clause.spans.map((span, index) => (
        <span className="d-clause-note" key={index}>
          {spanText(t, say, span)} {t(clause.state === 'unknown' ? 'ui.clause.either_way' : 'ui.clause.decided')}
        </span>
      ))}
      {clause.immaterial.length > 0 && (
        <span className="d-clause-note">
          {t('ui.clause.immaterial', {
            what: clause.immaterial
              .map((each) => `${each.who ? `${say(each.who)}: ` : ''}${say(each.label)}`)
              .join(t('ui.clause.comma')),
          })}
        </span>
      )}
      {alike ? (
        <details>
          <summary>{t('ui.clause.each')}</summary>
          {list}
        </details>
      ) : (
        list
      )}
    </li>
  )
}
