import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { axis, Figure, type FigureProps } from '#ui/charts/chart.tsx'
import { formatNumber, formatShare, NOT_KNOWN } from '#ui/format.ts'
import { PageHead, Section, Stat, Stats } from '#ui/page.tsx'
import { Empty, ProblemView } from '#ui/state/problem.tsx'
import { Table } from '#ui/table/table.tsx'
import { DateText } from '#ui/text.tsx'
import { TextLink, useReader, useWords } from '#ui/words.tsx'
import { api, call, useArea, useMay, useNamed } from '#web/client.ts'
import { SetThresholds } from './set-thresholds.tsx'
import './match.css'

const load = (area_code: string) => call(api.api.match.thresholds.$get({ query: { area_code } }))
type Shown = Awaited<ReturnType<typeof load>>
type Point = Shown['curve'][number]

/** Which thresholds hold, what others would have done to the pairs people decided on, and how well people agree. */
export default function ThresholdsPage() {
  const t = useWords()
  const named = useNamed()
  const { code } = useArea()
  const may_set = useMay('match.set')
  const may_check = useMay('match.review')
  const { locale } = useReader()
  const shown = useQuery({ queryKey: ['match', 'thresholds', code], queryFn: () => load(code), enabled: code !== '' })
  if (!shown.data) {
    return (
      <>
        <PageHead title={t('match:thresholds.title')} lead={t('match:thresholds.lead')} />
        {shown.error ? (
          <ProblemView error={shown.error} onRetry={() => void shown.refetch()} />
        ) : (
          <p role="status">{t('ui.loading')}</p>
        )}
      </>
    )
  }
  const { in_force, waits_for_run, history, curve, looked_at, universe, agreement } = shown.data
  const number = (value: number) => formatNumber(value, locale)
  const decided = looked_at.asked + looked_at.check
  return (
    <>
      <PageHead
        title={t('match:thresholds.title')}
        lead={t('match:thresholds.lead')}
        meta={<TextLink href="/match/reviews">{t('match:review.title')}</TextLink>}
      />
      <Stats>
        <Stat label={t('match:thresholds.accept')} value={`${number(in_force.accept)} ${t('match:thresholds.bits')}`} />
        <Stat label={t('match:thresholds.review')} value={`${number(in_force.review)} ${t('match:thresholds.bits')}`} />
        <Stat label={t('match:thresholds.second')} value={formatShare(in_force.second_share, locale, 0)} />
        <Stat
          label={t('match:thresholds.agreement')}
          value={agreement ? formatShare(agreement.share.estimate, locale, 0) : NOT_KNOWN}
        />
      </Stats>
      {waits_for_run && (
        <p className="m-second" role="status">
          {t('match:thresholds.waits')}
        </p>
      )}
      <p className="d-says">
        {agreement
          ? t('match:thresholds.agreement_text', {
              agreed: agreement.agreed,
              pairs: agreement.pairs,
              lower: formatShare(agreement.share.lower, locale, 0),
              upper: formatShare(agreement.share.upper, locale, 0),
              kappa: agreement.kappa === null ? NOT_KNOWN : formatNumber(agreement.kappa, locale, 2),
            })
          : t('match:thresholds.agreement_none')}
      </p>
      <Section title={t('match:thresholds.curve')}>
        <p className="d-says">
          {t('match:thresholds.from', {
            asked: looked_at.asked,
            of_asked: universe.asked,
            check: looked_at.check,
            of_check: universe.check,
          })}
        </p>
        {decided === 0 ? (
          <Empty title={t('match:thresholds.none')} text={t('match:thresholds.none_text')} />
        ) : (
          <Curve curve={curve} accept={in_force.accept} />
        )}
        {looked_at.check === 0 && decided > 0 && <p className="m-second">{t('match:thresholds.unchecked')}</p>}
        {may_check && <Checks area_code={code} />}
      </Section>
      {may_set && (
        <SetThresholds
          key={`${code} ${history[0]?.setting_id}`}
          area_code={code}
          setting={in_force}
          curve={decided === 0 ? [] : curve}
        />
      )}
      <Section title={t('match:thresholds.history')}>
        <Table
          caption={t('match:thresholds.history')}
          rows={history}
          rowKey={(row) => row.setting_id}
          empty={{ title: t('match:thresholds.first') }}
          columns={[
            {
              key: 'set_at',
              label: t('match:thresholds.since'),
              value: (row) => row.set_at,
              cell: (row) => <DateText value={row.set_at} style="time" />,
              primary: true,
              width: 210,
            },
            {
              key: 'accept',
              label: t('match:thresholds.accept'),
              value: (row) => row.accept,
              align: 'end',
              width: 140,
            },
            {
              key: 'review',
              label: t('match:thresholds.review'),
              value: (row) => row.review,
              align: 'end',
              width: 140,
            },
            {
              key: 'second',
              label: t('match:thresholds.second'),
              value: (row) => row.second_share,
              cell: (row) => formatShare(row.second_share, locale, 0),
              align: 'end',
              width: 140,
            },
            {
              key: 'by',
              label: t('match:thresholds.by'),
              value: (row) => (row.set_by ? named(row.set_by) : null),
              width: 140,
            },
            { key: 'why', label: t('match:thresholds.why'), value: (row) => row.why },
          ]}
        />
      </Section>
      <Labels area_code={code} />
    </>
  )
}

