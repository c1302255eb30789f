import { useCallback, useMemo } from 'react'
import { Figure } from '#ui/charts/chart.tsx'
import { formatNumber } from '#ui/format.ts'
import { Section } from '#ui/page.tsx'
import { useReader } from '#ui/words.tsx'
import { usePackWords } from '#web/client.ts'
import type { WhatIfResult } from '../../what-if/run.ts'
import { useSay } from '../rulebook/say.ts'

interface Bar {
  name: string
  entering: number
  leaving: number
}

/** Who would enter and who would leave: by sex, by age, by main cause. */
export function Who({ result }: { result: WhatIfResult }) {
  const { words: t } = useReader()
  const label = usePackWords()
  const say = useSay()
  const groups = (by: 'sex' | 'age'): Bar[] =>
    result.groups
      .filter((row) => row.by === by && row.entering + row.leaving > 0)
      .map((row) => ({ ...row, name: row.code === null ? t('assess:whatif.group_none') : say(row.label) || row.code }))
  const causes = useMemo(() => {
    const found = new Map<string, Bar>()
    for (const row of result.causes) {
      const name = row.cause === null ? t('assess:whatif.cause_none') : label('cause', row.cause)
      const bar = found.get(name) ?? { name, entering: 0, leaving: 0 }
      bar[row.change] += row.households
      found.set(name, bar)
    }
    return [...found.values()].sort((a, b) => b.entering + b.leaving - a.entering - a.leaving)
  }, [result.causes, label, t])
  return (
    <Section title={t('assess:whatif.who')}>
      <div className="wi-charts">
        <div>
          <Bars caption={t('assess:whatif.sex')} rows={groups('sex')} />
          <Bars caption={t('assess:whatif.age')} rows={groups('age')} />
        </div>
        <Bars caption={t('assess:whatif.cause')} rows={causes} />
      </div>
    </Section>
  )
}

/** Two bars a row: who enters to the right in the darker shade, who leaves below it in the paler; told beside them. */
function Bars({ caption, rows }: { caption: string; rows: Bar[] }) {
  const { words: t, locale } = useReader()
  const leaves = rows.some((row) => row.leaving > 0)
  const enters = rows.some((row) => row.entering > 0)
  const draw = useCallback(
    (plot: typeof import('@observablehq/plot'), size: { width: number; height: number }) => {
      const n = (value: number) => formatNumber(value, locale, 0)
      const both = leaves && enters
      const bar = (key: 'entering' | 'leaving', fill: string, half: 0 | 1) => [
        plot.barX(rows, {
          x: key,
          y: 'name',
          fill,
          insetTop: both && half === 1 ? 14 : 3,
          insetBottom: both && half === 0 ? 14 : 3,
        }),
        plot.text(rows, {
          x: key,
          y: 'name',
          text: (row: Bar) => (row[key] === 0 ? '' : n(row[key])),
          textAnchor: 'start',
          dx: 6,
          dy: both ? (half === 0 ? -6 : 7) : 0,
          fill: 'var(--ink)',
        }),
      ]
      return plot.plot({
        ...size,
        style: { fontFamily: 'var(--sans)', fontSize: '13px', color: 'var(--ink-2)', background: 'transparent' },
        marginLeft: Math.min(190, size.width * 0.45),
        marginRight: 60,
        x: { axis: null },
        y: { label: null, domain: rows.map((row) => row.name), tickSize: 0 },
        marks: [
          ...(enters ? bar('entering', 'var(--class-4)', 0) : []),
          ...(leaves ? bar('leaving', 'var(--class-2)', 1) : []),
        ],
      })
    },
    [rows, locale, leaves, enters],
  )
  const kinds = [...(enters ? [t('assess:whatif.entering')] : []), ...(leaves ? [t('assess:whatif.leaving')] : [])]
  return (
    <Figure
      caption={`${caption} (${kinds.join(' / ')})`}
      height={rows.length * (leaves && enters ? 34 : 28) + 24}
      table={{
        head: [caption, t('assess:whatif.entering'), t('assess:whatif.leaving')],
        rows: rows.map((row) => [
          row.name,
          formatNumber(row.entering, locale, 0),
          formatNumber(row.leaving, locale, 0),
        ]),
      }}
      draw={draw}
    />
  )
}
