import { Kbd } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { PageHead } from '#ui/page.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { Queue, type Decision } from '#ui/queue.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, useArea } from '#web/client.ts'
import { Question } from './question.tsx'
import './match.css'

const load = (area_code: string) =>
  call(api.api.match.reviews.$get({ query: { area_code, state: 'waiting', limit: '200' } }))
type Review = Awaited<ReturnType<typeof load>>['items'][number]

const keys = [
  ['A', 'same'],
  ['R', 'two'],
  ['U', 'unsure'],
  ['S', 'skip'],
  ['J', 'next'],
  ['K', 'previous'],
  ['Z', 'take_back'],
] as const

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
  const [said, setSaid] = useState<{ head: string; awaiting: boolean } | null>(null)
  const send = (item: Review, decision: 'accepted' | 'rejected' | 'unsure' | 'open') =>
    call(api.api.match.reviews[':review_id'].$post({ param: { review_id: item.review_id }, json: { decision } })).then(
      (done) => {
        const head = item.left_head_name ?? item.right_head_name ?? item.right_household_id
        setSaid(decision === 'open' ? null : { head, awaiting: done.awaiting && decision !== 'unsure' })
        return queries.invalidateQueries({ queryKey: ['match', 'review'] })
      },
    )
  if (list.error) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  return (
    <>
      <PageHead
        title={t('match:review.title')}
        lead={t('match:review.lead')}
        meta={<TextLink href="/match/thresholds">{t('match:review.to_thresholds')}</TextLink>}
      />
      {list.data && (
        <p className="m-progress">
          {t('match:review.progress', {
            waiting: list.data.waiting,
            decided: (list.data.counts['accepted'] ?? 0) + (list.data.counts['rejected'] ?? 0),
            others: Math.max(0, list.data.left - list.data.waiting),
          })}
        </p>
      )}
      {/* The keys are of no use without a keyboard: hidden where the pointer is a finger. */}
      <p className="m-keys" aria-label={t('match:review.keys')}>
        {keys.map(([key, word]) => (
          <span key={key}>
            <Kbd>{key}</Kbd> {t(`match:review.${word}`)}
          </span>
        ))}
      </p>
      <p role="status" className="m-said">
        {said?.awaiting && t('match:review.awaiting', { head: said.head })}
      </p>
      {list.data && (
        <Queue
          key={code}
          label={t('match:review.title')}
          items={list.data.items}
          left={list.data.total}
          pace={list.data.per_answer}
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
          decisions={{
            accept: t('match:review.same'),
            reject: t('match:review.two'),
            unsure: t('match:review.unsure'),
          }}
          onDecide={(item, decision: Decision) => send(item, decided[decision])}
          onUndo={(item) => send(item, 'open')}
          empty={{ title: t('match:review.none'), text: t('match:review.none_text') }}
        >
          {(item) => <Question review_id={item.review_id} kind={item.kind} />}
        </Queue>
      )}
    </>
  )
}
