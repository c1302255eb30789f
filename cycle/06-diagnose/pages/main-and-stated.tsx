import { useCallback } from 'react'
import { Figure } from '#ui/charts/chart.tsx'
import { formatNumber } from '#ui/format.ts'
import { useReader } from '#ui/words.tsx'

interface Row {
  code: string
  name: string
  main: number
  stated: number
}

/** Two bars a cause: computed as the main one (full), stated by the surveyor (open). */
export function MainAndStated(props: { causes: Row[] }) {
  const { words: t, locale } = useReader()
  const { causes } = props
  const draw = useCallback(
    (plot: typeof import('@observablehq/plot'), size: { width: number; height: number }) => {
      const main = causes.map((each) => ({ name: each.name, kind: 'a', count: each.main }))
      const stated = causes.map((each) => ({ name: each.name, kind: 'b', count: each.stated }))
      const all = [...main, ...stated]
      return plot.plot({
        ...size,
        style: { fontFamily: 'var(--sans)', fontSize: '13px', color: 'var(--ink-2)', background: 'transparent' },
        marginLeft: Math.min(200, size.width * 0.58),
        marginRight: 56,
        x: { axis: null },
        fy: { label: null, domain: causes.map((each) => each.name), axis: 'left', padding: 0.2 },
        y: { axis: null, domain: ['a', 'b'], padding: 0.1 },
        marks: [
          plot.barX(main, { x: 'count', y: 'kind', fy: 'name', fill: 'var(--class-4)' }),
          plot.barX(stated, {
            x: 'count',
            y: 'kind',
            fy: 'name',
            fill: 'var(--surface)',
            stroke: 'var(--class-4)',
            strokeWidth: 1.5,
            inset: 0.75,
          }),
          plot.text(all, {
            x: 'count',
            y: 'kind',
            fy: 'name',
            text: (row: { count: number }) => formatNumber(row.count, locale, 0),
            textAnchor: 'start',
            dx: 6,
            fill: 'var(--ink)',
          }),
        ],
      })
    },
    [causes, locale],
  )
  return (
    <Figure
      caption={t('diagnose:causes.caption')}
      height={causes.length * 46 + 32}
      table={{
        head: [t('diagnose:column.cause'), t('diagnose:column.main'), t('diagnose:column.stated')],
        rows: causes.map((each) => [
          each.name,
          formatNumber(each.main, locale, 0),
          formatNumber(each.stated, locale, 0),
        ]),
      }}
      draw={draw}
    />
  )
}
