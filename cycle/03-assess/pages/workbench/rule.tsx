import { useId, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { isRefused } from '#engines/rules/check/check.ts'
import type { CompiledRule, RuleProblem } from '#engines/rules/tree.ts'
import { State } from '#ui/state/state.tsx'
import { useWords } from '#ui/words.tsx'
import { checkAt, schemaAt, type Bench, type Spot } from '../../workbench/in-browser.ts'
import { offersAt, type Offer } from '../../workbench/complete.ts'
import { Cel, type Place } from '../rulebook/cel.tsx'
import { useSay } from '../rulebook/say.ts'
import type { BenchData } from './data.ts'
import { ProblemLine } from './problem.tsx'

/** A rule compiled as it stands in the field, or null where it does not compile. */
export function useCompiled(bench: Bench, spot: Spot, source: string): CompiledRule | null {
  return useMemo(() => {
    const rule = checkAt(bench, { id: spot.id, path: spot.path }, source)
    return isRefused(rule) ? null : rule
  }, [bench, spot.id, spot.path, source])
}

/**
 * A rule to be written: coloured, checked at every keystroke by the engine itself, each problem underlined in its place
 * with what to do, and completion of whatever may stand at the cursor.
 */
export function RuleField(props: {
  label: string
  bench: BenchData
  spot: Spot
  value: string
  onChange: (rule: string) => void
}) {
  const id = useId()
  const { bench, spot, value } = props
  const field = useRef<HTMLTextAreaElement>(null)
  const over = useRef<HTMLPreElement>(null)
  const [cursor, setCursor] = useState<number | null>(null)
  const [asked, setAsked] = useState(false)
  const [chosen, setChosen] = useState(0)
  const schema = useMemo(() => schemaAt(bench, { id: spot.id, path: spot.path }), [bench, spot.id, spot.path])
  const problems = useMemo(() => {
    const rule = checkAt(bench, { id: spot.id, path: spot.path }, value)
    return isRefused(rule) ? rule : []
  }, [bench, spot.id, spot.path, value])
  const { from, offers } = useMemo(
    () => (cursor === null ? { from: 0, offers: [] } : offersAt(value, cursor, schema, asked)),
    [value, cursor, schema, asked],
  )
  const at = Math.min(chosen, Math.max(0, offers.length - 1))

  const close = () => {
    setCursor(null)
    setAsked(false)
  }
  const take = (offer: Offer) => {
    const end = cursor ?? value.length
    props.onChange(value.slice(0, from) + offer.text + value.slice(end))
    const next = from + offer.text.length
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(next, next)
    })
    // A dot or bracket at its end asks at once for what comes next.
    if (/[.(]$/.test(offer.text) && offer.kind !== 'function') setCursor(next)
    else close()
    setChosen(0)
  }
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault()
      setAsked(true)
      setCursor(event.currentTarget.selectionStart)
      return
    }
    if (offers.length === 0) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const offer = offers[at]
    if (step !== undefined) setChosen((at + step + offers.length) % offers.length)
    else if ((event.key === 'Tab' || event.key === 'Enter') && offer) take(offer)
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
  }
  return (
    <div className="w-rule">
      <label htmlFor={id}>{props.label}</label>
      <div className="a-editor">
        <textarea
          id={id}
          ref={field}
          value={value}
          rows={2}
          maxLength={10_000}
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          autoComplete="off"
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={`${id}-offers`}
          aria-activedescendant={offers.length > 0 ? `${id}-${at}` : undefined}
          aria-invalid={problems.length > 0}
          aria-describedby={`${id}-said`}
          onChange={(event) => {
            props.onChange(event.currentTarget.value)
            setCursor(event.currentTarget.selectionStart)
            setAsked(false)
            setChosen(0)
          }}
          onKeyDown={onKey}
          onBlur={close}
          onClick={close}
          onScroll={(event) => over.current?.scrollTo({ top: event.currentTarget.scrollTop })}
        />
        <pre ref={over} aria-hidden="true">
          <Cel rule={`${value} `} marks={problems.map(widened)} />
        </pre>
      </div>
      <Offers id={id} bench={bench} offers={offers} at={at} onTake={take} />
      <Problems id={`${id}-said`} behind={offers.length > 0} rule={value} problems={problems} />
    </div>
  )
}

/** What is wrong with the rule, each with its place and what to do; or that it is good. */
function Problems(props: { id: string; behind: boolean; rule: string; problems: readonly RuleProblem[] }) {
  const t = useWords()
  const { problems } = props
  return (
    <div id={props.id} className={props.behind ? 'w-said w-behind' : 'w-said'} role="status">
      {problems.map((problem, index) => (
        <ProblemLine
          key={index}
          code={problem.code}
          place={props.rule.slice(problem.start, problem.end).slice(0, 60)}
          message={problem.message}
          hint={problem.hint}
        />
      ))}
      {problems.length === 0 && <State state="met" word={t('assess:bench.rule_good')} />}
    </div>
  )
}

function Offers(props: { id: string; bench: BenchData; offers: Offer[]; at: number; onTake: (offer: Offer) => void }) {
  const t = useWords()
  const say = useSay()
  const labelOf = (offer: Offer) =>
    say(
      props.bench.labels.find(
        (each) => each.list === (offer.kind === 'parameter' ? 'params' : offer.list) && each.name === offer.text,
      )?.label,
    )
  return (
    <ul className="w-offers" id={`${props.id}-offers`} role="listbox" aria-label={t('assess:bench.offers')}>
      {props.offers.map((offer, index) => (
        <li
          key={`${offer.kind}.${offer.text}`}
          id={`${props.id}-${index}`}
          role="option"
          aria-selected={index === props.at}
          // The field keeps the cursor: a click that took it would close the list first.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => props.onTake(offer)}
        >
          <code>{offer.text}</code>
          <span className="d-says">
            {labelOf(offer) || t(`assess:bench.offer.${offer.kind}`)}
            {offer.type && ` · ${t(`assess:rules.type.${offer.type}`)}`}
          </span>
        </li>
      ))}
    </ul>
  )
}

const widened = ({ start, end }: Place): Place => ({ start, end: Math.max(end, start + 1) })
