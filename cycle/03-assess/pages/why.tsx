import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Clauses, type Clause } from '#ui/why/clauses.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call } from '#web/client.ts'
import { useSay } from './rulebook/say.ts'

/** A rule's clauses for one household, loaded when asked for. */
export function Why(props: { household_id: string; part: 'indicators' | 'vetoes'; code: string }) {
  const t = useWords()
  const say = useSay()
  const { household_id, part, code } = props
  const [open, setOpen] = useState(false)
  const why = useQuery({
    queryKey: ['assess', 'why', household_id, part, code],
    queryFn: () =>
      call(
        api.api.assess.households[':household_id'].why[':indicator_code'].$get({
          param: { household_id, indicator_code: code },
          query: { part },
        }),
      ),
    enabled: open,
    retry: false,
  })
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('assess:verify.clauses')}</summary>
      {why.error ? <ProblemView error={why.error} /> : null}
      {open && why.isLoading ? <p className="d-says">{t('ui.loading')}</p> : null}
      {why.data && <Clauses clause={why.data.said as unknown as Clause} say={say} />}
    </details>
  )
}
