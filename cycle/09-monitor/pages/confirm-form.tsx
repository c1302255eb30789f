import { Radio, Select, Stack, TextInput, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ProblemView } from '#ui/state/problem.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { api, call, useLanguage } from '#web/client.ts'
import { FindHousehold } from './find-household.tsx'

export const loadChanges = (area_code: string) =>
  call(api.api.monitor.changes.$get({ query: { area_code, limit: '200' } }))
type Page = Awaited<ReturnType<typeof loadChanges>>
export type Waiting = Page['items'][number]

interface Value {
  /** Whether who joins is written down for the first time, or comes from another household. */
  from: 'new' | 'household'
  person_id: string
  relation: string
  name: string
  sex: string
  birth_date: string
  proof: string
}

/** Nothing is filled in for who confirms: he names the person, and writes what he saw. */
export const blank: Value = {
  from: 'new',
  person_id: '',
  relation: '',
  name: '',
  sex: '',
  birth_date: '',
  proof: '',
}

/** Who it is, as it is sent; null where something is not said yet. */
export function confirmation({ effect }: Waiting, value: Value, national_id: string) {
  const { person_id, relation, name, sex, birth_date } = value
  if (effect !== 'joined') return person_id === '' ? null : { person_id }
  if (relation === '') return null
  if (value.from === 'household') return person_id === '' ? null : { person_id, relation }
  if (name.trim() === '' || sex === '' || birth_date === '') return null
  return { member: { name, relation, sex, birth_date, ...(national_id === '' ? {} : { national_id }) } }
}

export function ConfirmForm(props: {
  change: Waiting
  relations: Page['relations']
  sexes: Page['sexes']
  value: Value
  onChange: (value: Value) => void
  national_id: string
  onNumber: (number: string) => void
}) {
  const t = useWords()
  const language = useLanguage()
  const { change, value } = props
  const [other, setOther] = useState<string | undefined>(undefined)
  const set = (part: Partial<Value>) => props.onChange({ ...value, ...part })
  const choices = (all: Page['relations']) =>
    all.map((each) => ({ value: each.value, label: each.label[language] ?? each.value }))
  const joins = change.effect === 'joined'
  const elsewhere = joins && value.from === 'household'
  return (
    <Stack maw={480} gap="sm" mt="md">
      {joins && (
        <Radio.Group
          label={t('monitor:from')}
          value={value.from}
          onChange={(from) => set({ from: from === 'household' ? 'household' : 'new' })}
        >
          <Radio mt={4} value="new" label={t('monitor:from_new')} />
          <Radio mt={4} value="household" label={t('monitor:from_household')} />
        </Radio.Group>
      )}
      {elsewhere && (
        <FindHousehold
          household={other ?? ''}
          onChoose={(chosen) => {
            setOther(chosen)
            set({ person_id: '' })
          }}
        />
      )}
      {(!joins || (elsewhere && other !== undefined)) && (
        <Person
          household_id={elsewhere ? (other ?? '') : change.household_id}
          value={value.person_id}
          onChange={(person_id) => set({ person_id })}
        />
      )}
      {joins && !elsewhere && (
        <NewPerson
          value={value}
          sexes={choices(props.sexes)}
          onChange={set}
          national_id={props.national_id}
          onNumber={props.onNumber}
        />
      )}
      {joins && (
        <Select
          label={t('monitor:relation')}
          required
          data={choices(props.relations)}
          value={value.relation || null}
          onChange={(relation) => set({ relation: relation ?? '' })}
        />
      )}
      <Textarea
        id="change-proof"
        label={t('monitor:proof')}
        description={t('monitor:proof_text')}
        required
        autosize
        minRows={2}
        value={value.proof}
        onChange={(event) => set({ proof: event.currentTarget.value })}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
      />
    </Stack>
  )
}

/** Somebody who is written down for the first time: a child that was born, a husband or wife from outside. */
function NewPerson(props: {
  value: Value
  sexes: { value: string; label: string }[]
  onChange: (part: Partial<Value>) => void
  national_id: string
  onNumber: (number: string) => void
}) {
  const t = useWords()
  const { today } = useReader()
  const { value, onChange } = props
  return (
    <>
      <TextInput
        label={t('monitor:name')}
        required
        value={value.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <Select
        label={t('monitor:sex')}
        required
        data={props.sexes}
        value={value.sex || null}
        onChange={(sex) => onChange({ sex: sex ?? '' })}
      />
      <TextInput
        type="date"
        label={t('monitor:birth_date')}
        required
        max={today}
        value={value.birth_date}
        onChange={(event) => onChange({ birth_date: event.currentTarget.value })}
      />
      <TextInput
        label={t('monitor:national_id')}
        description={t('monitor:national_id_text')}
        value={props.national_id}
        onChange={(event) => props.onNumber(event.currentTarget.value)}
      />
    </>
  )
}

/** One of the people who belong to a household now. */
function Person(props: { household_id: string; value: string; onChange: (person_id: string) => void }) {
  const t = useWords()
  const { household_id } = props
  const found = useQuery({
    queryKey: ['register', 'members', household_id],
    queryFn: () =>
      call(api.api.register.households[':household_id'].$get({ param: { household_id }, query: {} })).then((file) =>
        file.members.filter((each) => each.state === 'active'),
      ),
    enabled: household_id !== '',
  })
  if (found.error) return <ProblemView error={found.error} />
  return (
    <Select
      label={t('monitor:person')}
      required
      data={(found.data ?? []).map((each) => ({
        value: each.person_id,
        label: [each.name, each.birth_date?.split('-')[0]].filter(Boolean).join(' · '),
      }))}
      value={props.value || null}
      onChange={(person_id) => props.onChange(person_id ?? '')}
    />
  )
}
