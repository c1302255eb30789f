import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { formatMoney, formatNumber, formatShare } from '#ui/format.ts'
import { AreaMap, type AreaFeatures } from '#ui/map/map.tsx'
import { Section, Stat, Stats } from '#ui/page.tsx'
import { Table, type Column } from '#ui/table/table.tsx'
import { DateText, Money, Num } from '#ui/text.tsx'
import { useReader, useWords } from '#ui/words.tsx'
import { api, call, useNamed } from '#web/client.ts'
import type { WhatIfResult } from '../../what-if/run.ts'
import { useSay } from '../rulebook/say.ts'
import { Who } from './charts.tsx'
import { MovedList } from './list.tsx'

type Area = WhatIfResult['areas'][number]

/** What would change: the sentence first, then the figures, the areas, the people, the households. */
export function Result({ result }: { result: WhatIfResult }) {
  const { words: t, locale, currency } = useReader()
  const say = useSay()
  const n = (value: number) => formatNumber(value, locale, 0)
  const { before, after, entering, leaving } = result
  const kind =
    entering.households > 0 ? (leaving.households > 0 ? 'both' : 'enter') : leaving.households > 0 ? 'leave' : 'none'
  const moving = kind === 'leave' ? leaving : entering
  const now = (value: number) => t('assess:whatif.now', { value: n(value) })
  const write = (value: string | number | null) =>
    typeof value === 'number' ? formatNumber(value, locale) : (value ?? '–')
  return (
    <>
      <Section title={t('assess:whatif.result')}>
        <p className="wi-headline">
          {t(`assess:whatif.${kind}`, {
            people: n(moving.people),
            households: n(moving.households),
            people_out: n(leaving.people),
            households_out: n(leaving.households),
          })}
        </p>
        <ul className="wi-asked d-says">
          {result.changed.map((each) => (
            <li key={`${each.kind}:${each.code}`}>
              {t('assess:whatif.asked_change', {
                name: say(each.label) || each.code,
                before: write(each.before),
                after: write(each.after),
              })}
            </li>
          ))}
          <li>
            {t('assess:whatif.asked', { households: n(result.households), people: n(result.people) })}{' '}
            <DateText value={result.reference_date} />
          </li>
          <li>{t('assess:whatif.rules_only')}</li>
        </ul>
        <div className="wi-stats">
          <Stats>
            <Stat
              label={t('assess:whatif.households_poor')}
              value={<Num value={after.eligible} digits={0} />}
              note={now(before.eligible)}
            />
            <Stat
              label={t('assess:whatif.people_poor')}
              value={<Num value={after.people} digits={0} />}
              note={now(before.people)}
            />
            <Stat
              label={t('assess:whatif.verify')}
              value={<Num value={after.needs_verification} digits={0} />}
              note={now(before.needs_verification)}
            />
            <Stat
              label={t('assess:whatif.gap')}
              value={<Money minor={after.gap} cents="never" />}
              note={t('assess:whatif.now', { value: formatMoney(before.gap, locale, currency, { cents: 'never' }) })}
            />
            <Stat label={t('assess:whatif.gap_entering')} value={<Money minor={entering.gap} cents="never" />} />
          </Stats>
        </div>
        <p className="d-says wi-means">{t('assess:whatif.gap_means', { n: n(result.gap_unknown) })}</p>
      </Section>
      {result.areas.length > 0 && <Areas result={result} />}
      {kind !== 'none' && <Who result={result} />}
      {kind !== 'none' && <MovedList result={result} />}
      <p className="d-says">
        {t('assess:whatif.seconds', {
          rules: formatNumber(result.seconds.rules, locale, 1),
          evidence: formatNumber(result.seconds.evidence, locale, 1),
        })}
      </p>
    </>
  )
}

const moved = (row: Pick<Area, 'entering' | 'leaving' | 'households'>): number | null =>
  row.households === 0 ? null : (row.entering.households + row.leaving.households) / row.households

