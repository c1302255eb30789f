import { useCallback } from 'react'
import { Figure } from '#ui/charts/chart.tsx'
import { formatMoney, formatNumber } from '#ui/format.ts'
import { DateText } from '#ui/text.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { usePackWords } from '#web/client.ts'
import { SourceLine, type Book } from './entry.tsx'
import { useSay } from './say.ts'

type Parameter = Book['parameters'][number]

/** Dated figures that rules read: every value with its day and source, and a drawing where there are several. */
export function ParameterEntry({ parameter, book }: { parameter: Parameter; book: Book }) {
  const t = useWords()
  const say = useSay()
  const write = useValue(parameter)
  return (
    <article
      className="a-rule"
      id={`parameters.${parameter.code}`}
      aria-labelledby={`parameters.${parameter.code}-name`}
    >
      <h3 id={`parameters.${parameter.code}-name`}>
        {say(parameter.label)} <code>params.{parameter.code}</code>
      </h3>
      <p className="a-plain">{say(parameter.plain)}</p>
      {parameter.values.length > 3 && <ByYear parameter={parameter} />}
      <ul className="a-values">
        {parameter.values.map((value) => (
          <li key={`${value.area ?? ''}${value.from}`}>
            <b className="d-num">{write(value.value)}</b>{' '}
            <span className="d-says">
              {t('assess:rules.from')} <DateText value={value.from} />
              {value.area && ` · ${value.area}`}
            </span>
            <SourceLine source={value.source} book={book} />
          </li>
        ))}
      </ul>
    </article>
  )
}

function useValue(parameter: Parameter): (value: number) => string {
  const { locale, currency } = useReader()
  const label = usePackWords()
  if (parameter.type === 'money') return (value) => formatMoney(value, locale, currency, { cents: 'fit' })
  return (value) => `${formatNumber(value, locale)} ${label('unit', parameter.unit)}`
}

/** The line by year as a stair: it holds from its day until the next. What is not confirmed has an open dot. */
function ByYear({ parameter }: { parameter: Parameter }) {
  const t = useWords()
  const say = useSay()
  const write = useValue(parameter)
  const { values } = parameter
  const draw = useCallback(
    (plot: typeof import('@observablehq/plot'), size: { width: number; height: number }) => {
      const rows = values.map((each) => ({
        year: Number(each.from.slice(0, 4)),
        value: each.value,
        sure: each.confidence === 'V',
      }))
      const narrow = size.width < 480
      return plot.plot({
        ...size,
        style: { fontFamily: 'var(--sans)', fontSize: '13px', color: 'var(--ink-2)', background: 'transparent' },
        marginLeft: 64,
        marginRight: 24,
        marginTop: 24,
        x: { label: null, tickFormat: String, ticks: narrow ? 4 : rows.length, tickSize: 0 },
        y: { label: null, zero: true, nice: true, ticks: 4, tickSize: 0, tickFormat: write },
        marks: [
          plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 4 }),
          plot.ruleY([0], { stroke: 'var(--line-strong)' }),
          plot.line(rows, { x: 'year', y: 'value', curve: 'step-after', stroke: 'var(--seal)', strokeWidth: 2 }),
          plot.dot(rows, {
            x: 'year',
            y: 'value',
            r: 4,
            stroke: 'var(--seal)',
            fill: (row: { sure: boolean }) => (row.sure ? 'var(--seal)' : 'var(--surface)'),
          }),
          plot.text(
            rows.filter((_, index) => !narrow || index % 4 === 0),
            { x: 'year', y: 'value', text: (row: { value: number }) => write(row.value), dy: -14, fill: 'var(--ink)' },
          ),
        ],
      })
    },
    [values, write],
  )
  return (
    <Figure
      caption={t('assess:rules.by_year')}
      table={{
        head: [t('assess:rules.from'), say(parameter.label)],
        rows: values.map((each) => [each.from, write(each.value)]),
      }}
      draw={draw}
    />
  )
}
