import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useDraft } from '#ui/decide/draft.ts'
import { ProblemView } from '#ui/state/problem.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useWords } from '#ui/words.tsx'
import { api, call, useLanguage, useMay } from '#web/client.ts'

export type ToldChange = Awaited<ReturnType<typeof load>>['changes'][number]

const load = (household_id: string) =>
  call(api.api.monitor.households[':household_id'].$get({ param: { household_id } }))

/** What became of a change that changes the household: it waits, was confirmed or refused, was taken back. */
export function Settled(props: { change: ToldChange; onDone: () => void }) {
  const t = useWords()
  const language = useLanguage()
  const { effect, settled, mine } = props.change
  const may = useMay('monitor.confirm') && mine
  const [asked, ask] = useState(false)
  if (effect === null) return null
  const stands = settled.some((each) => each.taken_back_at === null)
  return (
    <ul style={{ listStyle: 'none', paddingInlineStart: 0 }}>
      {settled.map((each) => (
        <li key={`${each.household_id} ${each.confirmed_at}`} className="d-says">
          {t(`monitor:effect.${each.effect}`, { name: each.person ?? '' })} · {each.confirmed_by?.[language]}{' '}
          <DateText value={each.confirmed_at} /> · {each.proof}
          {each.taken_back_at !== null && (
            <>
              <br />
              {t('monitor:taken_back')} · {each.taken_back_by?.[language]} <DateText value={each.taken_back_at} /> ·{' '}
              {each.taken_back_reason}
            </>
          )}
        </li>
      ))}
      {!stands && (
        <li className="d-says">
          <TextLink href="/alerts/changes">{t('monitor:waits')}</TextLink>
        </li>
      )}
      {stands && may && !asked && (
        <li>
          <Button variant="subtle" size="compact-sm" onClick={() => ask(true)}>
            {t('monitor:take_back')}
          </Button>
        </li>
      )}
      {asked && <TakeBack change_id={props.change.change_id} onClose={() => ask(false)} onDone={props.onDone} />}
    </ul>
  )
}

function TakeBack(props: { change_id: string; onClose: () => void; onDone: () => void }) {
  const t = useWords()
  const draft = useDraft('monitor.take_back', props.change_id, '')
  const reason = draft.value
  const [error, setError] = useState<unknown>(null)
  const param = { change_id: props.change_id }
  const send = () =>
    call(api.api.monitor.changes[':change_id']['take-back'].$post({ param, json: { reason } })).then(() => {
      draft.clear()
      props.onClose()
      props.onDone()
    }, setError)
  return (
    <li>
      {error !== null && <ProblemView error={error} />}
      <Textarea
        label={t('monitor:take_back_why')}
        description={t('monitor:take_back_text')}
        required
        value={reason}
        onChange={(event) => draft.set(event.currentTarget.value)}
        autosize
        minRows={2}
        maw={480}
      />
      <Button mt="xs" mr="xs" color="seal" disabled={reason.trim().length < 3} onClick={() => void send()}>
        {t('monitor:take_back')}
      </Button>
      <Button mt="xs" variant="default" onClick={props.onClose}>
        {t('monitor:leave')}
      </Button>
    </li>
  )
}
