import { SegmentedControl, Textarea } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'
import { PageHead } from '#ui/page.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { Queue, type Decision } from '#ui/queue.tsx'
import { DateText, Money, Num } from '#ui/text.tsx'
import { State } from '#ui/state.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, useArea, useNamed, usePackWords, useSession, useView } from '#web/client.ts'
import type { Level } from '../appraise.ts'
import { boardKey, useBoard, type Card } from './board-data.ts'
import { usePlaceOf } from './card.tsx'
import './appraise.css'

const levels = ['village', 'township', 'county'] as const
const viewSchema = z.object({ level: z.enum(levels).optional() })
const own: Record<string, Level> = {
  village_committee: 'village',
  township_officer: 'township',
  county_officer: 'county',
}
const waits: Record<Level, { state: string; wanted: (card: Card) => boolean }> = {
  village: { state: 'appraised', wanted: (card) => !card.village_reviewed },
  township: { state: 'township_review', wanted: (card) => !card.township_reviewed },
  county: { state: 'county_review', wanted: () => true },
}
const decided: Record<Decision, 'approved' | 'rejected' | 'returned'> = {
  accept: 'approved',
  reject: 'rejected',
  unsure: 'returned',
}

/** The queue of one level's review, one household at a time with what the village said of it. */
export default function ReviewPage() {
  const t = useWords()
  const label = usePackWords()
  const { role } = useSession()
  const { code } = useArea()
  const [view, setView] = useView(viewSchema)
  const queries = useQueryClient()
  const level = view.level ?? own[role] ?? 'township'
  const [reason, setReason] = useState<string | null>(null)
  const board = useBoard(code)
  const placeOf = usePlaceOf()
  const column = board.data?.columns.find((each) => each.state === waits[level].state)
  const items = (column?.cards ?? []).filter(waits[level].wanted)
  const given = reason ?? t(`appraise:reason.${level}`)
  const may = own[role] === level
  const head = (
    <PageHead
      title={t('appraise:review.title')}
      lead={t(`appraise:review.lead_${level}`)}
      actions={
        <SegmentedControl
          aria-label={t('appraise:review.level')}
          value={level}
          onChange={(value) => setView({ level: value }, { replace: true })}
          data={levels.map((value) => ({ value, label: label('review_level', value) }))}
        />
      }
    />
  )
  if (board.error) {
    return (
      <>
        {head}
        <ProblemView error={board.error} onRetry={() => void board.refetch()} />
      </>
    )
  }
  return (
    <>
      {head}
      {!may && items.length > 0 && <p className="ap-quiet">{t('appraise:review.not_yours')}</p>}
      <Queue
        key={`${level} ${code}`}
        label={t('appraise:review.title')}
        items={items}
        itemKey={(card) => card.appraisal_id}
        row={(card) => (
          <span className="ap-line">
            <span>{card.head_name}</span>
            <span className="ap-size">{placeOf(card.area_code) || card.household_id.slice(-4)}</span>
          </span>
        )}
        decisions={
          may
            ? {
                accept: t('appraise:review.approve'),
                reject: t('appraise:review.reject'),
                unsure: t('appraise:review.return'),
              }
            : {}
        }
        onDecide={async (card, decision) => {
          const json = {
            level,
            decisions: [{ household_id: card.household_id, decision: decided[decision], reason: given.trim() }],
          }
          await call(api.api.appraise.reviews.$post({ json }))
          void queries.invalidateQueries({ queryKey: boardKey(code), refetchType: 'none' })
        }}
        empty={{ title: t('appraise:review.none') }}
      >
        {(card) => (
          <>
            <Evidence card={card} />
            {may && (
              <Textarea
                mt="md"
                label={t('appraise:review.reason')}
                description={t('appraise:review.reason_text')}
                value={given}
                autosize
                minRows={1}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            )}
          </>
        )}
      </Queue>
    </>
  )
}

/** What a reviewer should know before deciding: needs, income, the meeting, notices, objections, earlier reviews. */
function Evidence({ card }: { card: Card }) {
  const t = useWords()
  const named = useNamed()
  const label = usePackWords()
  const placeOf = usePlaceOf()
  const story = useQuery({
    queryKey: ['appraise', 'story', card.household_id],
    queryFn: () =>
      call(api.api.appraise.households[':household_id'].$get({ param: { household_id: card.household_id } })),
  })
  const ours = <Row extends { appraisal_id: string }>(rows: Row[] | undefined) =>
    (rows ?? []).filter((row) => row.appraisal_id === card.appraisal_id)
  return (
    <div className="ap-evidence">
      <h2>
        <TextLink href={`/households/${card.household_id}`}>{card.head_name}</TextLink>
      </h2>
      <p className="ap-place">
        {[placeOf(card.area_code), card.household_id, t('appraise:card.people', { count: card.household_size })]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <ul className="ap-needs" aria-label={t('appraise:card.needs')}>
        {card.unmet.map((code) => (
          <li key={code}>
            <State state="unmet" word={label('indicator', code)} />
          </li>
        ))}
      </ul>
      <dl className="ap-dl">
        <dt>{t('appraise:card.income')}</dt>
        <dd>
          <Money minor={card.net_income_per_capita} />
        </dd>
        {ours(story.data?.votes).map((vote) => (
          <div key={vote.meeting_id} className="ap-pair">
            <dt>
              {t('appraise:review.meeting')} <DateText value={vote.held_on} />
            </dt>
            <dd>
              {t('appraise:card.votes', {
                for: vote.votes_for,
                against: vote.votes_against,
                abstain: vote.votes_abstain,
              })}
              {' · '}
              {t('appraise:review.were_present', { present: vote.present, entitled: vote.entitled })}
            </dd>
          </div>
        ))}
        {(story.data?.notices ?? []).map((notice) => (
          <div key={notice.notice_id} className="ap-pair">
            <dt>{t(`appraise:stage.${notice.stage}`)}</dt>
            <dd>
              <DateText value={notice.posted_on} /> – <DateText value={notice.closes_on} /> {notice.place}
            </dd>
          </div>
        ))}
        {ours(story.data?.reviews).map((review) => (
          <div key={review.review_id} className="ap-pair">
            <dt>
              {label('review_level', review.level)} · {label('decision', review.decision)}
            </dt>
            <dd>
              {review.reason}{' '}
              <span className="ap-size">
                {review.account_name ? named(review.account_name as { en: string; zh: string }) : ''}{' '}
                <DateText value={review.decided_at} />
              </span>
            </dd>
          </div>
        ))}
        {(story.data?.objections ?? []).map((objection) => (
          <div key={objection.objection_id} className="ap-pair">
            <dt>
              {t('appraise:objection.one')} · {label('objection', objection.state)}
            </dt>
            <dd>
              {objection.statement} {objection.resolution && <>→ {objection.resolution}</>}
            </dd>
          </div>
        ))}
        <dt>{t('appraise:card.score')}</dt>
        <dd>
          <Num value={card.score} digits={0} />
        </dd>
      </dl>
      {story.error && <ProblemView error={story.error} />}
    </div>
  )
}
