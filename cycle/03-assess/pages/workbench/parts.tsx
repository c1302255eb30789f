import { ActionIcon, Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import { Icon } from '#ui/icons.tsx'
import { useWords } from '#ui/words.tsx'
import { useCompiled, RuleField } from './rule.tsx'
import { Examples } from './examples.tsx'
import { FIELDS, type BenchData } from './data.ts'
import type { Example } from '#packs/schema/schema.ts'

type Fields = Record<string, unknown>
export interface PartProps {
  bench: BenchData
  id: string
  path: string
  name: string
  value: unknown
  onChange: (value: unknown) => void
}

const RULES = new Set(['rule', 'met', 'applies', 'condition', 'cost', 'closes.income', 'closes.expense'])
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isWords = (value: unknown, languages: string[]): value is Record<string, string> =>
  isFields(value) &&
  Object.keys(value).length > 0 &&
  Object.entries(value).every(([key, each]) => languages.includes(key) && typeof each === 'string')
const isSource = (value: unknown): value is Fields => isFields(value) && 'confidence' in value && 'title' in value

/** One part of an entry, by what it holds: words, a rule, a source, dated values, a number, a list of codes. */
export function Part(props: PartProps) {
  const t = useWords()
  const { bench, path, value } = props
  if (RULES.has(path) && typeof value === 'string') {
    return (
      <RuleField
        label={t(`assess:bench.field.${path.replace('.', '_')}`)}
        bench={bench}
        spot={{ id: props.id, path }}
        value={value}
        onChange={props.onChange}
      />
    )
  }
  if (path === 'values' && Array.isArray(value)) return <DatedValues {...props} values={value as Fields[]} />
  if (isWords(value, bench.languages)) return <WordsPart {...props} words={value} />
  if (isSource(value)) return <SourcePart {...props} source={value} />
  if (isFields(value)) {
    return (
      <fieldset className="w-part">
        <legend>{labelOf(t, props.name)}</legend>
        {Object.entries(value).map(([key, inner]) => (
          <Part
            {...props}
            key={key}
            name={key}
            path={`${path}.${key}`}
            value={inner}
            onChange={(next) => props.onChange({ ...value, [key]: next })}
          />
        ))}
      </fieldset>
    )
  }
  return <PlainPart {...props} />
}

const labelOf = (t: ReturnType<typeof useWords>, name: string): string =>
  FIELDS.has(name) ? t(`assess:bench.field.${name}`) : name

function PlainPart({ name, value, onChange }: PartProps) {
  const t = useWords()
  const label = labelOf(t, name)
  if (typeof value === 'boolean')
    return <Checkbox label={label} checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />
  if (Array.isArray(value) && value.every((each) => typeof each === 'string'))
    return (
      <TextInput
        label={label}
        description={t('assess:bench.codes')}
        value={value.join(' ')}
        onChange={(event) => onChange(event.currentTarget.value.split(/\s+/).filter(Boolean))}
      />
    )
  if (typeof value === 'string' || typeof value === 'number')
    return (
      <TextInput
        label={label}
        type={name.startsWith('valid_') ? 'date' : typeof value === 'number' ? 'number' : 'text'}
        value={String(value)}
        onChange={(event) => {
          const text = event.currentTarget.value
          onChange(typeof value === 'number' ? Number(text) : text)
        }}
      />
    )
  // Lists of steps and the like change in the file; here they are shown whole.
  return (
    <div>
      <p className="w-label">{label}</p>
      <pre className="w-json" tabIndex={0}>
        {JSON.stringify(value, null, 1)}
      </pre>
    </div>
  )
}

function WordsPart(props: PartProps & { words: Record<string, string> }) {
  const t = useWords()
  const { bench, words } = props
  const label = labelOf(t, props.name)
  return (
    <div className="w-texts">
      {bench.languages.map((language) => (
        <Textarea
          key={language}
          label={`${label} (${language})`}
          lang={language}
          autosize
          minRows={1}
          value={words[language] ?? ''}
          error={words[language]?.trim() ? undefined : t('assess:bench.word_missing')}
          onChange={(event) => props.onChange({ ...words, [language]: event.currentTarget.value })}
        />
      ))}
    </div>
  )
}

const CONFIDENCE = ['V', 'P', 'U', 'assumption']

function SourcePart(props: PartProps & { source: Fields }) {
  const t = useWords()
  const { source } = props
  const set = (key: string, value: unknown) => props.onChange({ ...source, [key]: value })
  return (
    <fieldset className="w-part">
      <legend>{t('assess:bench.field.source')}</legend>
      <Part
        {...props}
        name="title"
        path={`${props.path}.title`}
        value={source['title']}
        onChange={(next) => set('title', next)}
      />
      <div className="w-texts">
        <TextInput
          type="date"
          label={t('assess:bench.source_date')}
          value={String(source['date'] ?? '')}
          onChange={(event) => set('date', event.currentTarget.value)}
        />
        <TextInput
          label={t('assess:bench.source_url')}
          value={String(source['url'] ?? '')}
          onChange={(event) => {
            const { url: _url, ...rest } = source
            const url = event.currentTarget.value
            props.onChange(url === '' ? rest : { ...source, url })
          }}
        />
        <Confidence value={source['confidence']} onChange={(next) => set('confidence', next)} />
      </div>
    </fieldset>
  )
}

function Confidence(props: { value: unknown; onChange: (value: string) => void }) {
  const t = useWords()
  return (
    <NativeSelect
      label={t('assess:bench.confidence_label')}
      data={CONFIDENCE.map((value) => ({ value, label: t(`assess:bench.confidence.${value}`) }))}
      value={String(props.value)}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  )
}

/** A parameter's values, each from its day on, with its own source. Money is written in the currency's whole unit. */
function DatedValues(props: PartProps & { values: Fields[] }) {
  const t = useWords()
  const { bench, values } = props
  const code = props.id.slice(props.id.indexOf('.') + 1)
  const money = bench.schema.parameters[code]?.type === 'money'
  const unit = money ? bench.currency.minor_units : 1
  const set = (index: number, next: Fields) => props.onChange(values.with(index, next))
  const add = () => {
    const last = values.at(-1) ?? {}
    props.onChange([...values, { ...structuredClone(last), from: '' }])
  }
  return (
    <fieldset className="w-part">
      <legend>{t('assess:bench.field.values')}</legend>
      {values.map((item, index) => (
        <details key={index} className="w-example" open={item['from'] === '' ? true : undefined}>
          <summary>
            <span className="d-num">{String(item['from'] || t('assess:bench.new_value'))}</span>
            <b className="d-num">
              {money ? bench.currency.symbol : ''}
              {Number(item['value']) / unit}
            </b>
            {typeof item['area'] === 'string' && <span className="d-says">{item['area']}</span>}
          </summary>
          <div className="w-texts">
            <TextInput
              type="date"
              label={t('assess:bench.value_from')}
              value={String(item['from'] ?? '')}
              onChange={(event) => set(index, { ...item, from: event.currentTarget.value })}
            />
            <TextInput
              type="number"
              step="any"
              label={money ? `${t('assess:bench.value')} (${bench.currency.symbol})` : t('assess:bench.value')}
              value={String(Number(item['value']) / unit)}
              onChange={(event) => {
                const number = Number(event.currentTarget.value) * unit
                set(index, { ...item, value: money ? Math.round(number) : number })
              }}
            />
            <TextInput
              label={t('assess:bench.value_area')}
              value={String(item['area'] ?? '')}
              onChange={(event) => {
                const { area: _area, ...rest } = item
                const area = event.currentTarget.value.trim()
                set(index, area === '' ? rest : { ...item, area })
              }}
            />
            <Confidence value={item['confidence']} onChange={(next) => set(index, { ...item, confidence: next })} />
          </div>
          <Part
            {...props}
            name="source"
            path="values.source"
            value={item['source']}
            onChange={(next) => set(index, { ...item, source: next })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('assess:bench.remove_value')}
            onClick={() => props.onChange(values.toSpliced(index, 1))}
          >
            <Icon name="cross" />
          </ActionIcon>
        </details>
      ))}
      <Button size="xs" variant="default" leftSection={<Icon name="plus" />} onClick={add}>
        {t('assess:bench.add_value')}
      </Button>
    </fieldset>
  )
}

/** The examples of an entry beside its main rule. */
export function ExamplesPart(props: {
  draft_id: string
  bench: BenchData
  id: string
  value: Fields
  onChange: (examples: Example[]) => void
}) {
  const path = 'met' in props.value ? 'met' : 'rule'
  const spot = { id: props.id, path }
  const rule = useCompiled(props.bench, spot, String(props.value[path] ?? ''))
  const examples = (props.value['examples'] ?? NONE) as Example[]
  return (
    <Examples
      draft_id={props.draft_id}
      bench={props.bench}
      spot={spot}
      rule={rule}
      examples={examples}
      onChange={props.onChange}
    />
  )
}
const NONE: Example[] = []
