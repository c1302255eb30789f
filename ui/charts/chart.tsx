import { Skeleton } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { formatMoney, formatNumber } from '../format.ts'
import { useNear } from '../use-near.ts'
import { useReader } from '../words.tsx'
import '../map/map.css'

type Plotter = typeof import('@observablehq/plot')

export type FigureProps = {
  caption: ReactNode
  /** The same data as a table: first column names the row. Opens below the drawing and is what screen readers get. */
  table: { head: string[]; rows: Array<Array<string>> }
  height?: number
  /** Draws with Observable Plot, loaded when first needed. Use `var(--token)` colours so that both themes hold. */
  draw: (plot: Plotter, size: { width: number; height: number }) => Element
}

/** A drawing with its caption and its table. The other charts are made of it. */
export function Figure(props: FigureProps) {
  const { words: t } = useReader()
  const { ref, width } = useElementSize()
  const [plot, setPlot] = useState<Plotter | null>(null)
  const box = useRef<HTMLDivElement>(null)
  const height = props.height ?? 220
  const near = useNear(box)
  useEffect(() => {
    if (!near) return
    let here = true
    void import('@observablehq/plot').then((loaded) => here && setPlot(loaded))
    return () => {
      here = false
    }
  }, [near])
  const draw = props.draw
  useEffect(() => {
    if (!plot || !box.current || width < 40) return
    const drawn = draw(plot, { width: Math.floor(width), height })
    drawn.setAttribute('aria-hidden', 'true')
    box.current.replaceChildren(drawn)
  }, [plot, width, height, draw])
  return (
    <figure className="d-chart">
      <figcaption>{props.caption}</figcaption>
      <div ref={ref}>
        <div ref={box} className="d-chart-box" style={{ minHeight: height }}>
          {!plot && <Skeleton height={height} />}
        </div>
      </div>
      <details>
        <summary>{t('ui.chart.table')}</summary>
        <table className="d-num">
          <thead>
            <tr>
              {props.table.head.map((word) => (
                <th key={word} scope="col">
                  {word}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {props.table.rows.map(([name, ...cells]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {cells.map((cell, i) => (
                  <td key={i}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}

/** The look of a figure's axes: give it to `plot.plot` as `style`. */
export const axis = {
  fontFamily: 'var(--sans)',
  fontSize: '13px',
  color: 'var(--ink-2)',
  background: 'transparent',
  fontVariantNumeric: 'tabular-nums',
}

/** Income a person a year in minor units, with the line of each year drawn in. Years without a value are left open. */
export function IncomeByYear(props: {
  caption: ReactNode
  points: Array<{ year: number; value: number | null }>
  line: Array<{ year: number; value: number }>
  words: { year: string; income: string; line: string }
  height?: number
}) {
  const { locale, currency } = useReader()
  const money = (minor: number | null | undefined) => formatMoney(minor, locale, currency, { cents: 'never' })
  const { points, line } = props
  const years = [...new Set([...points, ...line].map((p) => p.year))].sort()
  // Close to the axis there is no room below.
  const top = Math.max(...[...points, ...line].map((p) => p.value ?? 0))
  const isUnder = (point: { year: number; value: number }) =>
    point.value > top * 0.15 && point.value < (line.find((p) => p.year === point.year)?.value ?? 0)
  return (
    <Figure
      caption={props.caption}
      height={props.height}
      table={{
        head: [props.words.year, props.words.income, props.words.line],
        rows: years.map((year) => [
          String(year),
          money(points.find((p) => p.year === year)?.value),
          money(line.find((p) => p.year === year)?.value),
        ]),
      }}
      draw={(plot, size) =>
        plot.plot({
          ...size,
          style: axis,
          marginLeft: 60,
          marginRight: 12,
          marginTop: 28,
          x: { type: 'point', domain: years, label: null, tickFormat: String },
          y: { zero: true, nice: true, label: null, ticks: 4, tickFormat: money, tickSize: 0 },
          marks: [
            plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 4 }),
            plot.ruleY([0], { stroke: 'var(--line-strong)' }),
            plot.line(line, { x: 'year', y: 'value', stroke: 'var(--seal)', strokeWidth: 1.5, strokeDasharray: '5 4' }),
            plot.text(line.slice(-1), {
              x: 'year',
              y: 'value',
              text: () => props.words.line,
              fill: 'var(--seal)',
              textAnchor: 'end',
              lineAnchor: 'top',
              dy: 8,
              dx: 8,
            }),
            plot.line(points, {
              x: 'year',
              y: 'value',
              stroke: 'var(--ink)',
              strokeWidth: 2,
              defined: (d: { value: number | null }) => d.value !== null,
            } as object),
            plot.dot(
              points.filter((p) => p.value !== null),
              { x: 'year', y: 'value', r: 4, fill: 'var(--ink)' },
            ),
            // A value under its year's line is written below it, so that the two never cross.
            ...[true, false].map((under) =>
              plot.text(
                points.filter((p) => p.value !== null && isUnder(p as { year: number; value: number }) === under),
                {
                  x: 'year',
                  y: 'value',
                  text: (d: { value: number }) => money(d.value),
                  dy: under ? 14 : -12,
                  fill: 'var(--ink)',
                  stroke: 'var(--paper)',
                  strokeWidth: 4,
                },
              ),
            ),
          ],
        })
      }
    />
  )
}

/** How many lie in each band, from bands counted elsewhere (a registry counts better than a screen). `mark` draws a line in. */
export function Distribution(props: {
  caption: ReactNode
  bands: Array<{ from: number; to: number; count: number }>
  format: (value: number) => string
  mark?: { value: number; label: string }
  words: { band: string; count: string }
  height?: number
}) {
  const { locale } = useReader()
  const { bands, mark } = props
  return (
    <Figure
      caption={props.caption}
      height={props.height}
      table={{
        head: [props.words.band, props.words.count],
        rows: bands.map((b) => [`${props.format(b.from)} – ${props.format(b.to)}`, formatNumber(b.count, locale, 0)]),
      }}
      draw={(plot, size) =>
        plot.plot({
          ...size,
          style: axis,
          marginLeft: 48,
          marginRight: 36,
          marginTop: 28,
          x: { label: null, ticks: Math.max(2, Math.floor(size.width / 120)), tickFormat: props.format },
          y: { label: null, ticks: 4, tickSize: 0, grid: false, tickFormat: (n: number) => formatNumber(n, locale, 0) },
          marks: [
            plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 4 }),
            plot.rectY(bands, {
              x1: 'from',
              x2: 'to',
              y: 'count',
              fill: 'var(--class-4)',
              insetLeft: 0.5,
              insetRight: 0.5,
            }),
            plot.ruleY([0], { stroke: 'var(--line-strong)' }),
            ...(mark
              ? [
                  plot.ruleX([mark.value], { stroke: 'var(--seal)', strokeWidth: 2 }),
                  plot.text([mark], {
                    x: 'value',
                    text: 'label',
                    frameAnchor: 'top',
                    dy: -16,
                    dx: 4,
                    textAnchor: 'start',
                    fill: 'var(--seal)',
                  }),
                ]
              : []),
          ],
        })
      }
    />
  )
}
