import { Section } from '#ui/page.tsx'
import { State } from '#ui/state/state.tsx'
import { DateText } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { usePackWords } from '#web/client.ts'
import { useText, type useAssessment } from './household.ts'

type History = NonNullable<ReturnType<typeof useAssessment>['data']>['history']
type Entry = History[number]
type Changed = NonNullable<Entry['changed']>

/** Assessments after the first, newest first: what came out otherwise than before, and why. */
export function WhatChanged(props: { history: History }) {
  const t = useWords()
  const later = props.history.flatMap(({ changed, ...entry }) => (changed === null ? [] : [{ ...entry, changed }]))
  if (later.length === 0) return null
  return (
    <Section title={t('see:changed.title')}>
      <ol className="see-list">
        {later.map((entry) => (
          <li key={entry.assessment_id}>
            <OneChange assessed_at={entry.assessed_at} changed={entry.changed} />
          </li>
        ))}
      </ol>
    </Section>
  )
}

function OneChange(props: { assessed_at: string; changed: Changed }) {
  const t = useWords()
  const text = useText()
  const label = usePackWords()
  const { assessed_at, changed } = props
  const { before, after } = changed.verdict
  const told = new Set(changed.states.flatMap((each) => each.because.map((one) => `${one.kind} ${one.name}`)))
  const rest = changed.because.filter((one) => !told.has(`${one.kind} ${one.name}`))
  return (
    <>
      <div className="see-line">
        <b>
          {before === after
            ? t('see:changed.same', { verdict: label('verdict', after) })
            : t('see:changed.verdict', { before: label('verdict', before), after: label('verdict', after) })}
        </b>
        <span className="d-says">
          <DateText value={assessed_at} />
        </span>
      </div>
      <ul className="see-tree">
        {changed.states.map((each) => (
          <li key={each.code}>
            <StateChange each={each} /> {text(each.label)}
            <ul className="see-tree">
              {each.because.map((one) => (
                <li key={`${one.kind} ${one.name}`}>{text(one.text)}</li>
              ))}
              {each.because.length === 0 && <li className="d-says">{t('see:changed.not_kept')}</li>}
            </ul>
          </li>
        ))}
        {changed.states.length === 0 && <li>{t('see:changed.no_state')}</li>}
      </ul>
      {rest.length > 0 && (
        <details>
          <summary>{t('see:changed.rest', { n: rest.length })}</summary>
          <ul className="see-tree">
            {rest.map((one) => (
              <li key={`${one.kind} ${one.name}`}>{text(one.text)}</li>
            ))}
          </ul>
        </details>
      )}
      {!changed.complete && <p className="d-says">{t('see:changed.incomplete')}</p>}
    </>
  )
}

const stateOf = (state: string) => (['met', 'unmet', 'unknown'] as const).find((each) => each === state)

function StateChange(props: { each: Changed['states'][number] }) {
  const t = useWords()
  const { before, after } = props.each
  const one = (state: string) => {
    const word = t(`see:changed.state.${state}`)
    const shown = stateOf(state)
    return shown ? <State state={shown} word={word} /> : <span>{word}</span>
  }
  return (
    <span className="see-turn">
      {one(before)} <span aria-hidden="true">→</span> {one(after)}
    </span>
  )
}