/** Outlines of these villages; null where the pack has none. `made`: some were drawn around the village, not surveyed. */
function useVillageOutlines(area_code: string, villages: readonly { area_code: string }[]) {
  const named = useNamed()
  const map = useQuery({
    queryKey: ['see', 'map', area_code],
    queryFn: () => call(api.api.see.map.$get({ query: { area_code: area_code } })),
    enabled: villages.length > 0,
    staleTime: 600_000,
  })
  const features = useMemo<AreaFeatures | null>(() => {
    const wanted = new Set(villages.map((village) => village.area_code))
    const here = (map.data?.features ?? []).filter((feature) => wanted.has(feature.properties.code))
    if (here.length === 0) return null
    return {
      type: 'FeatureCollection',
      features: here.map((feature) => ({
        type: 'Feature' as const,
        geometry: feature.geometry as unknown as AreaFeatures['features'][number]['geometry'],
        properties: { code: feature.properties.code, name: named(feature.properties.name) },
      })),
    }
  }, [map.data, villages, named])
  return { features, made: map.data?.features.some((feature) => feature.properties.made) ?? false }
}

function useAreaColumns(beside_map: boolean): Column<Area>[] {
  const t = useWords()
  const named = useNamed()
  const count = (key: string, of: (row: Area) => number, width = 88): Column<Area> => ({
    key,
    label: t(`assess:whatif.column.${key}`),
    value: of,
    cell: (row) => <Num value={of(row)} digits={0} />,
    align: 'end',
    width,
  })
  const nameOf = (row: Area) => (row.name === null ? row.area_code : named(row.name))
  const gap_more: Column<Area> = {
    key: 'gap_more',
    label: t('assess:whatif.column.gap_more'),
    value: (row) => row.after.gap - row.before.gap,
    cell: (row) => <Money minor={row.after.gap - row.before.gap} cents="never" />,
    align: 'end',
    width: 150,
    desk_only: true,
  }
  return [
    { key: 'area', label: t('assess:whatif.column.area'), value: nameOf, primary: true },
    count('households', (row) => row.households, 108),
    count('entering', (row) => row.entering.households, 72),
    count('leaving', (row) => row.leaving.households, 80),
    count('now', (row) => row.before.eligible),
    count('after', (row) => row.after.eligible),
    {
      key: 'moving',
      label: t('assess:whatif.column.moving'),
      value: moved,
      cell: (row) => <Num value={moved(row)} share />,
      align: 'end',
      width: 100,
    },
    // Beside a map there is no room for it; the totals stand above.
    ...(beside_map ? [] : [gap_more]),
  ]
}

/** The areas below with their figures; a map of villages beside them where the pack has outlines, one choice in both. */
function Areas({ result }: { result: WhatIfResult }) {
  const { words: t, locale } = useReader()
  const [chosen, choose] = useState<string | null>(null)
  const [hovered, setHovered] = useState<string | null>(null)
  const of_villages = result.areas[0]?.level === 'village'
  const villages = of_villages ? result.areas : result.villages
  const { features, made } = useVillageOutlines(result.area_code, villages)
  const values = useMemo(() => Object.fromEntries(villages.map((row) => [row.area_code, moved(row)])), [villages])
  const number = (value: number) => formatNumber(value, locale, 0)
  const columns = useAreaColumns(features !== null)
  return (
    <Section title={t('assess:whatif.areas')}>
      <div className={features ? 'wi-map-table' : undefined}>
        {features && (
          <div>
            <AreaMap
              label={t('assess:whatif.map')}
              legend={t('assess:whatif.moving')}
              features={features}
              values={values}
              format={(value) => formatShare(value, locale)}
              selected={chosen}
              hovered={hovered}
              onSelect={(code) => choose(code === chosen ? null : code)}
              onHover={setHovered}
            />
            {made && <p className="d-says">{t('assess:whatif.made')}</p>}
          </div>
        )}
        <Table
          caption={t('assess:whatif.areas')}
          rows={result.areas}
          columns={columns}
          rowKey={(row) => row.area_code}
          line={(row) =>
            t('assess:whatif.line', {
              entering: number(row.entering.households),
              leaving: number(row.leaving.households),
            })
          }
          line_end="moving"
          selected={of_villages ? chosen : null}
          onSelect={choose}
          hovered={of_villages ? hovered : null}
          onHover={setHovered}
          height={520}
        />
      </div>
    </Section>
  )
}
