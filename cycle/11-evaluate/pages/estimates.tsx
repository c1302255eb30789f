import { useCallback, useMemo } from 'react'
import { Figure } from '#ui/charts/chart.tsx'
import { formatShare } from '#ui/format.ts'
import { Section } from '#ui/page.tsx'
import { Empty } from '#ui/state/problem.tsx'
import { State } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import type { Evaluation } from './evaluation.tsx'

type Estimate = Evaluation['estimates'][number]

const word = { shown: 'met', refuted: 'unmet', not_shown: 'unknown' } as const
const result = (row: Estimate) => (row.result === null ? null : (row.result as keyof typeof word))

/** Rates as intervals against their limits, with the same as a table; as found and after appeals side by side. */
export function Estimates({ estimates, confidence }: { estimates: Estimate[]; confidence: number }) {
  const t = useWords()
  const { locale } = useReader()
  const share = useCallback((value: number | null) => formatShare(value, locale, 2), [locale])
  const shown = useMemo(
    () =>
      estimates
        .filter((row) => row.basis === 'after_appeals' && row.threshold !== null && row.estimate !== null)
        .map((row) => ({ ...row, name: t(`evaluate:measure.${row.measure}`) })),
    [estimates, t],
  )
  if (estimates.length === 0) {
    return (
      <Section title={t('evaluate:rates')}>
        <Empty title={t('evaluate:no_rates')} />
      </Section>
    )
  }
  // Recognition lies near 100 %, the others near 0: one drawing each, so that both can be read.
  const groups = [
    shown.filter((row) => row.measure !== 'recognition'),
    shown.filter((row) => row.measure === 'recognition'),
  ]
  return (
    <Section title={t('evaluate:rates')}>
      <p className="d-says">{t('evaluate:rates_says', { percent: Math.round(confidence * 100) })}</p>
      {groups
        .filter((rows) => rows.length > 0)
        .map((rows) => (
          <Intervals key={rows[0]?.measure} rows={rows} share={share} />
        ))}
      <Table
        caption={t('evaluate:rates')}
        rows={estimates}
        rowKey={(row) => `${row.measure}.${row.basis}`}
        columns={[
          {
            key: 'measure',
            label: t('evaluate:rate'),
            value: (row) => t(`evaluate:measure.${row.measure}`),
            primary: true,
          },
          { key: 'basis', label: t('evaluate:basis'), value: (row) => t(`evaluate:bases.${row.basis}`) },
          {
            key: 'counts',
            label: t('evaluate:counts'),
            cell: (row) => `${row.numerator} / ${row.denominator}`,
            align: 'end',
          },
          {
            key: 'estimate',
            label: t('evaluate:estimated'),
            value: (row) => row.estimate,
            cell: (row) => share(row.estimate),
            align: 'end',
          },
          {
            key: 'interval',
            label: t('evaluate:interval'),
            cell: (row) => `${share(row.low)} – ${share(row.high)}`,
            align: 'end',
          },
          {
            key: 'threshold',
            label: t('evaluate:threshold'),
            cell: (row) => (row.threshold === null ? '' : share(row.threshold)),
            align: 'end',
          },
          {
            key: 'result',
            label: t('evaluate:result'),
            cell: (row) => {
              const told = result(row)
              return told === null ? '' : <State state={word[told]} word={t(`evaluate:results.${told}`)} />
            },
          },
          {
            key: 'method',
            label: t('evaluate:method'),
            cell: (row) => t(`evaluate:methods.${row.method}`),
            desk_only: true,
          },
        ]}
      />
    </Section>
  )
}

interface Shown extends Estimate {
  name: string
}

function Intervals({ rows, share }: { rows: Shown[]; share: (value: number | null) => string }) {
  const t = useWords()
  const draw = useCallback(
    (plot: typeof import('@observablehq/plot'), size: { width: number; height: number }) =>
      plot.plot({
        ...size,
        style: { fontFamily: 'var(--sans)', fontSize: '13px', color: 'var(--ink-2)', background: 'transparent' },
        // On the phone names take half and two figures the rest: four would stand on top of each other.
        marginLeft: Math.min(160, size.width * 0.45),
        marginRight: 40,
        x: { label: null, ticks: size.width < 480 ? 2 : 4, tickFormat: (value: number) => share(value), nice: true },
        y: { label: null, domain: rows.map((row) => row.name), tickSize: 0 },
        marks: [
          plot.ruleY(rows, { y: 'name', x1: 'low', x2: 'high', stroke: 'var(--ink)', strokeWidth: 2 }),
          plot.dot(rows, { y: 'name', x: 'estimate', r: 5, fill: 'var(--ink)' }),
          plot.tickX(rows, {
            y: 'name',
            x: 'threshold',
            stroke: 'var(--seal)',
            strokeWidth: 2,
            strokeDasharray: '4 3',
          }),
        ],
      }),
    [rows, share],
  )
  return (
    <Figure
      caption={t('evaluate:chart')}
      height={50 + rows.length * 44}
      draw={draw}
      table={{
        head: [t('evaluate:rate'), t('evaluate:estimated'), t('evaluate:interval'), t('evaluate:threshold')],
        rows: rows.map((row) => [
          row.name,
          share(row.estimate),
          `${share(row.low)} – ${share(row.high)}`,
          share(row.threshold),
        ]),
      }}
    />
  )
}
