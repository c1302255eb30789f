import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Facts } from '#ui/facts.tsx'
import type { Fact } from '#ui/facts.tsx'
import { Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { State } from '#ui/state.tsx'
import { Money } from '#ui/text.tsx'
import { useReader } from '#ui/words.tsx'
import { api, call, usePackWords } from '#web/client.ts'
import { useAssessment, useFieldLabels, useText } from './household.ts'

type Assessment = NonNullable<NonNullable<ReturnType<typeof useAssessment>['data']>['current']>

/** Two assurances, three guarantees, water and income: each with its state, its value and its reasons. */
export function Needs(props: { household_id: string; as_on: string | undefined; surveyed_on: string | null }) {
  const { words: t } = useReader()
  const found = useAssessment(props.household_id, props.as_on)
  if (found.error) return null
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
      {current.vetoes.length > 0 && <Vetoes current={current} />}
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
      date: props.surveyed_on ?? current.assessed_at.slice(0, 10),
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
          source: parameter.source,
          date: parameter.from,
        })),
      ],
      rule: (
        <>
          <p>{text(each.plain)}</p>
          {each.source && <p className="d-says">{text(each.source.title)}</p>}
          <Clauses household_id={props.household_id} code={each.code} />
        </>
      ),
    }
  })
  return <Facts items={items} columns={1} />
}

interface Clause {
  source: string
  kind: string
  state: 'true' | 'false' | 'unknown' | 'value'
  value: unknown
  item?: { list: string; index: number }
  values: { field: string; value: unknown }[]
  parameters: { name: string; value: unknown }[]
  clauses: Clause[]
}

/** The rule clause by clause, loaded when asked for. */
function Clauses(props: { household_id: string; code: string }) {
  const { words: t } = useReader()
  const [open, setOpen] = useState(false)
  const why = useQuery({
    queryKey: ['assess', 'why', props.household_id, props.code],
    queryFn: () =>
      call(
        api.api.assess.households[':household_id'].why[':indicator_code'].$get({
          param: { household_id: props.household_id, indicator_code: props.code },
        }),
      ),
    enabled: open,
    retry: false,
  })
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('see:needs.clauses')}</summary>
      {why.error ? <ProblemView error={why.error} /> : null}
      {open && why.isLoading ? <Skeleton height={48} /> : null}
      {why.data && (
        <ul className="see-tree">
          <ClauseLine clause={why.data.explanation as unknown as Clause} />
        </ul>
      )}
    </details>
  )
}

const states = { true: 'met', false: 'unmet', unknown: 'unknown' } as const

function ClauseLine(props: { clause: Clause }) {
  const { words: t, locale } = useReader()
  const field_label = useFieldLabels()
  const { clause } = props
  const joined = ['and', 'or', 'not', 'if', 'exists', 'all', 'exists_one', 'one'].includes(clause.kind)
  const shown = (value: unknown): string => {
    if (value === null || value === undefined) return t('ui.state.unknown')
    if (typeof value === 'boolean') return t(value ? 'see:yes' : 'see:no')
    if (typeof value === 'number') return new Intl.NumberFormat(locale).format(value)
    return Array.isArray(value) ? value.map(String).join(', ') : String(value)
  }
  return (
    <li>
      {clause.state !== 'value' && <State state={states[clause.state]} quiet />}{' '}
      {joined && clause.clauses.length > 0 ? (
        <span>{t(`see:clause.${clause.kind}`)}</span>
      ) : (
        <span>{clause.state === 'value' ? t('see:clause.value') : t('see:clause.clause')}</span>
      )}
      {clause.item && <span className="d-says"> {t('see:clause.item', { n: clause.item.index + 1 })}</span>}
      {[
        ...clause.values.map((each) => [each.field, each.value] as const),
        ...clause.parameters.map((each) => [each.name, each.value] as const),
      ].map(([name, value]) => (
        <div className="d-says" key={name}>
          {field_label(name)}: <b className="d-num">{shown(value)}</b>
        </div>
      ))}
      {clause.clauses.length > 0 && (
        <ul className="see-tree">
          {clause.clauses.map((each, index) => (
            <ClauseLine key={`${each.source} ${index}`} clause={each} />
          ))}
        </ul>
      )}
    </li>
  )
}

function Vetoes(props: { current: Assessment }) {
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
          </li>
        ))}
      </ul>
    </Section>
  )
}
