import { Button, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ProblemView } from '#ui/problem.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useMay } from '#web/client.ts'

/** The step that is due on these plans, for whoever may take it: agreeing drafts, approving what was agreed. */
export function AgreeForm(props: {
  plans: readonly { plan_id: string; state: string }[]
  state: string | undefined
  onDone: () => void
}) {
  const t = useWords()
  const [agreed_on, setDay] = useState('')
  const [responsible_person, setPerson] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const may_agree = useMay('prescribe.agree')
  const may_approve = useMay('prescribe.approve')
  const of = (state: string) =>
    props.plans
      .filter((plan) => plan.state === state && (props.state === undefined || props.state === state))
      .slice(0, 2000)
      .map((plan) => plan.plan_id)
  const [drafts, agreed] = [of('draft'), of('agreed')]
  const take = async (step: () => Promise<unknown>) => {
    setBusy(true)
    setError(null)
    await step().then(props.onDone, setError)
    setBusy(false)
  }
  const agree = () =>
    call(
      api.api.prescribe.plans.agree.$post({
        json: { plan_ids: drafts, agreed_on, ...(responsible_person ? { responsible_person } : {}) },
      }),
    )
  const approve = () => call(api.api.prescribe.plans.approve.$post({ json: { plan_ids: agreed } }))
  return (
    <>
      {error !== null && <ProblemView error={error} />}
      {may_agree && drafts.length > 0 && (
        <Group align="end" mb="md">
          <TextInput
            type="date"
            label={t('prescribe:agree.day')}
            value={agreed_on}
            onChange={(event) => setDay(event.currentTarget.value)}
          />
          <TextInput
            label={t('prescribe:agree.person')}
            value={responsible_person}
            onChange={(event) => setPerson(event.currentTarget.value)}
          />
          <Button color="seal" loading={busy} disabled={agreed_on === ''} onClick={() => void take(agree)}>
            {t('prescribe:agree.do', { n: drafts.length })}
          </Button>
        </Group>
      )}
      {may_approve && agreed.length > 0 && (
        <Group mb="md">
          <Button color="seal" loading={busy} onClick={() => void take(approve)}>
            {t('prescribe:approve.do', { n: agreed.length })}
          </Button>
        </Group>
      )}
    </>
  )
}
