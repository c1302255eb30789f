import { Button, Checkbox, NumberInput, SegmentedControl, Stack, Textarea, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { Dialog } from '#ui/dialog.tsx'
import { ProblemView } from '#ui/problem.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { api, call, useSession } from '#web/client.ts'
import { action_of, from, kinds, type Kind, type State } from '../states.ts'

type Value = string | number | boolean
type Input = { name: string; kind: 'text' | 'long' | 'count' | 'date' | 'yes'; required: boolean }

const need = (name: string, kind: Input['kind']): Input => ({ name, kind, required: true })
const may = (name: string, kind: Input['kind']): Input => ({ name, kind, required: false })

/** What each step asks for; the door checks the same (detail.ts). */
const inputs: Record<Kind, Input[]> = {
  appraised: [need('entitled', 'count'), need('present', 'count'), need('for', 'count'), need('against', 'count')],
  verified: [need('visited_on', 'date'), need('note', 'long')],
  consented: [need('by', 'text'), need('signed', 'yes')],
  refused: [need('by', 'text'), need('reason', 'long')],
  noticed: [may('place', 'text')],
  objected: [need('statement', 'long'), may('by', 'text')],
  answered: [may('upheld', 'yes'), need('resolution', 'long')],
  exited: [may('note', 'long')],
  stopped: [need('reason', 'long')],
}

interface Props {
  state: State
  exit_ids: string[]
  objections: boolean
  onClose: () => void
  onDone: () => void
}

// What leads on comes first; an objection or an end is chosen, never met by default.
const aside: readonly Kind[] = ['refused', 'objected', 'stopped']

/** The steps from a state that a reader with these rights may take. */
export const stepsFrom = (state: State, actions: readonly string[]): Kind[] =>
  kinds
    .filter((kind) => from[kind].includes(state) && actions.includes(action_of[kind]))
    .toSorted((a, b) => Number(aside.includes(a)) - Number(aside.includes(b)))

/** Record a step for one household or many at once. */
export function StepForm({ state, exit_ids, objections, onClose, onDone }: Props) {
  const { words: t, today } = useReader()
  const { actions } = useSession()
  const offered = stepsFrom(state, actions).filter((kind) => kind !== 'answered' || objections)
  const [kind, setKind] = useState<Kind>(offered[0] ?? 'stopped')
  const [happened_on, setDay] = useState(today)
  const [values, setValues] = useState<Record<string, Value>>({})
  const [refused, setRefused] = useState<{ exit_id: string; code: string; detail?: string }[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const set = (name: string, value: Value) => setValues((before) => ({ ...before, [name]: value }))
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    const given = Object.entries(values).filter(
      ([name, value]) => inputs[kind].some((each) => each.name === name) && value !== '',
    )
    const detail = { ...(kind === 'answered' ? { upheld: false } : {}), ...Object.fromEntries(given) }
    try {
      const answer = await call(
        api.api.exit.steps.$post({
          json: { kind, happened_on, cases: exit_ids.map((exit_id) => ({ exit_id, detail })) },
        }),
      )
      onDone()
      if (answer.refused.length === 0) onClose()
      else setRefused(answer.refused)
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog onClose={onClose} title={t('exit:step.title', { count: exit_ids.length })}>
      <form onSubmit={(event) => void send(event)}>
        <Stack>
          <SegmentedControl
            orientation="vertical"
            fullWidth
            aria-label={t('exit:next')}
            data={offered.map((each) => ({ value: each, label: t(`exit:step.${each}`) }))}
            value={kind}
            onChange={(value) => setKind(value as Kind)}
          />
          <TextInput
            type="date"
            label={t('exit:step.happened_on')}
            value={happened_on}
            onChange={(event) => setDay(event.currentTarget.value)}
            required
          />
          {inputs[kind].map((input) => (
            <StepInput
              key={`${kind}.${input.name}`}
              input={input}
              value={values[input.name]}
              onChange={(value) => set(input.name, value)}
            />
          ))}
          {error !== null && <ProblemView error={error} />}
          {refused && (
            <ProblemView error={{ title: t('exit:step.not_all', { count: refused.length }) }}>
              <ul>
                {[...Map.groupBy(refused, (each) => `${each.code} ${each.detail ?? ''}`)].map(([code, list]) => (
                  <li key={code}>
                    {t(`exit:refusal.${list[0]?.code ?? ''}`)} {list[0]?.detail} ({list.length})
                  </li>
                ))}
              </ul>
            </ProblemView>
          )}
          <Button type="submit" color="seal" loading={busy}>
            {t('exit:step.record')}
          </Button>
        </Stack>
      </form>
    </Dialog>
  )
}

function StepInput(props: { input: Input; value: Value | undefined; onChange: (value: Value) => void }) {
  const t = useWords()
  const { input, value, onChange } = props
  const label = t(`exit:field.${input.name}`)
  if (input.kind === 'yes') {
    return (
      <Checkbox
        label={label}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
        required={input.required}
      />
    )
  }
  if (input.kind === 'count') {
    return (
      <NumberInput
        label={label}
        value={typeof value === 'number' ? value : ''}
        onChange={(given) => onChange(given === '' ? '' : Number(given))}
        min={0}
        allowDecimal={false}
        required={input.required}
      />
    )
  }
  const shared = { label, value: String(value ?? ''), required: input.required }
  if (input.kind === 'long')
    return <Textarea {...shared} autosize minRows={2} onChange={(event) => onChange(event.currentTarget.value)} />
  return (
    <TextInput
      {...shared}
      type={input.kind === 'date' ? 'date' : 'text'}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
