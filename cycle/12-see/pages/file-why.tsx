import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ProblemView } from '#ui/problem.tsx'
import { State } from '#ui/state.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call } from '#web/client.ts'
import { useText } from './household.ts'

const load = (household_id: string, part: 'indicators' | 'vetoes' | 'causes', code: string) =>
  call(
    api.api.assess.households[':household_id'].why[':indicator_code'].$get({
      param: { household_id, indicator_code: code },
      query: { part },
    }),
  )
type Said = Awaited<ReturnType<typeof load>>['said']

const states = { true: 'met', false: 'unmet', unknown: 'unknown' } as const

/** A rule clause by clause, in sentences: TRUE, FALSE or unknown, who decided it, by which figure, and what to ask. */
export function Clauses(props: { household_id: string; part: 'indicators' | 'vetoes' | 'causes'; code: string }) {
  const t = useWords()
  const [open, setOpen] = useState(false)
  const why = useQuery({
    queryKey: ['assess', 'why', props.household_id, props.part, props.code],
    queryFn: () => load(props.household_id, props.part, props.code),
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
          <Line said={why.data.said} within={null} />
        </ul>
      )}
      {why.data?.evidence_changed && <p className="d-says">{t('see:needs.evidence_changed')}</p>}
      {why.data?.pack_changed && <p className="d-says">{t('see:needs.pack_changed')}</p>}
    </details>
  )
}

/** One clause. The person stands once above what is said of them. */
function Line(props: { said: Said; within: string | null }) {
  const t = useWords()
  const text = useText()
  const { said } = props
  const who = said.who === null ? null : text(said.who.text)
  return (
    <li className={said.decides ? 'see-decides' : 'see-aside'}>
      {who !== null && who !== props.within && <b className="see-who">{who}</b>}
      <span className="see-clause">
        {said.state !== 'value' && <State state={states[said.state]} word={t(`see:clause.${said.state}`)} quiet />}
        <span>{text(said.bare)}</span>
      </span>
      {said.ask.map((ask) => (
        <span className="see-ask" key={ask.field}>
          {t('see:clause.ask')} {ask.who ? `${text(ask.who)}: ` : ''}
          {text(ask.label)}
        </span>
      ))}
      {said.clauses.length + said.worked_out.length > 0 && (
        <ul className="see-tree">
          {[...said.clauses, ...said.worked_out].map((each, index) => (
            <Line said={each} within={who} key={`${each.source} ${index}`} />
          ))}
        </ul>
      )}
    </li>
  )
}
