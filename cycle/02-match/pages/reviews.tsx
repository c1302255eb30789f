import { useQuery, useQueryClient } from '@tanstack/react-query'
import { PageHead } from '#ui/page.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { Queue, type Decision } from '#ui/queue.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useArea } from '#web/client.ts'
import { Question } from './question.tsx'
import './match.css'

const load = (area_code: string) => call(api.api.match.reviews.$get({ query: { area_code, limit: '200' } }))
type Review = Awaited<ReturnType<typeof load>>['items'][number]

const decided = { accept: 'accepted', reject: 'rejected', unsure: 'unsure' } as const

/** Two households side by side, one question after another: are they one? */
export default function ReviewsPage() {
  const t = useWords()
  const { code } = useArea()
  const queries = useQueryClient()
  const list = useQuery({
    queryKey: ['match', 'reviews', code],
    queryFn: () => load(code),
    enabled: code !== '',
    staleTime: 60_000,
  })
  const send = (item: Review, decision: 'accepted' | 'rejected' | 'unsure' | 'open') =>
    call(api.api.match.reviews[':review_id'].$post({ param: { review_id: item.review_id }, json: { decision } }))
  const forget = () => queries.invalidateQueries({ queryKey: ['match', 'review'] })
  if (list.error) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  return (
    <>
      <PageHead title={t('match:review.title')} lead={t('match:review.lead')} />
      {list.data && (
        <Queue
          key={code}
          label={t('match:review.title')}
          items={list.data.items}
          left={list.data.total}
          itemKey={(item) => item.review_id}
          row={(item) => (
            <>
              <span>
                {item.left_head_name ?? '—'} / {item.right_head_name ?? '—'}
              </span>
              <span className="d-says"> {t(`match:kind.${item.kind}`)}</span>
            </>
          )}
          decisions={{
            accept: t('match:review.same'),
            reject: t('match:review.two'),
            unsure: t('match:review.unsure'),
          }}
          onDecide={(item, decision: Decision) => send(item, decided[decision]).then(forget)}
          onUndo={(item) => send(item, 'open').then(forget)}
          empty={{ title: t('match:review.none'), text: t('match:review.none_text') }}
        >
          {(item) => <Question review_id={item.review_id} kind={item.kind} />}
        </Queue>
      )}
    </>
  )
}
