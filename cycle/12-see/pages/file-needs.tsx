import { Skeleton } from '@mantine/core'
import { Facts } from '#ui/facts.tsx'
import type { Fact } from '#ui/facts.tsx'
import { Section } from '#ui/page.tsx'
import { State } from '#ui/state/state.tsx'
import { Money } from '#ui/text.tsx'
import { useReader } from '#ui/words.tsx'
import { usePackWords } from '#web/client.ts'
import { WhatChanged } from './file-changes.tsx'
import { RuleClauses } from './file-why.tsx'
import { useAssessment, useFieldLabels, useText } from './household.ts'

type Assessment = NonNullable<NonNullable<ReturnType<typeof useAssessment>['data']>['current']>

/** Two assurances, three guarantees, water and income: each with its state, its value and its reasons. */
export function Needs(props: { household_id: string; as_on: string | undefined; surveyed_on: string | null }) {
  const { words: t } = useReader()
  const found = useAssessment(props.household_id, props.as_on)
  if (found.isLoading) return <Skeleton height={240} mb={24} />
  const current = found.data?.current
  if (!found.data) return null
  if (!current) {
    return (
      <Section title={t('see:needs.title')}>
        <p className="d-says">{t(props.as_on ? 'see:needs.not_then' : 'see:needs.none')}</p>
      </Section>
    )
  }
  return (
    <>
      <Section title={t('see:needs.title')} aside={<Verdict current={current} />}>
        <NeedFacts
          household_id={props.household_id}
          current={current}
          surveyed_on={props.as_on ? null : props.surveyed_on}
        />
      </Section>
      {current.vetoes.length > 0 && <Vetoes household_id={props.household_id} current={current} />}
      <WhatChanged history={found.data.history} />
    </>
  )
}

function Verdict(props: { current: Assessment }) {
  const label = usePackWords()
  return <span className="d-says">{label('verdict', props.current.verdict)}</span>
}

/** The needs as facts. The day is the survey's; as it was on a date, the day of the assessment known then. */
function NeedFacts(props: { household_id: string; current: Assessment; surveyed_on: string | null }) {
  const { words: t } = useReader()
  const text = useText()
  const label = usePackWords()
  const field_label = useFieldLabels()
  const { current } = props
  const items = current.indicators.map((each): Fact => {
    const line = each.parameters.find((parameter) => parameter.name === 'income_line')
    return {
      key: each.code,
      label: text(each.label),
      state: each.state,
      ...(each.applies === false ? { state_word: t('see:needs.not_applicable') } : {}),
      value:
        line && typeof line.value === 'number' ? (
          <>
            <Money minor={current.net_income_per_capita} cents="never" /> / <Money minor={line.value} cents="never" />
          </>
        ) : undefined,
      source: t('see:needs.survey'),
      date: props.surveyed_on ?? current.assessed_at,
      why: [
        { text: text(each.reason), state: each.state },
        ...each.missing.map((field) => ({
          text: t('see:needs.missing', { field: field_label(field) }),
          state: 'unknown' as const,
        })),
        ...each.parameters.map((parameter) => ({
          text: label('parameter', parameter.name),
          // Money parameters are in fen; the line is the one that indicators name.
          value:
            parameter.name === 'income_line' ? (
              <Money minor={Number(parameter.value)} cents="never" />
            ) : (
              String(parameter.value)
            ),
          source: text(parameter.source_title) || parameter.source,
          date: parameter.from,
        })),
      ],
      rule: (
        <>
          <p>{text(each.plain)}</p>
          {each.source && <p className="d-says">{text(each.source.title)}</p>}
          <RuleClauses household_id={props.household_id} part="indicators" code={each.code} />
        </>
      ),
    }
  })
  return <Facts items={items} columns={1} />
}

function Vetoes(props: { household_id: string; current: Assessment }) {
  const { words: t } = useReader()
  const text = useText()
  return (
    <Section title={t('see:needs.vetoes')}>
      <p className="d-says">{t('see:needs.vetoes_note')}</p>
      <ul className="see-list">
        {props.current.vetoes.map((veto) => (
          <li key={veto.code}>
            <State state="unknown" word={text(veto.label)} />
            <div>{text(veto.reason)}</div>
            <RuleClauses household_id={props.household_id} part="vetoes" code={veto.code} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
