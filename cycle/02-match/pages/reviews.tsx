import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Loaded } from '#ui/state/loaded.tsx'
import { PageHead } from '#ui/page.tsx'
import { Queue, type Decision } from '#ui/decide/queue.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, ProblemError, useArea } from '#web/client.ts'
import { Question, questionQuery } from './question.tsx'
import './match.css'

const load = (area_code: string) =>
  call(api.api.match.reviews.$get({ query: { area_code, state: 'waiting', limit: '200' } }))
type Review = Awaited<ReturnType<typeof load>>['items'][number]

/** Problems that say that another person has decided meanwhile. */
const overtaken = ['match_review_decided', 'match_answer_given', 'not_found']

const decided = { accept: 'accepted', reject: 'rejected', unsure: 'unsure' } as const

/** What yes and no mean, by the question: of households, of one person, of a link that was made. */
function answersTo(kind: string): [string, string] {
  if (kind === 'check') return ['link_right', 'link_wrong']
  return kind.startsWith('number_held') ? ['same_person', 'two_persons'] : ['same', 'two']
}

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
  const [said, setSaid] = useState<{ head: string; awaiting: boolean } | null>(null)
  const send = async (item: Review, decision: 'accepted' | 'rejected' | 'unsure' | 'open') => {
    try {
      const done = await call(
        api.api.match.reviews[':review_id'].$post({ param: { review_id: item.review_id }, json: { decision } }),
      )
      const head = item.left_head_name ?? item.right_head_name ?? item.right_household_id
      setSaid(decision === 'open' ? null : { head, awaiting: done.awaiting && decision !== 'unsure' })
      // Other questions about these households are asked anew when their turn comes; nobody waits for that.
      void queries.invalidateQueries({ queryKey: ['match', 'review'], refetchType: 'none' })
    } catch (error) {
      // Somebody else was faster: what is left is another list.
      if (error instanceof ProblemError && overtaken.includes(error.code)) void list.refetch()
      throw error
    }
  }
  const items = list.data?.items ?? []
  /** The next question is asked while this one is read: 400 a day leave no time to wait. */
  const following = (item: Review) => {
    const next = items[items.indexOf(item) + 1]
    if (next) void queries.prefetchQuery({ ...questionQuery(next.review_id), staleTime: 60_000 })
  }
  return (
    <>
      <PageHead
        title={t('match:review.title')}
        lead={t('match:review.lead')}
        actions={<TextLink href="/match/thresholds">{t('match:review.to_thresholds')}</TextLink>}
      />
      <p role="status" className="m-said">
        {said?.awaiting && t('match:review.awaiting', { head: said.head })}
      </p>
      <Loaded query={list}>
        {(page) => (
          <Queue
            key={code}
            label={t('match:review.title')}
            items={items}
            paged={{ left: page.total, more: () => list.refetch({ throwOnError: true }) }}
            pace={page.per_answer}
            beside={t('match:review.progress', {
              decided: (page.counts['accepted'] ?? 0) + (page.counts['rejected'] ?? 0),
              others: Math.max(0, page.left - page.waiting),
            })}
            itemKey={(item) => item.review_id}
            row={(item) => (
              <>
                <span>
                  {item.left_head_name ?? '—'} / {item.right_head_name ?? '—'}
                </span>
                <span className="d-says"> {t(`match:kind.${item.kind}`)}</span>
                {item.answers > 0 && <span className="m-second"> {t('match:review.second_row')}</span>}
              </>
            )}
            decisions={(item) => {
              const [accept, reject] = answersTo(item.kind)
              return {
                accept: t(`match:review.${accept}`),
                reject: t(`match:review.${reject}`),
                unsure: t('match:review.unsure'),
              }
            }}
            onDecide={(item, decision: Decision) => send(item, decided[decision])}
            onUndo={(item) => send(item, 'open')}
            onCurrent={following}
            empty={{ title: t('match:review.none'), text: t('match:review.none_text') }}
          >
            {(item) => <Question review_id={item.review_id} kind={item.kind} />}
          </Queue>
        )}
      </Loaded>
    </>
  )
}
