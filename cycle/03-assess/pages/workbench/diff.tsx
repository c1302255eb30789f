import { useQuery } from '@tanstack/react-query'
import { differ, type Piece } from '#ui/why/differ.ts'
import { formatMoney } from '#ui/format.ts'
import { Tag } from '#ui/state/state.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { Cel } from '../rulebook/cel.tsx'
import { loadBook } from '../rulebook/entry.tsx'
import { useSay } from '../rulebook/say.ts'
import { FIELDS, type Change } from './data.ts'

/** What differs, entry by entry: words, rules and values of both sides beside each other. */
export function Changes(props: { changes: Change[]; onOpen?: (id: string) => void }) {
  const t = useWords()
  const say = useSay()
  return (
    <div className="w-changes">
      {props.changes.map((entry) => (
        <article key={entry.id} className="w-change">
          <h3>
            {props.onOpen ? (
              <button type="button" className="w-open" onClick={() => props.onOpen?.(entry.id)}>
                {say(entry.label) || entry.id}
              </button>
            ) : (
              say(entry.label) || entry.id
            )}{' '}
            <code>{entry.id}</code>{' '}
            {entry.change !== 'changed' && <Tag>{t(`assess:bench.change.${entry.change}`)}</Tag>}
          </h3>
          <div className="w-sides">
            {entry.changes.map((part) => (
              <Side key={part.path} entry={entry} part={part} />
            ))}
          </div>
        </article>
      ))}
    </div>
  )
}

function Side({ entry, part }: { entry: Change; part: Change['changes'][number] }) {
  const t = useWords()
  const write = useWritten(entry.id, part.path)
  const before = part.before === null ? null : write(part.before)
  const after = part.after === null ? null : write(part.after)
  const pieces = part.kind !== 'rule' && before !== null && after !== null ? differ(before, after) : null
  const side = (text: string | null, marked: Piece[] | undefined) => {
    if (text === null) return <span className="d-absent">–</span>
    if (part.kind === 'rule') return <Cel rule={text} />
    if (!marked) return <span>{text}</span>
    return <span>{marked.map((each, index) => (each.differs ? <mark key={index}>{each.text}</mark> : each.text))}</span>
  }
  return (
    <dl className="w-side">
      <dt>{pathWord(t, part.path)}</dt>
      <dd>
        <span className="d-says">{t('assess:bench.before')}</span>
        {side(before, pieces?.left)}
      </dd>
      <dd>
        <span className="d-says">{t('assess:bench.after')}</span>
        {side(after, pieces?.right)}
      </dd>
    </dl>
  )
}

/** `plain.en` -> `In plain words (en)`, `values[2014-01-01].value` -> `Values by date [2014-01-01].value`. */
function pathWord(t: ReturnType<typeof useWords>, path: string): string {
  const [, name = '', rest = ''] = /^(\w+)(.*)$/s.exec(path) ?? []
  const word =
    name === 'examples' ? t('assess:bench.examples') : FIELDS.has(name) ? t(`assess:bench.field.${name}`) : name
  return /^\.\w\w$/.test(rest) ? `${word} (${rest.slice(1)})` : `${word} ${rest}`
}

/** A parameter's money in the currency, everything else as it stands in the file. */
function useWritten(id: string, path: string): (text: string) => string {
  const { locale, currency } = useReader()
  const book = useQuery({ queryKey: ['rules', 'book'], queryFn: loadBook, staleTime: 60_000 })
  const parameter = book.data?.parameters.find((each) => `parameters.${each.code}` === id)
  if (parameter?.type !== 'money' || !path.endsWith('].value')) return (text) => text
  return (text) => formatMoney(Number(text), locale, currency, { cents: 'fit' })
}
