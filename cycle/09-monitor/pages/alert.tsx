import { Facts } from '#ui/facts.tsx'
import { Tag } from '#ui/state/state.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, useLanguage, usePackWords } from '#web/client.ts'

export type AlertState = 'open' | 'visited' | 'helped' | 'dismissed'

export const loadAlerts = (area_code: string, state: AlertState | undefined, after: string) =>
  call(
    api.api.monitor.alerts.$get({
      query: { area_code, limit: '200', ...(state ? { state } : {}), ...(after ? { after } : {}) },
    }),
  )
export type Alert = Awaited<ReturnType<typeof loadAlerts>>['items'][number]

/** How many days are left to call on the family; late ones in the colour that asks for a decision. */
export function DaysLeft({ alert }: { alert: Alert }) {
  const t = useWords()
  const { days_left } = alert
  if (days_left === null) return null
  if (days_left < 0) return <Tag tone="seal">{t('monitor:late', { n: -days_left })}</Tag>
  return <Tag tone={days_left <= 3 ? 'unknown' : 'plain'}>{t('monitor:left', { n: days_left })}</Tag>
}

/** The office that a late alert has gone up to last. */
export function WentUp({ alert }: { alert: Alert }) {
  const t = useWords()
  const label = usePackWords()
  const last = alert.escalated.at(-1)
  if (!last) return null
  return <Tag tone="seal">{t('monitor:with', { office: label('role', last.role) })}</Tag>
}

/** One alert with what it rests on: the answers of two visits, or the change that was told. */
export function AlertView({ alert }: { alert: Alert }) {
  const t = useWords()
  const label = usePackWords()
  const language = useLanguage()
  const { evidence } = alert
  const told = evidence.kind === null ? null : label('change_kind', evidence.kind)
  return (
    <>
      <h2>
        {alert.label[language] ?? alert.rule_code} <DaysLeft alert={alert} />
      </h2>
      <p>
        <TextLink href={`/households/${alert.household_id}`}>{alert.head_name}</TextLink>{' '}
        <span className="d-says d-num">{alert.household_id}</span>{' '}
        <Tag>{t(`monitor:status_${alert.register_status ?? 'never'}`)}</Tag>{' '}
        <Tag>{label('severity', alert.severity)}</Tag>
      </p>
      <p>{alert.plain[language] ?? ''}</p>
      <Facts
        items={[
          ...evidence.facts.map((fact) => ({
            key: fact.field,
            label: fact.label[language] ?? fact.field,
            value: t('monitor:now_before', { now: fact.now[language] ?? '', before: fact.before[language] ?? '' }),
          })),
          ...(told === null ? [] : [{ label: t('monitor:change'), value: told, date: evidence.happened_on }]),
          ...(evidence.surveyed_on === null
            ? []
            : [
                {
                  label: t('monitor:visits'),
                  value: (
                    <>
                      <DateText value={evidence.surveyed_on} /> · <DateText value={evidence.previous_surveyed_on} />
                    </>
                  ),
                },
              ]),
          { label: t('monitor:due'), value: <DateText value={alert.due_on} /> },
          ...alert.escalated.map((each) => ({
            key: each.role,
            label: t('monitor:went_up'),
            value: label('role', each.role),
            date: each.escalated_at,
          })),
          ...(alert.action === null
            ? []
            : [
                {
                  label: t('monitor:action'),
                  value: <span style={{ whiteSpace: 'pre-line' }}>{alert.action}</span>,
                  date: alert.handled_at,
                },
              ]),
        ]}
      />
    </>
  )
}
