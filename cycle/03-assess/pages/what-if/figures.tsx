import { Button, NumberInput, Slider } from '@mantine/core'
import { useId } from 'react'
import { parametersAt } from '#engines/rules/parameters.ts'
import { formatMoney, formatNumber } from '#ui/format.ts'
import { useReader, useWords } from '#ui/words.tsx'
import { usePackWords } from '#web/client.ts'
import type { Book } from '../rulebook/entry.tsx'
import { useSay } from '../rulebook/say.ts'

type Parameter = Book['parameters'][number]

/** How many figures stand open; the others are a click away. */
const OPEN = 4
/** Chapters that decide who is poor, and the one that only tells why: its figures come after. */
const DECIDE = ['derived', 'indicators', 'verdict', 'vetoes']
const CHAPTERS = [...DECIDE, 'causes']

interface Props {
  book: Book
  area_code: string
  day: string
  /** Changed figures in their declared unit, as typed. */
  set: Record<string, string>
  onSet: (code: string, value: string | null) => void
}

/** The figures that decide who is poor, each with its value in force and a place to change it. */
export function Figures(props: Props) {
  const t = useWords()
  const { book, set } = props
  const values = inForce(book, props.day, props.area_code)
  const reads = (chapters: string[], code: string) =>
    book.entries.some(
      (entry) =>
        chapters.includes(entry.chapter) &&
        [entry.rule ?? '', ...entry.rules.map((each) => each.rule)].some((text) =>
          new RegExp(`params\\.${code}\\b`).test(text),
        ),
    )
  const rank = ({ code, type }: Parameter) => (reads(DECIDE, code) ? 0 : 2) + (type === 'money' ? 0 : 1)
  const ordered = book.parameters
    .filter(({ code }) => reads(CHAPTERS, code))
    .map((parameter) => ({ parameter, rank: rank(parameter) }))
    .sort((a, b) => a.rank - b.rank)
    .map((each) => each.parameter)
  const isFirst = (each: Parameter, index: number) => index < OPEN || set[each.code] !== undefined
  const row = (parameter: Parameter) => (
    <Figure key={parameter.code} parameter={parameter} value={values[parameter.code] ?? null} {...props} />
  )
  const rest = ordered.filter((each, index) => !isFirst(each, index))
  return (
    <>
      <ul className="wi-figures">{ordered.filter(isFirst).map(row)}</ul>
      {rest.length > 0 && (
        <details className="wi-more">
          <summary>{t('assess:whatif.more', { n: rest.length })}</summary>
          <ul className="wi-figures">{rest.map(row)}</ul>
        </details>
      )}
    </>
  )
}

/** Values on the day in the area, in the unit rules read: money in minor units. */
function inForce(book: Book, day: string, area_code: string): Record<string, number> {
  const dated = book.parameters.map(({ code, type, values }) => ({
    name: code,
    type: type as 'money' | 'int' | 'decimal',
    values: values.map(({ from, to, area, value }) => ({
      from,
      value,
      source: '',
      ...(to === undefined ? {} : { to }),
      ...(area === undefined ? {} : { area }),
    })),
  }))
  return parametersAt(dated, day, area_code).values as Record<string, number>
}

function Figure(props: Props & { parameter: Parameter; value: number | null }) {
  const t = useWords()
  const say = useSay()
  const label = usePackWords()
  const { locale, currency } = useReader()
  const id = useId()
  const { parameter, value, set, onSet } = props
  const { code, type } = parameter
  const money = type === 'money'
  const scale = money ? currency.minor_units : 1
  const now = value === null ? 0 : value / scale
  const chosen = set[code]
  const typed = Number(chosen ?? now)
  const shown =
    value === null
      ? '–'
      : money
        ? formatMoney(value, locale, currency, { cents: 'fit' })
        : `${formatNumber(value, locale)} ${label('unit', parameter.unit)}`
  const put = (next: number | string) => {
    const said = String(next).trim()
    onSet(code, said === '' || Number(said) === now ? null : said)
  }
  const most = Math.max(1, now * 2.5, typed)
  const step = type === 'decimal' ? stepOf(most) : Math.max(1, stepOf(most))
  return (
    <li className={`wi-figure ${chosen === undefined ? '' : 'wi-figure-changed'}`}>
      <div className="wi-figure-name">
        <label htmlFor={id}>{say(parameter.label)}</label>
        <span className="d-says d-num">{t('assess:whatif.in_force', { value: shown })}</span>
      </div>
      <NumberInput
        id={id}
        value={chosen ?? now}
        onChange={put}
        min={0}
        step={step}
        decimalScale={type === 'int' ? 0 : money ? 2 : 6}
        thousandSeparator=","
        {...(money ? { prefix: currency.symbol ?? '' } : { suffix: ` ${label('unit', parameter.unit)}` })}
      />
      <Slider
        className="wi-figure-slider"
        value={Number.isFinite(typed) ? typed : now}
        onChange={put}
        min={0}
        max={roundUp(most, step)}
        step={step}
        label={(next) => formatNumber(next, locale)}
        thumbLabel={say(parameter.label)}
        marks={[{ value: now }]}
      />
      <Button
        variant="subtle"
        onClick={() => onSet(code, null)}
        style={{ visibility: chosen === undefined ? 'hidden' : 'visible' }}
      >
        {t('assess:whatif.back')}
      </Button>
    </li>
  )
}

/** A hundredth of the range, rounded to a plain number: 1, 5, 10, 50, 100. */
function stepOf(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / 100))
  return most / 100 / power >= 5 ? 5 * power : power
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step
