import { useMemo, useState } from 'react'
import { Distribution, IncomeByYear } from '#ui/charts/chart.tsx'
import { formatMoney, formatNumber, formatShare } from '#ui/format.ts'
import { Funnel } from '#ui/charts/funnel.tsx'
import { AreaMap } from '#ui/map/map.tsx'
import { Section, Stat, Stats } from '#ui/page.tsx'
import { State } from '#ui/state/state.tsx'
import { Table } from '#ui/table/table.tsx'
import type { Column } from '#ui/table/table.tsx'
import { Money, Num } from '#ui/text.tsx'
import { useReader } from '#ui/words.tsx'
import { cells, say, villages } from './data.ts'
import type { Village } from './data.ts'
import { useLanguage } from '../frame/reader.tsx'
import type { Language } from '../i18n.ts'

export function Numbers() {
  const l = useLanguage()
  return (
    <>
      <Section title={say(l, 'Stats and funnel', '指标与漏斗')}>
        <Stats>
          <Stat label={say(l, 'Households', '农户')} value={<Num value={17_204} />} href="/parts?list=households" />
          <Stat
            label={say(l, 'On the list', '建档立卡户')}
            value={<Num value={2312} />}
            note={say(l, '13.4% of all', '占13.4%')}
            href="/parts?list=listed"
          />
          <Stat
            label={say(l, 'Waiting for your decision', '等您决定')}
            value={<Num value={46} />}
            tone="seal"
            href="/parts?list=waiting"
          />
          <Stat
            label={say(l, 'Missed rate', '漏评率')}
            value={<Num value={0.0182} share />}
            note={say(l, '95% interval 1.2% to 2.8%', '95%区间 1.2%至2.8%')}
          />
        </Stats>
        <div style={{ height: 24 }} />
        <Funnel
          label={say(l, 'The campaign in numbers', '工作进展')}
          steps={[
            {
              key: '1',
              label: say(l, 'Surveyed', '已调查'),
              value: 17_931,
              href: '/parts?step=1',
              note: say(l, '727 seen twice', '重复调查727份'),
            },
            {
              key: '2',
              label: say(l, 'Households', '农户'),
              value: 17_204,
              href: '/parts?step=2',
              waiting: { value: 46, label: say(l, 'to review', '件待核对') },
            },
            { key: '3', label: say(l, 'Poor by the rules', '规则识别'), value: 2498, href: '/parts?step=3' },
            {
              key: '4',
              label: say(l, 'Agreed by the village', '村民评议通过'),
              value: 2344,
              href: '/parts?step=4',
              waiting: { value: 3, label: say(l, 'objections', '件异议') },
            },
            { key: '5', label: say(l, 'On the list', '建档立卡'), value: 2312, href: '/parts?step=5' },
            {
              key: '10',
              label: say(l, 'Left the list', '已退出'),
              value: 0,
              href: '/parts?step=10',
              note: say(l, 'from 2015', '2015年起'),
            },
          ]}
        />
      </Section>
      <Section title={say(l, 'Charts', '图表')}>
        <div className="p-two">
          <Income />
          <Spread />
        </div>
      </Section>
    </>
  )
}

function Income() {
  const l = useLanguage()
  const data = useMemo(
    () => ({
      points: [
        { year: 2014, value: 214_300 },
        { year: 2015, value: 268_000 },
        { year: 2016, value: null },
        { year: 2017, value: 391_200 },
        { year: 2018, value: 512_800 },
      ],
      line: [2014, 2015, 2016, 2017, 2018].map((year, i) => ({
        year,
        value: [280_000, 285_500, 295_200, 295_200, 299_500][i] as number,
      })),
    }),
    [],
  )
  return (
    <IncomeByYear
      {...data}
      caption={say(l, 'Income a person a year, and the line', '人均年纯收入与当年标准')}
      words={{ year: say(l, 'Year', '年份'), income: say(l, 'Income', '收入'), line: say(l, 'Line', '标准') }}
    />
  )
}

