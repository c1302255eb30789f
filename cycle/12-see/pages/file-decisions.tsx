import { Section } from '#ui/page.tsx'
import { State, stateOf, Tag } from '#ui/state/state.tsx'
import { Steps } from '#ui/steps.tsx'
import type { Step } from '#ui/steps.tsx'
import { DateText } from '#ui/text.tsx'
import { Why } from '#ui/why/why.tsx'
import { useWords } from '#ui/words.tsx'
import { useNamed } from '#web/client.ts'
import { useAppraisal, useExits, useText, useIsLater } from './household.ts'

/** What the village and the offices said: votes, notices, objections, reviews, in their order. */
export function Appraisal(props: { household_id: string; as_on: string | undefined }) {
  const t = useWords()
  const isLater = useIsLater()
  const named = useNamed()
  const story = useAppraisal(props.household_id).data
  if (!story || story.cases.length === 0) return null
  if (props.as_on !== undefined && story.cases.every((each) => isLater(props.as_on, each.opened_at))) return null
  const latest = story.cases.find((each) => !each.held) ?? story.cases[0]
  const waiting = story.cases.filter((each) => each.held)
  const steps: (Step & { at: string })[] = [
    ...story.votes.map((vote) => ({
      key: vote.meeting_id,
      label: t('see:appraisal.meeting'),
      state: vote.passed ? ('done' as const) : ('stopped' as const),
      at: vote.held_on,
      who: vote.chair,
      detail: t('see:appraisal.votes', {
        present: vote.present,
        for: vote.votes_for,
        against: vote.votes_against,
        abstain: vote.votes_abstain,
      }),
    })),
    ...story.notices.map((notice) => ({
      key: notice.notice_id,
      label: t(`see:appraisal.${notice.stage}`),
      state: notice.closed_at ? ('done' as const) : ('now' as const),
      at: notice.posted_on,
      detail: (
        <>
          {notice.place}, {t('see:appraisal.until')} <DateText value={notice.closes_on} />
        </>
      ),
    })),
    ...story.objections.map((objection) => ({
      key: objection.objection_id,
      label: t(`see:appraisal.objection_${objection.state}`),
      state: objection.state === 'open' ? ('now' as const) : ('done' as const),
      at: objection.made_on,
      detail: [objection.statement, objection.resolution].filter(Boolean).join(' — '),
    })),
    ...story.reviews.map((review) => ({
      key: review.review_id,
      label: t(`see:appraisal.review_${review.level}`),
      state: review.decision === 'approved' ? ('done' as const) : ('stopped' as const),
      at: review.decided_at,
      who: named(review.account_name),
      detail: [t(`see:appraisal.${review.decision}`), review.reason].filter(Boolean).join(': '),
    })),
  ]
  const shown = steps.filter((step) => !isLater(props.as_on, step.at)).sort((a, b) => a.at.localeCompare(b.at))
  return (
    <Section
      title={t('see:appraisal.title')}
      aside={latest && props.as_on === undefined ? <Tag>{t(`see:appraisal.${latest.state}`)}</Tag> : null}
    >
      {shown.length > 0 ? (
        <Steps label={t('see:appraisal.title')} steps={shown} />
      ) : (
        <p className="d-says">{t('see:appraisal.none_yet')}</p>
      )}
      {waiting.map((each) => (
        <Waiting key={each.appraisal_id} written_for={each.household_id} />
      ))}
    </Section>
  )
}

/** The exit criteria one by one, and the steps of the case. */
export function Exits(props: { household_id: string; as_on: string | undefined }) {
  const t = useWords()
  const isLater = useIsLater()
  const text = useText()
  const found = useExits(props.household_id).data
  const known = found?.cases.filter((each) => !isLater(props.as_on, each.opened_at)) ?? []
  const current = known.find((each) => !each.held) ?? known[0]
  if (!current) return null
  const clear = current.checks.stops
    .filter((stop) => stop.state === false)
    .map((stop) => ({ text: text(stop.label), state: 'met' as const, value: t('see:no') }))
  return (
    <Section title={t('see:exit.title')} aside={props.as_on ? null : <Tag>{t(`see:exit.${current.state}`)}</Tag>}>
      <ul className="see-list">
        {current.checks.criteria.map((check) => (
          <li key={check.code}>
            <div className="see-line">
              <span>{text(check.label)}</span>
              <State state={stateOf(check.state)} />
            </div>
            <div className="d-says">{text(check.reason)}</div>
          </li>
        ))}
        {current.checks.stops
          .filter((stop) => stop.state !== false)
          .map((stop) => (
            <li key={stop.code}>
              <div className="see-line">
                <span>{text(stop.label)}</span>
                <State
                  state={stop.state ? 'unmet' : 'unknown'}
                  word={t(stop.state ? 'see:exit.in_the_way' : 'see:exit.not_known')}
                />
              </div>
              <div className="d-says">{text(stop.reason)}</div>
            </li>
          ))}
      </ul>
      <Why label={t('see:exit.clear', { n: clear.length, all: current.checks.stops.length })} reasons={clear} />
      <div className="see-gap" />
      <Steps
        label={t('see:exit.steps')}
        steps={current.steps
          .filter((step) => !isLater(props.as_on, step.recorded_at))
          .map((step) => ({
            key: step.step_id,
            label: t(`see:exit.${step.kind}`),
            state: ['refused', 'objected', 'stopped'].includes(step.kind) ? ('stopped' as const) : ('done' as const),
            at: step.happened_on,
          }))}
      />
      {known
        .filter((each) => each.held)
        .map((each) => (
          <Waiting key={each.exit_id} written_for={each.household_id} />
        ))}
    </Section>
  )
}

/** A case of a household that was found to be this one, which has its own. */
function Waiting(props: { written_for: string }) {
  const t = useWords()
  return (
    <p className="d-says">
      <Tag>{t('see:file.held')}</Tag> {t('see:file.held_note', { household_id: props.written_for })}
    </p>
  )
}
