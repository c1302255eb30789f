import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { CompiledRule } from '#engines/rules/tree.ts'
import type { Example } from '#packs/schema/schema.ts'
import { Clauses, type Clause } from '#ui/why/clauses.tsx'
import { Icon } from '#ui/icons.tsx'
import { State, Tag } from '#ui/state/state.tsx'
import { useWords } from '#ui/words.tsx'
import { answersRead, workHere, type Shown, type Spot } from '../../workbench/in-browser.ts'
import { useSay } from '../rulebook/say.ts'
import { loadWhy, type BenchData } from './data.ts'
import { RecordFields } from './record.tsx'

/** Worked examples, run again at every keystroke of the rule or of an answer, each with its clauses. */
export function Examples(props: {
  draft_id: string
  bench: BenchData
  spot: Spot
  rule: CompiledRule | null
  examples: Example[]
  onChange: (examples: Example[]) => void
}) {
  const t = useWords()
  const { bench, spot, rule, examples } = props
  const worked = useMemo(() => workHere(bench, spot, rule, examples), [bench, spot, rule, examples])
  const reads = useMemo(() => (rule ? answersRead(bench, rule) : { household: [], lists: {} }), [bench, rule])
  const failing = worked.filter((each) => !each.holds).length
  const add = () => {
    const note = Object.fromEntries(bench.languages.map((language) => [language, '']))
    const last = examples.at(-1)
    // Begun from the last one: an example mostly differs from its neighbour in one answer.
    props.onChange([...examples, { note, record: structuredClone(last?.record ?? {}), expect: last?.expect ?? 'met' }])
  }
  return (
    <section className="w-examples" aria-label={t('assess:bench.examples')}>
      <div className="w-examples-head">
        <h3>{t('assess:bench.examples')}</h3>
        <span role="status">
          {examples.length > 0 && rule !== null && (
            <State
              state={failing === 0 ? 'met' : 'unmet'}
              word={t('assess:rules.examples', { holding: examples.length - failing, n: examples.length })}
            />
          )}
        </span>
      </div>
      {examples.map((example, index) => (
        <OneExample
          key={index}
          draft_id={props.draft_id}
          spot={spot}
          rule={rule}
          bench={bench}
          example={example}
          reads={reads}
          // A rule that cannot be worked out gives nothing to compare.
          shown={rule === null ? undefined : worked[index]}
          numeric={rule !== null && rule.type !== 'bool'}
          onChange={(next) => props.onChange(examples.with(index, next))}
          onRemove={() => props.onChange(examples.toSpliced(index, 1))}
        />
      ))}
      <Button variant="default" leftSection={<Icon name="plus" />} onClick={add}>
        {t('assess:bench.add_example')}
      </Button>
    </section>
  )
}

function OneExample(props: {
  draft_id: string
  spot: Spot
  rule: CompiledRule | null
  bench: BenchData
  example: Example
  reads: ReturnType<typeof answersRead>
  shown: Shown | undefined
  numeric: boolean
  onChange: (example: Example) => void
  onRemove: () => void
}) {
  const t = useWords()
  const say = useSay()
  const { example, shown, bench } = props
  const title = say(example.note)
  const fails = shown !== undefined && !shown.holds
  const [open, setOpen] = useState(fails)
  return (
    <details className="w-example" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className="w-example-name">{title || t('assess:bench.new_example')}</span>
        <Got value={shown?.got} />
        {fails && <Tag tone="seal">{t('assess:rules.example_fails', { expect: told(t, shown.expect) })}</Tag>}
      </summary>
      <div className="w-texts">
        {bench.languages.map((language) => (
          <TextInput
            key={language}
            size="xs"
            label={`${t('assess:bench.note')} (${language})`}
            value={example.note[language] ?? ''}
            onChange={(event) =>
              props.onChange({ ...example, note: { ...example.note, [language]: event.currentTarget.value } })
            }
          />
        ))}
        <Expected example={example} numeric={props.numeric} onChange={props.onChange} />
        <TextInput
          size="xs"
          type="date"
          label={t('assess:bench.on')}
          description={example.on ? undefined : bench.reference_date}
          value={example.on ?? ''}
          onChange={(event) => {
            const { on: _on, ...rest } = example
            props.onChange(event.currentTarget.value ? { ...rest, on: event.currentTarget.value } : rest)
          }}
        />
      </div>
      <RecordFields
        bench={bench}
        record={example.record}
        household={props.reads.household}
        lists={props.reads.lists}
        onChange={(record) => props.onChange({ ...example, record })}
      />
      {open && props.rule !== null && <Why {...props} rule={props.rule} />}
      <Button size="xs" variant="subtle" color="gray" onClick={props.onRemove}>
        {t('assess:bench.remove_example')}
      </Button>
    </details>
  )
}

/** The same engine's reasons, in sentences; asked once the hand rests. */
function Why(props: { draft_id: string; spot: Spot; rule: CompiledRule; example: Example }) {
  const t = useWords()
  const say = useSay()
  const { draft_id, spot, example } = props
  const { record, params, on } = example
  const [asked] = useDebouncedValue(
    JSON.stringify([spot.id, spot.path, props.rule.source, { record, params, on }]),
    300,
  )
  const why = useQuery({
    queryKey: ['rules', 'why', draft_id, asked],
    queryFn: () => loadWhy(draft_id, asked),
    placeholderData: (before) => before,
    staleTime: 60_000,
  })
  if (!why.data?.said) return null
  return (
    <div className="w-why">
      <h4>{t('ui.why')}</h4>
      {/* The client types what nests in itself as any JSON. */}
      <Clauses clause={why.data.said as unknown as Clause} say={say} />
    </div>
  )
}

function Expected(props: { example: Example; numeric: boolean; onChange: (example: Example) => void }) {
  const t = useWords()
  const { example } = props
  const { expect } = example
  const set = (next: Example['expect']) => props.onChange({ ...example, expect: next })
  if (props.numeric || typeof expect === 'number')
    return (
      <TextInput
        size="xs"
        label={t('assess:bench.expect')}
        value={String(expect)}
        onChange={(event) => {
          const text = event.currentTarget.value.trim()
          set(text !== '' && Number.isFinite(Number(text)) ? Number(text) : 'unknown')
        }}
      />
    )
  const data = typeof expect === 'boolean' ? ['true', 'false', 'unknown'] : ['met', 'unmet', 'unknown']
  return (
    <NativeSelect
      size="xs"
      label={t('assess:bench.expect')}
      data={data.map((value) => ({
        value,
        label: t(value === 'true' || value === 'false' ? `assess:bench.${value}` : `assess:state.${value}`),
      }))}
      value={String(expect)}
      onChange={(event) => {
        const chosen = event.currentTarget.value
        set(chosen === 'true' ? true : chosen === 'false' ? false : (chosen as 'met' | 'unmet' | 'unknown'))
      }}
    />
  )
}

function told(t: ReturnType<typeof useWords>, value: Example['expect']): string {
  if (value === 'met' || value === 'unmet' || value === 'unknown') return t(`assess:state.${value}`)
  return typeof value === 'boolean' ? t(`assess:bench.${value}`) : String(value)
}

function Got({ value }: { value: Example['expect'] | undefined }) {
  const t = useWords()
  if (value === undefined) return null
  if (value === 'met' || value === 'unmet' || value === 'unknown')
    return <State state={value} word={t(`assess:state.${value}`)} />
  if (typeof value === 'boolean') return <Tag>{t(value ? 'assess:rules.holds' : 'assess:rules.holds_not')}</Tag>
  return <b className="d-num">{String(value)}</b>
}
