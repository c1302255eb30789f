import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core'
import type { FieldType } from '#engines/rules/schema.ts'
import { Icon } from '#ui/icons.tsx'
import { useWords } from '#ui/words.tsx'
import { useSay } from '../rulebook/say.ts'
import type { BenchData } from './data.ts'

type Record_ = Record<string, unknown>

/** The answers of one worked example: those its rule rests on, and whatever else it gives. */
export function RecordFields(props: {
  bench: BenchData
  record: Record_
  household: string[]
  lists: Record<string, string[]>
  onChange: (record: Record_) => void
}) {
  const t = useWords()
  const { bench, record } = props
  const known = bench.schema.lists
  const lists = [...new Set([...Object.keys(props.lists), ...Object.keys(record).filter((name) => known[name])])]
  const fields = [...new Set([...props.household, ...Object.keys(record).filter((name) => !lists.includes(name))])]
  const set = (name: string, value: unknown) => props.onChange({ ...record, [name]: value })
  return (
    <div className="w-record">
      {fields.map((name) => (
        <Answer
          key={name}
          bench={bench}
          name={name}
          list={null}
          type={bench.schema.household[name]}
          value={record[name]}
          onChange={(value) => set(name, value)}
        />
      ))}
      {lists.map((list) => {
        const items = Array.isArray(record[list]) ? (record[list] as Record_[]) : []
        const own = [...new Set([...(props.lists[list] ?? []), ...items.flatMap((item) => Object.keys(item))])]
        return (
          <fieldset key={list} className="w-items">
            <legend>{t(`assess:bench.list.${known[list] ? list : 'other'}`)}</legend>
            {items.map((item, index) => (
              <div key={index} className="w-item">
                <span className="d-num w-item-number">{index + 1}</span>
                {own.map((name) => (
                  <Answer
                    key={name}
                    bench={bench}
                    name={name}
                    list={list}
                    type={known[list]?.[name]}
                    value={item[name]}
                    onChange={(value) => set(list, items.with(index, { ...item, [name]: value }))}
                  />
                ))}
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('assess:bench.remove_item', { n: index + 1 })}
                  onClick={() => set(list, items.toSpliced(index, 1))}
                >
                  <Icon name="cross" />
                </ActionIcon>
              </div>
            ))}
            <Button
              size="xs"
              variant="default"
              leftSection={<Icon name="plus" />}
              onClick={() => set(list, [...items, {}])}
            >
              {t('assess:bench.add_item')}
            </Button>
          </fieldset>
        )
      })}
    </div>
  )
}

const labelOf = (bench: BenchData, name: string, list: string | null) =>
  bench.labels.find((each) => each.name === name && each.list === list)?.label

/** One answer by its kind; nothing chosen or written is an answer that is missing. */
function Answer(props: {
  bench: BenchData
  name: string
  list: string | null
  type: FieldType | undefined
  value: unknown
  onChange: (value: unknown) => void
}) {
  const t = useWords()
  const say = useSay()
  const { name, list, type, value } = props
  const label = say(labelOf(props.bench, name, list)) || name
  const kind = type?.type
  if (kind === 'bool' || kind === 'choice') {
    const choices = kind === 'bool' ? ['true', 'false'] : (type?.choices ?? [])
    return (
      <NativeSelect
        size="xs"
        label={label}
        data={[
          { value: '', label: t('assess:bench.missing') },
          ...choices.map((each) => ({ value: each, label: kind === 'bool' ? t(`assess:bench.${each}`) : each })),
        ]}
        value={String(value ?? '')}
        onChange={(event) => {
          const chosen = event.currentTarget.value
          props.onChange(chosen === '' ? null : kind === 'bool' ? chosen === 'true' : chosen)
        }}
      />
    )
  }
  const { minor_units, symbol } = props.bench.currency
  const unit = kind === 'money' ? minor_units : 1
  return (
    <TextInput
      size="xs"
      label={kind === 'money' ? `${label} (${symbol})` : label}
      {...inputOf(kind)}
      placeholder={t('assess:bench.missing')}
      value={answerText(value, unit)}
      onChange={(event) => props.onChange(answerOf(event.currentTarget.value, kind, unit))}
    />
  )
}

/** Which keyboard and check the browser gives a field of this kind. */
function inputOf(kind: FieldType['type'] | undefined) {
  if (kind === 'money' || kind === 'int' || kind === 'decimal') return { type: 'number', step: 'any' }
  return { type: kind === 'date' ? 'date' : 'text' }
}

/** An answer as it stands in its field: money in whole units, several choices in one line. */
function answerText(value: unknown, unit: number): string {
  if (typeof value === 'number') return String(value / unit)
  if (Array.isArray(value)) return value.join(' ')
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The answer that a field's text stands for; nothing written is an answer that is missing. */
function answerOf(text: string, kind: FieldType['type'] | undefined, unit: number): unknown {
  if (text === '') return null
  if (kind === 'decimal') return Number(text)
  if (kind === 'money' || kind === 'int') return Math.round(Number(text) * unit)
  return kind === 'choices' ? text.split(/\s+/).filter(Boolean) : text
}
