// A person decides the main cause of a household, with the reason.
import { Button, Group, Select, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useDraft } from '#ui/decide/draft.ts'
import { ProblemView } from '#ui/state/problem.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, usePackWords } from '#web/client.ts'

const blank: { main_cause: string | null; reason: string } = { main_cause: null, reason: '' }

/** `causes`: those that anything speaks for, the likeliest first. */
export function DecideCause(props: { household_id: string; diagnosis_id: string; causes: readonly string[] }) {
  const t = useWords()
  const label = usePackWords()
  const queries = useQueryClient()
  const draft = useDraft('diagnose.decide', props.diagnosis_id, blank)
  const { main_cause, reason } = draft.value
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const decide = async () => {
    if (main_cause === null) return
    setBusy(true)
    setError(null)
    await call(
      api.api.diagnose.households[':household_id']['main-cause'].$post({
        param: { household_id: props.household_id },
        json: { diagnosis_id: props.diagnosis_id, main_cause, reason },
      }),
    ).then(() => {
      draft.clear()
      return queries.invalidateQueries()
    }, setError)
    setBusy(false)
  }
  return (
    <details>
      <summary>{t('see:causes.decide')}</summary>
      {error !== null && <ProblemView error={error} />}
      <Group align="end" my="sm">
        <Select
          label={t('see:causes.decide_cause')}
          data={props.causes.map((value) => ({ value, label: label('cause', value) }))}
          value={main_cause}
          onChange={(value) => draft.change({ main_cause: value })}
        />
        <TextInput
          label={t('see:causes.decide_reason')}
          value={reason}
          onChange={(event) => draft.change({ reason: event.currentTarget.value })}
          miw={280}
        />
        <Button loading={busy} disabled={main_cause === null || reason.trim() === ''} onClick={() => void decide()}>
          {t('see:causes.decide_do')}
        </Button>
      </Group>
    </details>
  )
}
