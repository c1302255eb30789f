import { Skeleton } from '@mantine/core'
import { isIcon } from '#ui/icons.tsx'
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
    const [room = ''] = event.kind.split('.')
    const name = event.detail['name'] ?? event.detail['surveyor_name']
    return {
      id: `${event.kind} ${event.subject_id} ${event.written_for}`,
      at: event.happened_on,
      recorded_at: event.recorded_at,
      title: t(`see:event.${event.kind.replace('.', '_')}`),
      detail: tell(event, props.household_id),
      who: named(event.account_name) || (typeof name === 'string' ? name : undefined),
      ...(isIcon(room) ? { icon: room } : {}),
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

const foundKey = (found_poor: unknown) =>
  found_poor === true ? 'found_poor' : found_poor === false ? 'found_not_poor' : 'found_unknown'

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
  const merged = (key: string) => (detail: Event['detail']) =>
    t(`see:event.${key}`, { gone: word(detail['gone']), kept: word(detail['kept']) })
  const delivered = (detail: Event['detail']) =>
    joined(label('measure', word(detail['measure_code'])), money(detail['cost']), word(detail['provider']))
  const change = (more: string) => (detail: Event['detail']) =>
    joined(t(`see:event.effect.${word(detail['effect'])}`, { name: word(detail['person']) }), word(detail[more]))
  const inspected = (detail: Event['detail']) => t(`see:event.${foundKey(detail['found_poor'])}`)
  const lines: Record<string, (detail: Event['detail']) => string> = {
    'match.merged': merged('went_into'),
    'match.parted': merged('stands_again'),
    'assess.assessed': (of) => joined(label('verdict', word(of['verdict'])), money(of['net_income_per_capita'])),
    'assess.verified': (of) => joined(t(`see:verified.${word(of['state'])}`), word(of['note'])),
    'appraise.voted': (of) =>
      t('see:event.votes', { for: Number(of['for']), against: Number(of['against']), abstain: Number(of['abstain']) }),
    'appraise.noticed': (of) => joined(t(`see:appraisal.${word(of['stage'])}`), word(of['place'])),
    'appraise.objected': (of) => word(of['statement']),
    'appraise.resolved': (of) => joined(t(`see:appraisal.objection_${word(of['state'])}`), word(of['resolution'])),
    'appraise.reviewed': (of) =>
      joined(
        t(`see:appraisal.review_${word(of['level'])}`),
        t(`see:appraisal.${word(of['decision'])}`),
        word(of['reason']),
      ),
    'diagnose.diagnosed': (of) => label('cause', word(of['main_cause'])),
    'prescribe.planned': (of) => joined(String(of['year']), money(of['cost'])),
    'prescribe.approved': (of) => String(of['year']),
    'deliver.helper': (of) => word(of['unit']),
    'deliver.delivered': delivered,
    'deliver.reversed': delivered,
    'monitor.changed': (of) => joined(label('change_kind', word(of['kind'])), word(of['source'])),
    'monitor.confirmed': change('proof'),
    'monitor.taken_back': change('reason'),
    'monitor.alerted': (of) => alert(of['rule_code']),
    'monitor.handled': (of) => joined(alert(of['rule_code']), word(of['action'])),
    'evaluate.inspected': inspected,
    'evaluate.published': inspected,
  }
  const shown = ({ kind, detail }: Event): string => lines[kind]?.(detail) ?? word(detail['reason'])
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
