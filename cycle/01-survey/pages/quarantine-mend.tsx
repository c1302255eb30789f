import { Button, Group, Select, Stack, TextInput, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Facts } from '#ui/facts.tsx'
import { Waiting } from '#ui/state/loaded.tsx'
import { ProblemView } from '#ui/state/problem.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, useLanguage, type Answer as AnswerOf } from '#web/client.ts'
import { Answer } from './answer.tsx'
import { labelIn, type Question } from './labels.ts'

type Item = AnswerOf<Awaited<ReturnType<(typeof api.api.survey.quarantine)[':quarantine_id']['$get']>>>
interface CellMended {
  index: number
  column: string
  text: string
}

export interface Mending {
  written?: Record<string, string>
  xml?: string
  cells?: CellMended[]
}

interface Place {
  path: string
  question: Question
  value: unknown
}

/** Any answer of a submission, chosen by its question and written anew; what stands there is shown beside it. */
export function MendAnswers(props: {
  item: Item
  written: Record<string, string>
  onChange: (written: Record<string, string>) => void
}) {
  const t = useWords()
  const language = useLanguage()
  const { written } = props
  // The one line that is being typed; what was put in is kept with the item.
  const [line, setLine] = useState({ path: null as string | null, text: '' })
  const { form: of, answers } = props.item
  const form = useQuery({
    queryKey: ['survey', 'form', of?.form_id, of?.version],
    queryFn: () =>
      call(api.api.survey.forms[':form_id'][':version'].$get({ param: of ?? { form_id: '', version: '' } })),
    enabled: of !== null,
  })
  if (form.error) return <ProblemView error={form.error} />
  if (!answers) return null
  if (!form.data) return <Waiting lines={4} />
  const fields = form.data.fields as unknown as Record<string, Question>
  const lists = form.data.lists as unknown as Record<string, Record<string, Question>>
  const places = placesOf(fields, lists, '', answers, '')
  const labelOf = ({ path: at, question }: Place) => {
    const entries = [...at.matchAll(/\[(\d+)\]/g)].map((each) => each[1]).join('.')
    return `${labelIn(question.labels, language, question.name)}${entries ? ` (${entries})` : ''}`
  }
  const chosen = places.find((each) => each.path === line.path)
  const shown = places.filter((each) => (each.value ?? null) !== null || each.path in written)
  return (
    <>
      <Facts
        columns={3}
        items={shown.map((each) => ({
          key: each.path,
          label: labelOf(each),
          value:
            each.path in written ? (
              <strong>{written[each.path]}</strong>
            ) : (
              <Answer question={each.question} value={each.value} />
            ),
        }))}
      />
      <Group align="flex-end" mt="md">
        <Select
          style={{ flex: '1 1 260px', maxWidth: 360 }}
          label={t('survey:quarantine.which')}
          searchable
          value={line.path}
          onChange={(path) => setLine({ ...line, path })}
          data={places.map((each) => ({ value: each.path, label: labelOf(each) }))}
        />
        <TextInput
          style={{ flex: '1 1 200px', maxWidth: 320 }}
          label={t('survey:quarantine.right')}
          value={line.text}
          onChange={(event) => setLine({ ...line, text: event.currentTarget.value })}
        />
        <Button
          variant="default"
          disabled={!chosen}
          onClick={() => {
            if (!chosen) return
            props.onChange({ ...written, [chosen.path]: line.text })
            setLine({ path: null, text: '' })
          }}
        >
          {t('survey:quarantine.put')}
        </Button>
      </Group>
    </>
  )
}

function placesOf(
  fields: Record<string, Question>,
  lists: Record<string, Record<string, Question>>,
  list: string,
  entry: Record<string, unknown>,
  at: string,
): Place[] {
  const own = Object.values(list === '' ? fields : (lists[list] ?? {})).map((question) => ({
    path: `${at}${question.name}`,
    question,
    value: entry[question.name],
  }))
  const inner = Object.keys(lists).filter((name) => name.slice(0, Math.max(0, name.lastIndexOf('.'))) === list)
  const below = inner.flatMap((name) => {
    const short = name.slice(name.lastIndexOf('.') + 1)
    const entries = (entry[short] ?? []) as Record<string, unknown>[]
    return entries.flatMap((each, index) => placesOf(fields, lists, name, each, `${at}${short}[${index + 1}].`))
  })
  return [...own, ...below]
}

/** The rows of a list, cell by cell; those with something wrong stand first. */
export function MendRows(props: { item: Item; cells: CellMended[]; onChange: (cells: CellMended[]) => void }) {
  const t = useWords()
  const { cells } = props
  const { rows, columns, problem } = props.item
  const wrong = cellsOf(problem)
  const change = (index: number, column: string, text: string) => {
    const others = cells.filter((each) => each.index !== index || each.column !== column)
    props.onChange([...others, { index, column, text }])
  }
  return (
    <Stack gap="lg" mt="md">
      {rows.map((row, index) => {
        const bad = wrong.filter((each) => each.row === row.row).map((each) => each.column)
        const names = [...new Set([...bad, ...Object.keys(row.cells), ...Object.keys(columns)])].filter(
          (name) => name !== '',
        )
        return (
          <section key={index} aria-label={`${t('survey:imports.row')} ${row.row}`}>
            <p style={{ margin: '0 0 8px', fontWeight: 600 }}>
              {row.sheet && `${row.sheet}, `}
              {t('survey:imports.row')} {row.row}
            </p>
            <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fill, minmax(200px, 1fr))' }}>
              {names.map((column) => {
                const mended = cells.find((each) => each.index === index && each.column === column)
                return (
                  <TextInput
                    key={column}
                    label={column}
                    value={mended?.text ?? row.cells[column] ?? ''}
                    error={bad.includes(column) && mended === undefined ? t('survey:quarantine.wrong') : undefined}
                    onChange={(event) => change(index, column, event.currentTarget.value)}
                  />
                )
              })}
            </div>
          </section>
        )
      })}
    </Stack>
  )
}

function cellsOf(problem: Item['problem']): { row: number; column: string }[] {
  const { cells } = problem as { cells?: unknown }
  return typeof cells === 'string' ? (JSON.parse(cells) as { row: number; column: string }[]) : []
}

/** What cannot be read at all: its text, fetched when asked for (each look is recorded), mended by hand. */
export function MendText(props: { address: string; xml: string | null; onChange: (xml: string) => void }) {
  const t = useWords()
  const [fetched, setFetched] = useState<string | null>(null)
  const text = props.xml ?? fetched
  const [failure, setFailure] = useState<unknown>(null)
  const open = async () => {
    try {
      const answer = await fetch(props.address)
      if (!answer.ok) throw new Error(String(answer.status))
      setFetched(await answer.text())
    } catch (error) {
      setFailure(error)
    }
  }
  if (failure !== null) return <ProblemView error={failure} />
  if (text === null) {
    return (
      <Button variant="default" onClick={() => void open()}>
        {t('survey:quarantine.as_text')}
      </Button>
    )
  }
  return (
    <Textarea
      label={t('survey:quarantine.text')}
      description={t('survey:quarantine.text_text')}
      autosize
      minRows={6}
      maxRows={24}
      styles={{ input: { fontFamily: 'monospace' } }}
      value={text}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  )
}
