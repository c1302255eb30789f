import { Skeleton } from '@mantine/core'
import type { IconName } from '#ui/icons.tsx'
import { Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { Tag } from '#ui/state/state.tsx'
import { formatMoney } from '#ui/format.ts'
import { Timeline } from '#ui/charts/timeline.tsx'
import type { TimelineEntry } from '#ui/charts/timeline.tsx'
import { DateText } from '#ui/text.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { useNamed, usePackWords } from '#web/client.ts'
import { useAlerts, useText, useTimeline, useIsLater } from './household.ts'

type Event = NonNullable<ReturnType<typeof useTimeline>['data']>['events'][number]

/** Everything that happened, newest first, with who and when; greyed what was not yet known. */
export function Story(props: { household_id: string; events: Event[]; loading: boolean; error: unknown }) {
  const { words: t } = useReader()
  const named = useNamed()
  const tell = useDetail()
  if (props.error) return <ProblemView error={props.error} />
  if (props.loading) return <Skeleton height={200} />
  const entries = props.events.map((event): TimelineEntry => {
    const name = event.detail['name'] ?? event.detail['surveyor_name']
    return {
      id: `${event.kind} ${event.subject_id} ${event.written_for}`,
      at: event.happened_on,
      recorded_at: event.recorded_at,
      title: t(`see:event.${event.kind.replace('.', '_')}`),
      detail: tell(event, props.household_id),
      who: named(event.account_name) || (typeof name === 'string' ? name : undefined),
      icon: event.kind.split('.')[0] as IconName,
      tone: toneOf(event.kind),
      later: !event.seen,
    }
  })
  return <Timeline label={t('see:file.timeline')} entries={entries} />
}

function toneOf(kind: string): 'plain' | 'seal' | 'met' | 'unknown' {
  if (kind === 'monitor.alerted' || kind === 'appraise.objected') return 'unknown'
  if (kind === 'register.registered' || kind === 'register.returned') return 'seal'
  return kind === 'exit.exited' || kind === 'deliver.delivered' ? 'met' : 'plain'
}

/** One line on an event, from what its detail holds. */
function useDetail() {
  const { words: t, locale, currency } = useReader()
  const label = usePackWords()
  const word = (value: unknown) => (typeof value === 'string' ? value : '')
  const money = (value: unknown) =>
    typeof value === 'number' ? formatMoney(value, locale, currency, { cents: 'never' }) : ''
  const joined = (...parts: string[]) => parts.filter(Boolean).join(' · ')
  // Alerts that are no pack's.
  const alert = (code: unknown) =>
    code === 'no_card' || code === 'dead_named' ? t(`see:event.${code}`) : label('alert', word(code))
  const shown = ({ kind, detail }: Event): string => {
    switch (kind) {
      case 'match.merged':
        return t('see:event.went_into', { gone: word(detail['gone']), kept: word(detail['kept']) })
      case 'match.parted':
        return t('see:event.stands_again', { gone: word(detail['gone']), kept: word(detail['kept']) })
      case 'assess.assessed':
        return joined(label('verdict', word(detail['verdict'])), money(detail['net_income_per_capita']))
      case 'assess.verified':
        return joined(t(`see:verified.${word(detail['state'])}`), word(detail['note']))
      case 'appraise.voted':
        return t('see:event.votes', {
          for: Number(detail['for']),
          against: Number(detail['against']),
          abstain: Number(detail['abstain']),
        })
      case 'appraise.noticed':
        return joined(t(`see:appraisal.${word(detail['stage'])}`), word(detail['place']))
      case 'appraise.objected':
        return word(detail['statement'])
      case 'appraise.resolved':
        return joined(t(`see:appraisal.objection_${word(detail['state'])}`), word(detail['resolution']))
      case 'appraise.reviewed':
        return joined(
          t(`see:appraisal.review_${word(detail['level'])}`),
          t(`see:appraisal.${word(detail['decision'])}`),
          word(detail['reason']),
        )
      case 'diagnose.diagnosed':
        return label('cause', word(detail['main_cause']))
      case 'prescribe.planned':
        return joined(String(detail['year']), money(detail['cost']))
      case 'prescribe.approved':
        return String(detail['year'])
      case 'deliver.helper':
        return word(detail['unit'])
      case 'deliver.delivered':
      case 'deliver.reversed':
        return joined(label('measure', word(detail['measure_code'])), money(detail['cost']), word(detail['provider']))
      case 'monitor.changed':
        return joined(label('change_kind', word(detail['kind'])), word(detail['source']))
      case 'monitor.confirmed':
        return joined(
          t(`see:event.effect.${word(detail['effect'])}`, { name: word(detail['person']) }),
          word(detail['proof']),
        )
      case 'monitor.taken_back':
        return joined(
          t(`see:event.effect.${word(detail['effect'])}`, { name: word(detail['person']) }),
          word(detail['reason']),
        )
      case 'monitor.alerted':
        return alert(detail['rule_code'])
      case 'monitor.handled':
        return joined(alert(detail['rule_code']), word(detail['action']))
      case 'evaluate.inspected':
      case 'evaluate.published':
        return t(
          detail['found_poor'] === true
            ? 'see:event.found_poor'
            : detail['found_poor'] === false
              ? 'see:event.found_not_poor'
              : 'see:event.found_unknown',
        )
      default:
        return word(detail['reason'])
    }
  }
  return (event: Event, household_id: string): string => {
    const elsewhere = event.written_for !== household_id && !event.kind.startsWith('match.')
    return joined(shown(event), elsewhere ? t('see:file.written_for', { household_id: event.written_for }) : '')
  }
}

/** Alerts, the open ones first. */
export function Alerts(props: { household_id: string; as_on: string | undefined }) {
  const t = useWords()
  const isLater = useIsLater()
  const text = useText()
  const found = useAlerts(props.household_id).data
  if (!found || found.alerts.length === 0) return null
  const alerts = found.alerts.toSorted((a, b) => Number(b.state === 'open') - Number(a.state === 'open'))
  return (
    <Section title={t('see:alerts.title')}>
      <ul className="see-list">
        {alerts.map((alert) => (
          <li key={alert.alert_id} className={isLater(props.as_on, alert.raised_at) ? 'd-later' : undefined}>
            <div className="see-line">
              <b>{text(alert.label)}</b>
              <Tag tone={alert.state === 'open' ? 'seal' : 'plain'}>{t(`see:alerts.${alert.state}`)}</Tag>
            </div>
            <div>{text(alert.plain)}</div>
            <div className="d-says">
              <DateText value={alert.raised_at} />
              {alert.action ? ` · ${alert.action}` : ''}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  )
}
