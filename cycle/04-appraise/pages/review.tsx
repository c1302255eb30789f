import { SegmentedControl, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { useDrafts } from '#ui/decide/draft.ts'
import { Loaded } from '#ui/state/loaded.tsx'
import { PageHead } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Queue, type Decision } from '#ui/decide/queue.tsx'
import { DateText, Money, Num } from '#ui/text.tsx'
import { State } from '#ui/state/state.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, useArea, useHeld, useLack, useNamed, usePackWords, useSession, useView } from '#web/client.ts'
import type { Level } from '../appraise.ts'
import { boardKey, subjectOf, useDue, type Card } from './board-data.ts'
import { usePlaceOf } from './card.tsx'
import './appraise.css'

const levels = ['village', 'township', 'county'] as const
const viewSchema = z.object({ level: z.enum(levels).optional() })
const own: Record<string, Level> = {
  village_committee: 'village',
  township_officer: 'township',
  county_officer: 'county',
}
/** The form of a review, for its drafts. */
const SCOPE = 'appraise.review'
const verbs: Record<Decision, string> = { accept: 'approve', reject: 'reject', unsure: 'return' }
/** A case is reviewed more than once: at each level, and again after it was returned. */
const draftOf = (level: Level, card: Card) => `${card.appraisal_id} ${level} ${card.state_since}`
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
  const level = view.level ?? own[role] ?? 'township'
  const step = `review_${level}` as const
  const reasons = useDrafts(SCOPE, '')
  const held = useHeld()
  const list = useDue(code, step)
  const placeOf = usePlaceOf()
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
  const decide = (card: Card, decision: Decision) => {
    const reason = reasons.of(draftOf(level, card)).trim()
    if (reason === '') {
      document.getElementById('review-reason')?.focus()
      throw { title: t('appraise:review.reason_missing'), action: t('appraise:review.reason_missing_action') }
    }
    const { household_id } = card
    return held.hold({
      says: t('appraise:review.held', { name: card.head_name, decision: t(`appraise:review.${verbs[decision]}`) }),
      subjects: [subjectOf(step, card)],
      builds: [
        (client) =>
          client.api.appraise.reviews.$post({
            json: { level, decisions: [{ household_id, decision: decided[decision], reason }] },
          }),
      ],
      touches: [boardKey(code), ['road']],
      drafts: [[SCOPE, draftOf(level, card)]],
    })
  }
  return (
    <>
      {head}
      <Loaded query={list}>
        {(page) => (
          <>
            {!may && page.total > 0 && <p className="ap-quiet">{t('appraise:review.not_yours')}</p>}
            <Queue
              key={`${level} ${code}`}
              label={t('appraise:review.title')}
              items={page.items}
              paged={{ left: page.total, more: () => held.sendAll().then(() => list.refetch({ throwOnError: true })) }}
              gone={(card) => held.isDecided(subjectOf(step, card))}
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
              onDecide={async (card, decision) => decide(card, decision)}
              onUndo={(card) => held.takeBack(subjectOf(step, card))}
              empty={{ title: t('appraise:review.none') }}
            >
              {(card) => (
                <>
                  <Evidence card={card} />
                  {may && (
                    <Textarea
                      id="review-reason"
                      mt="md"
                      required
                      label={t('appraise:review.reason')}
                      description={t('appraise:review.reason_text')}
                      value={reasons.of(draftOf(level, card))}
                      autosize
                      minRows={2}
                      onChange={(event) => reasons.set(draftOf(level, card), event.currentTarget.value)}
                      onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
                    />
                  )}
                </>
              )}
            </Queue>
          </>
        )}
      </Loaded>
    </>
  )
}

/** What a reviewer should know before deciding: needs, income, the meeting, notices, objections, earlier reviews. */
function Evidence({ card }: { card: Card }) {
  const t = useWords()
  const named = useNamed()
  const label = usePackWords()
  const lack = useLack()
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
            <State state="unmet" word={lack(code)} />
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