function Spread() {
  const l = useLanguage()
  const { locale, currency } = useReader()
  const bands = useMemo(
    () =>
      Array.from({ length: 24 }, (_, i) => ({
        from: i * 50_000,
        to: (i + 1) * 50_000,
        count: Math.round(2300 * Math.exp(-(((i - 9) / 5) ** 2))),
      })),
    [],
  )
  return (
    <Distribution
      caption={say(l, 'Households by income a person', '按人均收入分布的农户')}
      bands={bands}
      format={(n) => formatMoney(n, locale, currency, { cents: 'never' })}
      mark={{ value: 280_000, label: say(l, 'Line of 2014', '2014年标准') }}
      words={{ band: say(l, 'Income', '收入'), count: say(l, 'Households', '户数') }}
    />
  )
}

export function MapAndTable() {
  const l = useLanguage()
  const { locale } = useReader()
  const [chosen, choose] = useState<string | null>('360781990009')
  const [over, setOver] = useState<string | null>(null)
  const list = useMemo(() => villages(54, l), [l])
  const features = useMemo(() => cells(list), [list])
  const values = useMemo(() => Object.fromEntries(list.map((v) => [v.code, v.share])), [list])
  return (
    <Section title={say(l, 'A map, and the table beside it', '地图与表格')}>
      <div className="p-two">
        <AreaMap
          label={say(l, 'Share of poor households by village', '各村贫困户占比')}
          legend={say(l, 'Poor households among all, five classes of equal size', '贫困户占比，五等分')}
          features={features}
          values={values}
          format={(n) => formatShare(n, locale)}
          selected={chosen}
          hovered={over}
          onSelect={choose}
          onHover={setOver}
        />
        <Table
          caption={say(l, 'Villages', '村')}
          rows={list}
          rowKey={(v) => v.code}
          columns={columns(l, locale).slice(0, 4)}
          selected={chosen}
          hovered={over}
          onSelect={choose}
          onHover={setOver}
          height={420}
        />
      </div>
    </Section>
  )
}

function columns(l: Language, locale: string): Column<Village>[] {
  return [
    { key: 'name', label: say(l, 'Village', '村'), value: (v) => v.name },
    {
      key: 'households',
      label: say(l, 'Households', '户数'),
      value: (v) => v.households,
      cell: (v) => formatNumber(v.households, locale),
      align: 'end',
      width: 128,
    },
    {
      key: 'poor',
      label: say(l, 'Poor', '贫困户'),
      value: (v) => v.poor,
      cell: (v) => formatNumber(v.poor, locale),
      align: 'end',
      width: 88,
    },
    {
      key: 'share',
      label: say(l, 'Share', '占比'),
      value: (v) => v.share,
      cell: (v) => formatShare(v.share, locale),
      align: 'end',
      width: 88,
    },
    {
      key: 'income',
      label: say(l, 'Median income', '收入中位数'),
      value: (v) => v.income,
      cell: (v) => <Money minor={v.income} cents="never" />,
      align: 'end',
      width: 152,
    },
    {
      key: 'checked',
      label: say(l, 'Notice posted', '已公示'),
      value: (v) => v.checked,
      cell: (v) => <State state={v.checked === null ? 'unknown' : v.checked ? 'met' : 'unmet'} />,
      width: 152,
    },
    { key: 'code', label: say(l, 'Code', '代码'), value: (v) => v.code, width: 152, desk_only: true },
  ]
}

export function LongTable() {
  const l = useLanguage()
  const { locale } = useReader()
  const list = useMemo(() => villages(12_000, l), [l])
  return (
    <Section title={say(l, 'Twelve thousand villages', '一万二千个村')} aside={<Num value={list.length} />}>
      <Table
        caption={say(l, 'Twelve thousand villages', '一万二千个村')}
        rows={list}
        rowKey={(v) => v.code}
        columns={columns(l, locale)}
        href={(v) => `/parts?village=${v.code}`}
        height={320}
      />
    </Section>
  )
}
