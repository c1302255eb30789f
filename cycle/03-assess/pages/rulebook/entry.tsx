import { State, Tag } from '#ui/state/state.tsx'
import { DateText } from '#ui/text.tsx'
import { useWords } from '#ui/words.tsx'
import { api, call, usePackWords } from '#web/client.ts'
import { Cel } from './cel.tsx'
import { useSay } from './say.ts'

export const loadBook = () => call(api.api.rules.$get())
export type Book = Awaited<ReturnType<typeof loadBook>>
export type Entry = Book['entries'][number]

const MARKS: Record<string, 'met' | 'plain' | 'unknown'> = { V: 'met', P: 'plain', U: 'unknown', assumption: 'unknown' }
/** Facts whose values are codes of the pack: the group of its words they are found in. */
const GROUPS: Record<string, string> = {
  group: 'group',
  batch: 'batch',
  by: 'role',
  severity: 'severity',
  cost_period: 'cost_period',
  unit: 'unit',
}
/** Facts whose values are other entries of the book. */
const ENTRIES: Record<string, string> = {
  causes: 'causes',
  closes_indicators: 'indicators',
  excludes: 'measures',
  requires: 'measures',
}
/** Facts that have words of their own on this page. */
const OWN = new Set(['part', 'main', 'type'])

/** One rule: in plain words, in CEL, who says so and since when, and what it gives in worked examples. */
export function RuleEntry({ entry, book }: { entry: Entry; book: Book }) {
  const t = useWords()
  const say = useSay()
  const label = usePackWords()
  const valueOf = (name: string, value: string): string => {
    const chapter = ENTRIES[name]
    if (chapter)
      return say(book.entries.find((each) => each.chapter === chapter && each.code === value)?.label) || value
    const group = GROUPS[name]
    if (group) return label(group, value)
    return OWN.has(name) ? t(`assess:rules.value.${value}`) : value
  }
  return (
    <article className="a-rule" id={entry.id} aria-labelledby={`${entry.id}-name`}>
      <h3 id={`${entry.id}-name`}>
        {say(entry.label)} <code>{entry.code}</code>
      </h3>
      {entry.plain && <p className="a-plain">{say(entry.plain)}</p>}
      {entry.rule && (
        <pre className="a-rule-cel" tabIndex={0}>
          <Cel rule={entry.rule} />
        </pre>
      )}
      {(entry.rules.length > 0 || entry.facts.length > 0) && (
        <dl className="a-facts">
          {entry.facts.map((fact) => (
            <div key={fact.name}>
              <dt>{t(`assess:rules.fact.${fact.name}`)}</dt>
              <dd>{fact.values.map((value) => valueOf(fact.name, value)).join(t('assess:rules.comma'))}</dd>
            </div>
          ))}
          {entry.rules
            .filter((each) => each.rule !== '0')
            .map((each) => (
              <div key={each.name}>
                <dt>{t(`assess:rules.fact.${each.name}`)}</dt>
                <dd>
                  <Cel rule={each.rule} />
                </dd>
              </div>
            ))}
        </dl>
      )}
      <SourceLine source={entry.source} valid_from={entry.valid_from} book={book} />
      {entry.examples.length > 0 && <Examples entry={entry} />}
    </article>
  )
}

type Source = Entry['source']

/** Where a rule stands written, how sure that is, and since when it holds. */
export function SourceLine(props: { source: Source; valid_from?: string; book: Book }) {
  const t = useWords()
  const say = useSay()
  const { source } = props
  return (
    <p className="a-source">
      <Tag tone={MARKS[source.confidence] ?? 'plain'}>
        {say(props.book.confidence[source.confidence]) || source.confidence}
      </Tag>
      <span>
        {say(source.title)}
        {source.url && <span className="a-url"> {source.url}</span>}
        {' · '}
        <DateText value={source.date} />
        {props.valid_from && (
          <>
            {' · '}
            {t('assess:rules.valid_from')} <DateText value={props.valid_from} />
          </>
        )}
      </span>
    </p>
  )
}

function Examples({ entry }: { entry: Entry }) {
  const t = useWords()
  const say = useSay()
  return (
    <details className="a-examples">
      <summary>
        {t('assess:rules.examples', {
          n: entry.examples.length,
          holding: entry.examples.filter((one) => one.holds).length,
        })}
      </summary>
      <ul>
        {entry.examples.map((example, index) => (
          <li key={index}>
            <span>{say(example.note)}</span>
            <Answer value={example.got} />
            {!example.holds && (
              <Tag tone="seal">{t('assess:rules.example_fails', { expect: String(example.expect) })}</Tag>
            )}
            <code className="a-record">{recordText(example.record)}</code>
          </li>
        ))}
      </ul>
    </details>
  )
}

function Answer({ value }: { value: Entry['examples'][number]['got'] }) {
  const t = useWords()
  if (value === 'met' || value === 'unmet' || value === 'unknown')
    return <State state={value} word={t(`assess:state.${value}`)} />
  // A sign that holds speaks against the household; colour alone would say the contrary.
  if (typeof value === 'boolean') return <Tag>{t(value ? 'assess:rules.holds' : 'assess:rules.holds_not')}</Tag>
  return <b className="d-num">{String(value)}</b>
}

/** An example's answers in one line: `house_grade: C; members: [birth_date: 2005-03-01, ...]`. */
function recordText(record: Record<string, unknown>): string {
  const one = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(one).join(' | ')}]`
    if (value !== null && typeof value === 'object') return recordText(value as Record<string, unknown>)
    return value === null ? '–' : String(value)
  }
  return Object.entries(record)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `${name}: ${one(value)}`)
    .join('; ')
}
