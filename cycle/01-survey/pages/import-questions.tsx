import { Radio, Stack } from '@mantine/core'
import { Section } from '#ui/page.tsx'
import { Tag } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import { useWords } from '#ui/words.tsx'
import type { Asked, Mapping } from './import-types.ts'

/** The answer to a question as the mapping keeps it. */
export function answered(mapping: Mapping, asked: Asked, choice: string): Mapping {
  if (asked.code === 'list_missing') return { ...mapping, without_lists: asked.names }
  return { ...mapping, [asked.code]: choice }
}

/** What the file leaves open, each with what an answer would make of its own values; none is answered beforehand. */
export function Questions(props: { questions: Asked[]; onAnswer: (asked: Asked, choice: string) => void }) {
  const t = useWords()
  if (props.questions.length === 0) return null
  return (
    <Section title={t('survey:imports.questions')}>
      <Stack gap="xl">
        {props.questions.map((asked) => (
          <One key={asked.code} asked={asked} onAnswer={(choice) => props.onAnswer(asked, choice)} />
        ))}
      </Stack>
    </Section>
  )
}

function One(props: { asked: Asked; onAnswer: (choice: string) => void }) {
  const t = useWords()
  const { asked } = props
  const title = t(`survey:asked.${asked.code}.title`, { n: asked.count })
  const suggested = asked.suggested === null ? null : t(`survey:asked.${asked.code}.${asked.suggested}`)
  return (
    <section aria-label={title}>
      <p style={{ margin: '0 0 4px', fontWeight: 600, display: 'flex', gap: 8, flexWrap: 'wrap' }}>
        {title} {asked.open && <Tag tone="seal">{t('survey:imports.open')}</Tag>}
      </p>
      <p className="d-says" style={{ margin: '0 0 8px', maxWidth: '72ch' }}>
        {t(`survey:asked.${asked.code}.text`)}
        {suggested !== null && ` ${t('survey:imports.suggested', { what: suggested })}`}
      </p>
      {asked.names.length > 0 && (
        <p style={{ margin: '0 0 8px', overflowWrap: 'anywhere' }}>{asked.names.map(told).join(' · ')}</p>
      )}
      <Examples asked={asked} />
      {asked.choices.length > 0 && (
        <Radio.Group aria-label={title} value={asked.answer ?? ''} onChange={props.onAnswer} mt="sm">
          <Stack gap="xs">
            {asked.choices.map((choice) => (
              <Radio key={choice} value={choice} label={t(`survey:asked.${asked.code}.${choice}`)} />
            ))}
          </Stack>
        </Radio.Group>
      )}
    </section>
  )

  /** `no_column: area` in words; other names as they are. */
  function told(name: string): string {
    const [code = '', ...rest] = name.split(': ')
    return asked.code === 'mapping' ? t(`survey:fault.${code}`, { name: rest.join(': ') }) : name
  }
}

function Examples(props: { asked: Asked }) {
  const t = useWords()
  const { asked } = props
  if (asked.code === 'encoding') {
    const [example] = asked.examples
    return (
      <Table
        caption={t('survey:asked.encoding.title')}
        rows={Object.entries(example?.readings ?? {})}
        rowKey={([encoding]) => encoding}
        height={320}
        columns={[
          {
            key: 'encoding',
            label: t('survey:imports.encoding'),
            value: ([encoding]) => encoding.toUpperCase(),
            width: 160,
            primary: true,
          },
          { key: 'sample', label: t('survey:imports.reads'), value: ([, sample]) => sample, sortable: false },
        ]}
      />
    )
  }
  if (asked.examples.length === 0) return null
  const readings = [...new Set(asked.examples.flatMap((each) => Object.keys(each.readings)))]
  return (
    <Table
      caption={t(`survey:asked.${asked.code}.title`, { n: asked.count })}
      rows={asked.examples}
      rowKey={(row) => `${row.row} ${row.column} ${row.written}`}
      columns={[
        {
          key: 'row',
          label: t('survey:imports.row'),
          value: (row) => row.row,
          width: 72,
          align: 'end',
          sortable: false,
        },
        { key: 'column', label: t('survey:imports.column'), value: (row) => row.column, sortable: false },
        { key: 'written', label: t('survey:got'), value: (row) => row.written || '—', primary: true, sortable: false },
        ...readings.map((choice) => ({
          key: choice,
          label: t(`survey:asked.${asked.code}.${choice}`),
          value: (row: Asked['examples'][number]) => row.readings[choice] ?? '—',
          sortable: false,
        })),
      ]}
    />
  )
}
