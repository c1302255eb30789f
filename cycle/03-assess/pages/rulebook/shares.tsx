import { useCallback } from 'react'
import { Figure } from '#ui/charts/chart.tsx'
import { formatNumber, formatShare } from '#ui/format.ts'
import { useReader } from '#ui/words.tsx'
import { useSay } from './say.ts'

type Counted = { code: string; label: Record<string, string>; met: number; unmet: number; unknown: number }

const all = (each: Counted) => Math.max(1, each.met + each.unmet + each.unknown)

/** What share of the households lacks what; what is not known stands beside it, paler. */
export function Shares(props: { indicators: Counted[] }) {
  const { words: t, locale } = useReader()
  const say = useSay()
  const { indicators } = props
  const draw = useCallback(
    (plot: typeof import('@observablehq/plot'), size: { width: number; height: number }) => {
      const rows = indicators.map((each) => ({
        name: say(each.label),
        unmet: each.unmet / all(each),
        end: (each.unmet + each.unknown) / all(each),
      }))
      const greatest = Math.max(0.02, ...rows.map((row) => row.end))
      return plot.plot({
        ...size,
        style: { fontFamily: 'var(--sans)', fontSize: '13px', color: 'var(--ink-2)', background: 'transparent' },
        marginLeft: Math.min(200, size.width * 0.58),
        marginRight: 52,
        x: { axis: null, domain: [0, greatest] },
        y: { label: null, domain: rows.map((row) => row.name), tickSize: 0 },
        marks: [
          plot.barX(rows, {
            x1: 'unmet',
            x2: 'end',
            y: 'name',
            fill: 'var(--unknown)',
            fillOpacity: 0.45,
            insetTop: 4,
            insetBottom: 4,
          }),
          plot.barX(rows, { x1: 0, x2: 'unmet', y: 'name', fill: 'var(--seal-solid)', insetTop: 4, insetBottom: 4 }),
          plot.text(rows, {
            x: 'end',
            y: 'name',
            text: (row: { unmet: number }) => formatShare(row.unmet, locale),
            textAnchor: 'start',
            dx: 6,
            fill: 'var(--ink)',
          }),
        ],
      })
    },
    [indicators, locale, say],
  )
  return (
    <Figure
      caption={t('assess:summary.caption')}
      height={indicators.length * 30 + 32}
      table={{
        head: [t('assess:column.indicator'), t('assess:state.met'), t('assess:state.unmet'), t('assess:state.unknown')],
        rows: indicators.map((each) => [
          say(each.label),
          ...[each.met, each.unmet, each.unknown].map(
            (count) => `${formatNumber(count, locale, 0)} (${formatShare(count / all(each), locale)})`,
          ),
        ]),
      }}
      draw={draw}
    />
  )
}
