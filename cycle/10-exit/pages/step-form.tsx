import { Checkbox, NumberInput, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { DecideDialog, type Decided } from '#ui/decide/decide.tsx'
import { useDraft, useDrafts } from '#ui/decide/draft.ts'
import { formatNumber } from '#ui/format.ts'
import { useReader, useWords } from '#ui/words.tsx'
import { api, useHeld, useSession } from '#web/client.ts'
import { action_of, from, kinds, type Kind, type State } from '../states.ts'

type Value = string | number | boolean
type Input = { name: string; kind: 'text' | 'long' | 'count' | 'date' | 'yes'; required: boolean; of: 'all' | 'each' }

const all = (name: string, kind: Input['kind'], required = true): Input => ({ name, kind, required, of: 'all' })
const each = (name: string, kind: Input['kind'], required = true): Input => ({ name, kind, required, of: 'each' })

/** What each step asks for, once for all or of each household; the door checks the same (detail.ts). */
const inputs: Record<Kind, Input[]> = {
  appraised: [all('entitled', 'count'), all('present', 'count'), each('for', 'count'), each('against', 'count')],
  verified: [all('visited_on', 'date'), each('note', 'long')],
  consented: [each('by', 'text'), each('signed', 'yes')],
  refused: [each('by', 'text'), each('reason', 'long')],
  noticed: [all('place', 'text')],
  objected: [each('statement', 'long'), each('by', 'text', false)],
  answered: [each('upheld', 'yes', false), each('resolution', 'long')],
  exited: [each('note', 'long', false)],
  stopped: [each('reason', 'long')],
}

/** Steps that take nothing from anybody: there a whole village may be chosen by its heading. */
const by_place: readonly Kind[] = ['appraised', 'verified', 'noticed']

export type ExitCase = {
  exit_id: string
  household_id: string
  head_name: string
  household_size: number
  place: string
  open_objections: number
}

interface Props {
  state: State
  cases: readonly ExitCase[]
  onClose: () => void
}

// What leads on comes first; an objection or an end is chosen, never met by default.
const aside: readonly Kind[] = ['refused', 'objected', 'stopped']

/** The steps from a state that a reader with these rights may take. */
export const stepsFrom = (state: State, actions: readonly string[]): Kind[] =>
  kinds
    .filter((kind) => from[kind].includes(state) && actions.includes(action_of[kind]))
    .toSorted((a, b) => Number(aside.includes(a)) - Number(aside.includes(b)))

export const subjectOf = (exit_id: string) => `exit:${exit_id}`
const blank: Record<string, Value> = {}
const step_blank: { kind: Kind | null; happened_on: string | null } = { kind: null, happened_on: null }
const given = (value: Value | undefined) => value !== undefined && value !== '' && value !== false

type Steps = Parameters<typeof api.api.exit.steps.$post>[0]['json']

/** Holds a step on several households back for a moment, named, so that it can be taken back before it is sent. */
function useHoldSteps() {
  const t = useWords()
  const held = useHeld()
  return (cases: Props['cases'], json: Steps, drafts: [string, string][]) => {
    const names = cases.map((one) => one.head_name)
    return held.hold({
      says: t(names.length > 4 ? 'exit:step.held_more' : 'exit:step.held', {
        step: t(`exit:step.${json.kind}`),
        names: names.slice(0, 4).join(t('exit:comma')),
        n: names.length - 4,
      }),
      subjects: json.cases.map((one) => subjectOf(one.exit_id)),
      builds: [(client) => client.api.exit.steps.$post({ json })],
      touches: [['exit'], ['road'], ['see']],
      drafts,
      refusal_words: 'exit:refusal',
    })
  }
}

/** The households as the dialog lists them. */
function usePeople(cases: Props['cases']) {
  const t = useWords()
  return cases.map((one) => ({
    key: one.exit_id,
    name: one.head_name,
    place: one.place,
    href: `/exits/${one.household_id}`,
    says: `${t('exit:step.people', { count: one.household_size })} · ${one.household_id}`,
  }))
}

/** Record a step for the households chosen: each by name, with what was found or said at each. */
export function StepForm({ state, cases, onClose }: Props) {
  const { words: t, locale, today } = useReader()
  const { actions } = useSession()
  const objections = cases.some((one) => one.open_objections > 0)
  const offered = stepsFrom(state, actions).filter((kind) => kind !== 'answered' || objections)
  const step = useDraft('exit.step', state, step_blank)
  const only = offered.length === 1 ? (offered[0] ?? null) : null
  const kind = offered.find((one) => one === step.value.kind) ?? only
  const happened_on = step.value.happened_on ?? today
  const scope = `exit.${kind ?? 'none'}`
  const shared = useDrafts(`${scope}.all`, blank)
  const own = useDrafts(scope, blank)
  const asked = kind === null ? [] : inputs[kind]
  const common = shared.of(state)
  const lacks = (of: Input['of'], values: Record<string, Value>) =>
    asked.some((input) => input.of === of && input.required && !given(values[input.name]))
  const people = usePeople(cases)
  const peopleOf = (keys: readonly string[]) =>
    cases.filter((one) => keys.includes(one.exit_id)).reduce((sum, one) => sum + one.household_size, 0)
  const detailOf = (exit_id: string) => {
    const values = { ...common, ...own.of(exit_id) }
    const filled = asked.flatMap(({ name }): [string, Value][] => {
      const value = values[name]
      return value === undefined || value === '' ? [] : [[name, value]]
    })
    return { ...(kind === 'answered' ? { upheld: false } : {}), ...Object.fromEntries(filled) }
  }
  const hold = useHoldSteps()
  const record = async (decided: Decided[]) => {
    if (kind === null) return
    const keys = decided.map((one) => one.key)
    const steps = keys.map((exit_id) => ({ exit_id, detail: detailOf(exit_id) }))
    await hold(
      cases.filter((one) => keys.includes(one.exit_id)),
      { kind, happened_on, cases: steps },
      [['exit.step', state], [`${scope}.all`, state], ...keys.map((key): [string, string] => [scope, key])],
    )
  }
  return (
    <DecideDialog
      key={kind}
      onClose={onClose}
      title={t(`exit:due.${state}`)}
      label={t('exit:step.whom')}
      people={people}
      by_place={kind !== null && by_place.includes(kind)}
      reason="none"
      scope={scope}
      ready={kind !== null && happened_on !== '' && !lacks('all', common)}
      each={{
        missing: (key) => lacks('each', own.of(key)),
        ask: (person) =>
          asked
            .filter((input) => input.of === 'each')
            .map((input) => (
              <StepInput
                key={`${kind}.${input.name}`}
                input={input}
                of={person.name}
                value={own.of(person.key)[input.name]}
                onChange={(value) => own.set(person.key, { ...own.of(person.key), [input.name]: value })}
              />
            )),
      }}
      follows={(n, keys) =>
        kind === null
          ? t('exit:step.choose')
          : t(`exit:follows.${kind}`, {
              n: formatNumber(n, locale, 0),
              people: formatNumber(peopleOf(keys), locale, 0),
            })
      }
      confirm={(n) =>
        kind === null ? t('exit:step.record') : t('exit:step.confirm', { step: t(`exit:step.${kind}`), n })
      }
      onDecide={record}
    >
      <KindChoice offered={offered} kind={kind} onChange={(chosen) => step.change({ kind: chosen })} />
      <HappenedOn value={happened_on} onChange={(day) => step.change({ happened_on: day })} />
      {asked
        .filter((input) => input.of === 'all')
        .map((input) => (
          <StepInput
            key={`${kind}.${input.name}`}
            input={input}
            value={common[input.name]}
            onChange={(value) => shared.set(state, { ...common, [input.name]: value })}
          />
        ))}
    </DecideDialog>
  )
}

/** Which step is recorded, where more than one may be taken from here. */
function KindChoice(props: { offered: Kind[]; kind: Kind | null; onChange: (kind: Kind) => void }) {
  const t = useWords()
  return (
    <SegmentedControl<Kind | ''>
      orientation="vertical"
      fullWidth
      aria-label={t('exit:next')}
      data={props.offered.map((one) => ({ value: one, label: t(`exit:step.${one}`) }))}
      value={props.kind ?? ''}
      onChange={(value) => value !== '' && props.onChange(value)}
    />
  )
}

function HappenedOn({ value, onChange }: { value: string; onChange: (day: string) => void }) {
  const { words: t, today } = useReader()
  return (
    <TextInput
      type="date"
      label={t('exit:step.happened_on')}
      value={value}
      max={today}
      onChange={(event) => onChange(event.currentTarget.value)}
      required
    />
  )
}

function StepInput(props: {
  input: Input
  /** Whose it is, where it is asked of each. */
  of?: string
  value: Value | undefined
  onChange: (value: Value) => void
}) {
  const t = useWords()
  const { input, value, onChange } = props
  const label = t(`exit:field.${input.name}`)
  const named = props.of === undefined ? {} : { 'aria-label': `${label}: ${props.of}` }
  if (input.kind === 'yes') {
    return (
      <Checkbox
        label={label}
        {...named}
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
        {...named}
        value={typeof value === 'number' ? value : ''}
        onChange={(given) => onChange(given === '' ? '' : Number(given))}
        min={0}
        allowDecimal={false}
        required={input.required}
      />
    )
  }
  const shared = { label, ...named, value: String(value ?? ''), required: input.required }
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
