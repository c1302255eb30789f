import { useCallback } from 'react'
import { Figure } from '#ui/charts/chart.tsx'
import { formatNumber, formatShare } from '#ui/format.ts'
import { useReader } from '#ui/words.tsx'
import { useMay, usePackWords } from '#web/client.ts'

/** Main causes of the registered households, the commonest first. */
export function CauseShares(props: {
  code: string
  causes: { cause: string; households: number }[]
  agreement: number | null
}) {
  const { words: t, locale, Link } = useReader()
  const label = usePackWords()
  const { causes } = props
  const may_list = useMay('see.household')
  const all = causes.reduce((sum, each) => sum + each.households, 0)
  const draw = useCallback(
    (plot: typeof import('@observablehq/plot'), size: { width: number; height: number }) => {
      const rows = causes.map((each) => ({ ...each, name: label('cause', each.cause) }))
      return plot.plot({
        ...size,
        style: { fontFamily: 'var(--sans)', fontSize: '13px', color: 'var(--ink-2)', background: 'transparent' },
        marginLeft: Math.min(190, size.width * 0.45),
        marginRight: 56,
        x: { axis: null },
        y: { label: null, domain: rows.map((row) => row.name), tickSize: 0 },
        marks: [
          plot.barX(rows, { x: 'households', y: 'name', fill: 'var(--class-4)', insetTop: 3, insetBottom: 3 }),
          plot.text(rows, {
            x: 'households',
            y: 'name',
            text: (row: { households: number }) => formatShare(row.households / all, locale, 0),
            textAnchor: 'start',
            dx: 6,
            fill: 'var(--ink)',
          }),
        ],
      })
    },
    [causes, label, all, locale],
  )
  return (
    <>
      <Figure
        caption={t('see:causes.caption', { n: formatNumber(all, locale, 0) })}
        height={Math.max(120, causes.length * 28 + 24)}
        table={{
          head: [t('see:causes.cause'), t('see:causes.households'), t('see:causes.share')],
          rows: causes.map((each) => [
            label('cause', each.cause),
            formatNumber(each.households, locale, 0),
            formatShare(each.households / all, locale),
          ]),
        }}
        draw={draw}
      />
      <ul className="see-links">
        {(may_list ? causes.slice(0, 4) : []).map((each) => (
          <li key={each.cause}>
            <Link href={`/households?area=${props.code}&cause=${each.cause}`} className="d-link">
              {label('cause', each.cause)}
            </Link>
          </li>
        ))}
      </ul>
      {props.agreement !== null && (
        <p className="d-says">{t('see:causes.agreement', { share: formatShare(props.agreement, locale, 0) })}</p>
      )}
    </>
  )
}
