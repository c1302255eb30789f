import { Select } from '@mantine/core'
import { Section } from '#ui/page.tsx'
import { Table } from '#ui/table/table.tsx'
import { useWords } from '#ui/words.tsx'
import { useLanguage } from '#web/client.ts'
import { Answer } from './answer.tsx'
import { questionOf, type ColumnFound, type Mapping, type Preview, type SheetFound } from './import-types.ts'
import { labelIn } from './labels.ts'

/** The mapping with another question for a column of a sheet; '' takes the column out. */
export function mapped(mapping: Mapping, sheet: SheetFound, column: string, target: string): Mapping {
  const change = (columns: Record<string, string>) => ({ ...columns, [column]: target })
  if (sheet.use === 'household') return { ...mapping, columns: change(mapping.columns) }
  const lists = mapping.lists?.map((list) =>
    list.sheet === sheet.sheet ? { ...list, columns: change(list.columns) } : list,
  )
  return { ...mapping, ...(lists ? { lists } : {}) }
}

/** Every column of a sheet in use: what it holds, and how its first values will be read. */
export function Columns(props: {
  preview: Preview
  sheet: SheetFound
  onMap: (column: string, target: string) => void
}) {
  const t = useWords()
  const { preview, sheet } = props
  const labelOf = useTargetLabel(preview)
  const options = preview.fields
    .filter((each) => sheet.use === 'household' || each.list === sheet.list)
    .map((each) => ({ value: each.target, label: labelOf(each.target) }))
  const shown = sheet.columns.filter((each) => each.cells.in > 0 || each.use !== 'unused')
  return (
    <Section
      title={sheet.sheet === '' ? t('survey:imports.mapping') : t('survey:imports.mapping_of', { sheet: sheet.sheet })}
    >
      <Table
        caption={t('survey:imports.mapping')}
        rows={shown}
        rowKey={(row) => row.column}
        columns={[
          {
            key: 'column',
            label: t('survey:imports.column'),
            value: (row) => row.column,
            primary: true,
            sortable: false,
          },
          {
            key: 'written',
            label: t('survey:imports.sample'),
            value: (row) => row.samples.map((each) => each.written).join(' · '),
            sortable: false,
          },
          {
            key: 'holds',
            label: t('survey:imports.holds'),
            sortable: false,
            cell: (row) => (
              <Holds
                row={row}
                options={options}
                labelOf={labelOf}
                onMap={(target) => props.onMap(row.column, target)}
              />
            ),
          },
          {
            key: 'read',
            label: t('survey:imports.reads'),
            sortable: false,
            cell: (row) => <Read row={row} preview={preview} />,
          },
        ]}
      />
    </Section>
  )
}

/** A target in the reader's words: whose answer it is, which question, which choice. */
function useTargetLabel(preview: Preview): (target: string) => string {
  const t = useWords()
  const language = useLanguage()
  return (target) => {
    const question = questionOf(preview, target)
    const place = /\[(\d+)\]/.exec(target)?.[1]
    const choice = /#(.*)$/.exec(target)?.[1]
    const people = target.includes('.') ? `${t('survey:members')}${place ? ` ${place}` : ''}: ` : ''
    const chosen = choice === undefined ? '' : ` = ${labelIn(question?.choice_labels?.[choice], language, choice)}`
    return `${people}${labelIn(question?.labels, language, target)}${chosen}`
  }
}

function Holds(props: {
  row: ColumnFound
  options: { value: string; label: string }[]
  labelOf: (target: string) => string
  onMap: (target: string) => void
}) {
  const t = useWords()
  const { row, options } = props
  if (row.use === 'key') return <>{t('survey:imports.key')}</>
  const current = row.target ?? null
  const own = current !== null && !options.some((each) => each.value === current)
  return (
    <Select
      aria-label={`${t('survey:imports.holds')}: ${row.column}`}
      searchable
      clearable
      placeholder={t(row.why === 'metadata' ? 'survey:unused.metadata' : 'survey:imports.nothing')}
      value={current}
      onChange={(target) => props.onMap(target ?? '')}
      data={own ? [{ value: current, label: props.labelOf(current) }, ...options] : options}
    />
  )
}

function Read(props: { row: ColumnFound; preview: Preview }) {
  const t = useWords()
  const { row, preview } = props
  const question = row.target === undefined ? null : questionOf(preview, row.target)
  if (!question) return <span className="d-says">{row.use === 'key' ? '' : t('survey:imports.not_taken')}</span>
  if (row.target?.includes('#')) return <span className="d-says">{t('survey:imports.one_choice')}</span>
  return (
    <>
      {row.samples.map((each, index) => (
        <span key={each.written}>
          {index > 0 && ' · '}
          {each.code === null ? (
            <Answer question={question} value={each.read} />
          ) : (
            <em>{t(`survey:doubt.${each.code}`)}</em>
          )}
        </span>
      ))}
    </>
  )
}

/** Words of the list that name no choice of the form, to be put into its own. */
export function UnknownValues(props: {
  preview: Preview
  onSay: (target: string, written: string, choice: string) => void
}) {
  const t = useWords()
  const language = useLanguage()
  const { preview } = props
  const said = Object.entries(preview.mapping.values ?? {}).flatMap(([target, words]) =>
    Object.entries(words).map(([written, choice]) => ({ target, written, choice, count: 0 })),
  )
  const rows = [...said, ...preview.unknown_values.map((each) => ({ ...each, choice: '' }))]
  if (rows.length === 0) return null
  return (
    <Section title={t('survey:imports.values')}>
      <p className="d-says">{t('survey:imports.values_text')}</p>
      <Table
        caption={t('survey:imports.values')}
        rows={rows}
        rowKey={(row) => `${row.target}\n${row.written}`}
        columns={[
          {
            key: 'question',
            label: t('survey:question'),
            value: (row) => labelIn(questionOf(preview, row.target)?.labels, language, row.target),
            sortable: false,
          },
          { key: 'written', label: t('survey:got'), value: (row) => row.written, primary: true, sortable: false },
          {
            key: 'count',
            label: t('survey:imports.cells'),
            value: (row) => row.count || '—',
            width: 90,
            align: 'end',
            sortable: false,
          },
          {
            key: 'choice',
            label: t('survey:imports.means'),
            sortable: false,
            cell: (row) => {
              const question = questionOf(preview, row.target)
              const choices = preview.fields.find((each) => each.target === row.target)?.choices ?? []
              return (
                <Select
                  aria-label={`${t('survey:imports.means')}: ${row.written}`}
                  searchable
                  clearable
                  placeholder={t('survey:imports.refused_cell')}
                  value={row.choice === '' ? null : row.choice}
                  onChange={(choice) => props.onSay(row.target, row.written, choice ?? '')}
                  data={choices.map((each) => ({
                    value: each,
                    label: labelIn(question?.choice_labels?.[each], language, each),
                  }))}
                />
              )
            },
          },
        ]}
      />
    </Section>
  )
}
