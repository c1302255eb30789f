import { Button, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { z } from 'zod'
import { useDraft } from '#ui/decide/draft.ts'
import { Waiting } from '#ui/state/loaded.tsx'
import { PageHead, Section } from '#ui/page.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { State } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import { TextLink, useReader, useWords } from '#ui/words.tsx'
import { api, call, useNamed, useParam, useView } from '#web/client.ts'

const of = api.api.evaluate.evaluations[':evaluation_id']
const view = z.object({ household: z.string().optional() })
const loadForm = () => call(api.api.evaluate.form.$get())
type Form = Awaited<ReturnType<typeof loadForm>>
type Question = Awaited<ReturnType<typeof loadForm>>['household'][number]
type Value = string | number | boolean | null
type Values = Record<string, Value>
const nonresponses = ['refused', 'absent', 'moved', 'not_found'] as const

/** An inspector's own households, without a word on why they were drawn, and the form of one visit. */
export default function VisitsPage() {
  const t = useWords()
  const named = useNamed()
  const evaluation_id = useParam('evaluation_id')
  const [{ household }, setView] = useView(view)
  const queries = useQueryClient()
  const units = useQuery({
    queryKey: ['evaluate', evaluation_id, 'units'],
    queryFn: () => call(of.units.$get({ param: { evaluation_id } })),
  })
  const items = units.data?.items ?? []
  const chosen = items.find((unit) => unit.household_id === household)
  const left = items.filter((unit) => unit.inspected_on === null).length
  if (chosen) {
    return (
      <>
        <PageHead title={chosen.head_name} meta={chosen.household_id} />
        <p>
          <TextLink href={`/evaluations/${evaluation_id}/visits`}>{t('evaluate:visits.back')}</TextLink>
        </p>
        <VisitForm
          evaluation_id={evaluation_id}
          household_id={chosen.household_id}
          onDone={() => {
            setView({ household: undefined })
            void queries.invalidateQueries({ queryKey: ['evaluate'] })
          }}
        />
      </>
    )
  }
  return (
    <>
      <PageHead title={t('evaluate:visits.title')} lead={units.data && t('evaluate:visits.lead', { count: left })} />
      <Table
        caption={t('evaluate:visits.title')}
        rows={items}
        rowKey={(row) => row.household_id}
        onOpen={(row) => row.inspected_on === null && setView({ household: row.household_id })}
        loading={units.isPending}
        error={units.error}
        onRetry={() => void units.refetch()}
        empty={{ title: t('evaluate:visits.none') }}
        columns={[
          { key: 'head', label: t('evaluate:household'), value: (row) => row.head_name, primary: true },
          { key: 'number', label: t('evaluate:number'), value: (row) => row.household_id },
          {
            key: 'group',
            label: t('evaluate:area'),
            value: (row) => (row.group_name ? named(row.group_name) : row.area_code),
          },
          {
            key: 'done',
            label: t('evaluate:state'),
            value: (row) => row.inspected_on,
            cell: (row) =>
              row.inspected_on === null ? (
                <>
                  <Button
                    visibleFrom="sm"
                    size="compact-sm"
                    variant="default"
                    onClick={() => setView({ household: row.household_id })}
                  >
                    {t('evaluate:visits.open')}
                  </Button>
                  <Button
                    hiddenFrom="sm"
                    mih={44}
                    variant="default"
                    onClick={() => setView({ household: row.household_id })}
                  >
                    {t('evaluate:visits.open')}
                  </Button>
                </>
              ) : (
                <State state="met" word={t('evaluate:visits.done')} />
              ),
          },
        ]}
      />
    </>
  )
}

interface Visit {
  inspected_on: string | null
  /** Why nobody answered; null where somebody did. */
  nonresponse: (typeof nonresponses)[number] | null
  values: Values
  members: { key: number; values: Values }[]
}

const blank: Visit = {
  inspected_on: null,
  nonresponse: null,
  values: {},
  members: [{ key: 0, values: { relation: 'head' } }],
}

function VisitForm(props: { evaluation_id: string; household_id: string; onDone: () => void }) {
  const { words: t, today } = useReader()
  const { evaluation_id, household_id, onDone } = props
  const form = useQuery({ queryKey: ['evaluate', 'form'], queryFn: loadForm, staleTime: Infinity })
  const draft = useDraft('evaluate.visit', `${evaluation_id} ${household_id}`, blank)
  const { nonresponse, values, members } = draft.value
  const inspected_on = draft.value.inspected_on ?? today
  const [error, setError] = useState<unknown>(null)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    const visit = nonresponse
      ? { household_id, inspected_on, nonresponse }
      : { household_id, inspected_on, answers: { ...values, members: members.map((member) => member.values) } }
    try {
      const answer = await call(of.inspections.$post({ param: { evaluation_id }, json: { inspections: [visit] } }))
      const refusal = answer.refused[0]
      if (refusal) setError({ title: t('evaluate:visits.refused'), detail: refusal.detail, code: refusal.code })
      else {
        draft.clear()
        onDone()
      }
    } catch (thrown) {
      setError(thrown)
    }
  }
  if (form.error) return <ProblemView error={form.error} onRetry={() => void form.refetch()} />
  if (!form.data) return <Waiting />
  return (
    <form onSubmit={(event) => void send(event)} style={{ maxWidth: 560 }}>
      <Stack>
        <TextInput
          type="date"
          label={t('evaluate:visits.day')}
          value={inspected_on}
          onChange={(event) => draft.change({ inspected_on: event.currentTarget.value })}
          required
        />
        <Select
          label={t('evaluate:visits.not_met')}
          placeholder={t('evaluate:visits.met')}
          data={nonresponses.map((value) => ({ value, label: t(`evaluate:nonresponse.${value}`) }))}
          value={nonresponse}
          onChange={(chosen) => draft.change({ nonresponse: nonresponses.find((each) => each === chosen) ?? null })}
          clearable
        />
        {nonresponse === null && <Questions form={form.data} visit={draft.value} onChange={draft.change} />}
        {error !== null && <ProblemView error={error} />}
        <Button type="submit" color="seal">
          {t('evaluate:visits.send')}
        </Button>
      </Stack>
    </form>
  )
}

