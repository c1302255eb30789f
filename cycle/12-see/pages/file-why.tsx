import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Clauses, type Clause } from '#ui/why/clauses.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
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
/** A rule clause by clause, in sentences: TRUE, FALSE or unknown, who decided it, by which figure, and what to ask. */
export function RuleClauses(props: { household_id: string; part: 'indicators' | 'vetoes' | 'causes'; code: string }) {
  const t = useWords()
  const text = useText()
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
      {why.data && <Clauses clause={why.data.said as unknown as Clause} say={text} />}
      {why.data?.evidence_changed && <p className="d-says">{t('see:needs.evidence_changed')}</p>}
      {why.data?.pack_changed && <p className="d-says">{t('see:needs.pack_changed')}</p>}
    </details>
  )
}