/** Precision and recall over the threshold, with their 95 % intervals and the threshold in force. */
function Curve(props: { curve: Shown['curve']; accept: number }) {
  const t = useWords()
  const { locale } = useReader()
  const { curve, accept } = props
  const share = (of: Point['precision']) =>
    of === null
      ? NOT_KNOWN
      : `${formatShare(of.estimate, locale)} (${formatShare(of.lower, locale)}–${formatShare(of.upper, locale)})`
  const draw = useCallback<FigureProps['draw']>(
    (plot, { width, height }) => {
      const rows = (['precision', 'recall'] as const).flatMap((of) =>
        curve.flatMap((point) => {
          const share = point[of]
          return share ? [{ of, name: t(`match:thresholds.${of}`), threshold: point.threshold, ...share }] : []
        }),
      )
      const colour = { domain: ['precision', 'recall'].map((name) => t(`match:thresholds.${name}`)) }
      return plot.plot({
        width,
        height,
        marginLeft: 56,
        style: axis,
        x: { label: t('match:thresholds.axis') },
        y: { domain: [0, 1], label: null, tickFormat: (value: number) => `${Math.round(100 * value)} %`, grid: true },
        color: { ...colour, range: ['var(--ink)', 'var(--class-4)'], legend: true },
        marks: [
          plot.areaY(rows, {
            x: 'threshold',
            y1: 'lower',
            y2: 'upper',
            fill: 'name',
            fillOpacity: 0.12,
            curve: 'step-before',
          }),
          // One dashed: where they agree both are seen, also without colour.
          ...(['precision', 'recall'] as const).map((of) =>
            plot.line(
              rows.filter((row) => row.of === of),
              {
                x: 'threshold',
                y: 'estimate',
                stroke: 'name',
                strokeWidth: 2,
                curve: 'step-before',
                ...(of === 'recall' ? { strokeDasharray: '6 4' } : {}),
              },
            ),
          ),
          plot.ruleX([accept], { stroke: 'var(--seal)', strokeDasharray: '4 3' }),
        ],
      })
    },
    [curve, accept, t],
  )
  return (
    <Figure
      caption={t('match:thresholds.caption', { accept: formatNumber(accept, locale) })}
      height={260}
      table={{
        head: [
          t('match:thresholds.axis'),
          t('match:thresholds.linked'),
          t('match:thresholds.precision'),
          t('match:thresholds.recall'),
        ],
        rows: curve.map((point) => [
          formatNumber(point.threshold, locale),
          `${point.right} / ${point.linked}`,
          share(point.precision),
          share(point.recall),
        ]),
      }}
      draw={draw}
    />
  )
}

/** Draw automatic links for a person to check: without them nobody knows how often the machine alone is wrong. */
function Checks(props: { area_code: string }) {
  const t = useWords()
  const queries = useQueryClient()
  const [opened, setOpened] = useState<number | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const draw = () =>
    call(api.api.match.checks.$post({ json: { area_code: props.area_code, links: 20 } })).then((done) => {
      setOpened(done.opened)
      return queries.invalidateQueries({ queryKey: ['match'] })
    }, setFailure)
  return (
    <div className="m-row">
      <Button variant="default" onClick={() => void draw()}>
        {t('match:thresholds.draw')}
      </Button>
      <span role="status">{opened !== null && t('match:thresholds.drawn', { n: opened })}</span>
      {failure !== null && <ProblemView error={failure} />}
    </div>
  )
}

/** What people decided, as files of pairs. */
function Labels(props: { area_code: string }) {
  const t = useWords()
  return (
    <Section title={t('match:thresholds.labels')}>
      <p className="d-says">{t('match:thresholds.labels_text')}</p>
      <ul className="m-files">
        {(['member', 'card'] as const).map((of) => (
          <li key={of}>
            <TextLink href={`/api/match/labels?area_code=${props.area_code}&of=${of}&format=csv`} download>
              {t(`match:thresholds.save_${of}s`)}
            </TextLink>
          </li>
        ))}
      </ul>
    </Section>
  )
}