/** The form's questions: of each member, then of the household. */
function Questions(props: { form: Form; visit: Visit; onChange: (change: Partial<Visit>) => void }) {
  const t = useWords()
  const { form, onChange } = props
  const { values, members } = props.visit
  return (
    <>
      {members.map((member, index) => (
        <Section key={member.key} title={t('evaluate:visits.member', { number: index + 1 })}>
          <Stack>
            {form.members.map((question) => (
              <Ask
                key={question.name}
                question={question}
                value={member.values[question.name] ?? null}
                onChange={(value) =>
                  onChange({
                    members: members.map((each) =>
                      each.key === member.key ? { ...each, values: { ...each.values, [question.name]: value } } : each,
                    ),
                  })
                }
              />
            ))}
            {index > 0 && (
              <Button
                variant="default"
                onClick={() => onChange({ members: members.filter((each) => each.key !== member.key) })}
              >
                {t('evaluate:visits.remove')}
              </Button>
            )}
          </Stack>
        </Section>
      ))}
      <Button
        variant="default"
        onClick={() =>
          onChange({
            members: [...members, { key: 1 + Math.max(...members.map((each) => each.key)), values: {} }],
          })
        }
      >
        {t('evaluate:visits.add')}
      </Button>
      <Section title={t('evaluate:visits.household')}>
        <Stack>
          {form.household.map((question) => (
            <Ask
              key={question.name}
              question={question}
              value={values[question.name] ?? null}
              onChange={(value) => onChange({ values: { ...values, [question.name]: value } })}
            />
          ))}
        </Stack>
      </Section>
    </>
  )
}

/** One question by its kind. Left empty it stays unknown: that is an answer too. */
function Ask(props: { question: Question; value: Value; onChange: (value: Value) => void }) {
  const t = useWords()
  const named = useNamed()
  const { question, value, onChange } = props
  const label = named(question.labels)
  const shared = { label, required: question.required }
  if (question.type === 'bool' || question.choices) {
    const data = question.choices
      ? question.choices.map((choice) => ({
          value: choice.value,
          label: named(choice.labels),
        }))
      : [
          { value: 'true', label: t('evaluate:yes') },
          { value: 'false', label: t('evaluate:no') },
        ]
    return (
      <Select
        {...shared}
        data={data}
        value={value === null ? null : String(value)}
        onChange={(given) => onChange(question.choices || given === null ? given : given === 'true')}
        clearable
      />
    )
  }
  if (question.type === 'money' || question.type === 'int' || question.type === 'decimal') {
    // The form asks whole yuan; answers hold minor units.
    const scale = question.type === 'money' ? (question.minor_units ?? 1) : 1
    return (
      <NumberInput
        {...shared}
        min={0}
        allowDecimal={question.type === 'decimal'}
        value={typeof value === 'number' ? value / scale : ''}
        onChange={(given) => onChange(given === '' ? null : Number(given) * scale)}
      />
    )
  }
  return (
    <TextInput
      {...shared}
      type={question.type === 'date' ? 'date' : 'text'}
      value={typeof value === 'string' ? value : ''}
      onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}
    />
  )
}
