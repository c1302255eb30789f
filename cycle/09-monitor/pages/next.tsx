import { Button, Group, Textarea } from '@mantine/core'
import { useDraft } from '#ui/decide/draft.ts'
import { useWords } from '#ui/words.tsx'
import { useHeld, useMay } from '#web/client.ts'
import type { Alert, AlertState } from './alert.tsx'

/** The form of an alert, for its drafts: one for the queue and the list. */
export const SCOPE = 'monitor.alert'
export const subjectOf = (alert: Alert) => `alert:${alert.alert_id}`

const further: readonly Exclude<AlertState, 'open'>[] = ['helped', 'visited', 'dismissed']

/** After a visit: it led to help, another visit was needed, or no help is. Open alerts are taken in the queue. */
export function NextStep({ alert }: { alert: Alert }) {
  const t = useWords()
  const held = useHeld()
  const may_act = useMay('monitor.act')
  const { alert_id } = alert
  const draft = useDraft(SCOPE, alert_id, '')
  const action = draft.value.trim()
  if (alert.state !== 'visited' || !may_act || !alert.mine) return null
  if (held.isDecided(subjectOf(alert))) return <p role="status">{t('monitor:is_held')}</p>
  const take = (state: (typeof further)[number]) =>
    held.hold({
      says: t('monitor:held', { name: alert.head_name, decision: t(`monitor:${state}`) }),
      subjects: [subjectOf(alert)],
      builds: [
        (client) => client.api.monitor.alerts[':alert_id'].$post({ param: { alert_id }, json: { state, action } }),
      ],
      touches: [['monitor'], ['road'], ['see']],
      drafts: [[SCOPE, alert_id]],
    })
  return (
    <>
      <Textarea
        mt="md"
        maw={640}
        label={t('monitor:what_done')}
        description={t('monitor:what_done_hint')}
        required
        value={draft.value}
        onChange={(event) => draft.set(event.currentTarget.value)}
        autosize
        minRows={2}
      />
      <Group mt="sm">
        {further.map((state) => (
          <Button
            key={state}
            {...(state === 'helped' ? { color: 'seal' } : { variant: 'default' })}
            disabled={action.length < 3}
            onClick={() => void take(state)}
          >
            {t(`monitor:${state}`)}
          </Button>
        ))}
      </Group>
    </>
  )
}
