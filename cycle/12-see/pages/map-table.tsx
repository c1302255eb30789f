import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { z } from 'zod'
import { formatNumber, formatShare } from '#ui/format.ts'
import { AreaMap } from '#ui/map/map.tsx'
import type { AreaFeatures } from '#ui/map/map.tsx'
import { Section } from '#ui/page.tsx'
import { Table } from '#ui/table/table.tsx'
import type { Column } from '#ui/table/table.tsx'
import { Num } from '#ui/text.tsx'
import { TextLink, useReader, useWords } from '#ui/words.tsx'
import { api, call, useNamed, usePackWords, useView } from '#web/client.ts'
import type { OverviewData } from './overview.tsx'

type Child = OverviewData['children'][number]

const view = z.object({ chosen: z.string().optional() })

/** The areas below: the map of villages beside the table, one selection in both. */
export function MapAndTable(props: { code: string; data: OverviewData }) {
  const { words: t, locale } = useReader()
  const named = useNamed()
  const [{ chosen }, setView] = useView(view)
  const [hovered, setHovered] = useState<string | null>(null)
  const { children } = props.data
  const mapped = children[0]?.level === 'village'
  const map = useQuery({
    queryKey: ['see', 'map', props.code],
    queryFn: () => call(api.api.see.map.$get({ query: { area_code: props.code } })),
    enabled: mapped,
  })
  const features = useMemo<AreaFeatures | null>(() => {
    if (!map.data || map.data.features.length === 0) return null
    return {
      type: 'FeatureCollection',
      features: map.data.features.map((feature) => ({
        type: 'Feature' as const,
        geometry: feature.geometry as unknown as AreaFeatures['features'][number]['geometry'],
        properties: { code: feature.properties.code, name: named(feature.properties.name) },
      })),
    }
  }, [map.data, named])
  const values = useMemo(
    () => Object.fromEntries(children.map((child) => [child.area_code, child.households > 0 ? child.incidence : null])),
    [children],
  )
  const columns = useChildColumns()
  // Places nobody has visited yet are named below: as rows of zeros they would bury those that were.
  const surveyed = children.filter((child) => child.households > 0)
  const untouched = children.filter((child) => child.households === 0)
  const number = (value: number) => formatNumber(value, locale, 0)
  const choose = (code: string) => setView({ chosen: code === chosen ? undefined : code }, { replace: true })
  return (
    <Section title={t('see:children.title')}>
      <div className={features ? 'see-map-table' : undefined}>
        {features && (
          <div>
            <AreaMap
              label={t('see:children.map')}
              legend={t('see:children.incidence')}
              features={features}
              values={values}
              format={(value) => formatShare(value, locale)}
              selected={chosen ?? null}
              hovered={hovered}
              onSelect={choose}
              onHover={setHovered}
            />
            {map.data?.features.some((feature) => feature.properties.made) && (
              <p className="d-says">{t('see:children.made')}</p>
            )}
          </div>
        )}
        <Table
          caption={t('see:children.title')}
          rows={surveyed}
          line={(row) =>
            t('see:children.line', { households: number(row.households), registered: number(row.registered) })
          }
          line_end="incidence"
          columns={columns}
          rowKey={(row) => row.area_code}
          href={(row) => `/areas/${row.area_code}?area=${row.area_code}`}
          selected={chosen ?? null}
          hovered={hovered}
          onHover={setHovered}
          height={520}
        />
      </div>
      {untouched.length > 0 && <Untouched areas={untouched} />}
    </Section>
  )
}

function useChildColumns(): Column<Child>[] {
  const t = useWords()
  const named = useNamed()
  const label = usePackWords()
  const count = (key: 'households' | 'registered' | 'exited' | 'alerts_open'): Column<Child> => ({
    key,
    label: t(`see:children.${key}`),
    align: 'end',
    width: 116,
    value: (row) => row[key],
    cell: (row) => <Num value={row[key]} />,
  })
  return [
    { key: 'name', label: t('see:children.name'), value: (row) => named(row.name), primary: true },
    count('households'),
    count('registered'),
    {
      key: 'incidence',
      label: t('see:children.incidence'),
      align: 'end',
      width: 116,
      value: (row) => row.incidence,
      cell: (row) => <Num value={row.incidence} share />,
    },
    count('exited'),
    {
      key: 'main_cause',
      width: 176,
      label: t('see:children.main_cause'),
      value: (row) => label('cause', row.main_cause),
      cell: (row) => (row.main_cause ? label('cause', row.main_cause) : '—'),
      desk_only: true,
    },
    count('alerts_open'),
  ]
}

/** Places below that nobody has visited yet, each with the way to it. */
function Untouched({ areas }: { areas: Child[] }) {
  const { words: t, locale } = useReader()
  const named = useNamed()
  return (
    <details className="see-untouched">
      <summary>{t('see:children.untouched', { n: formatNumber(areas.length, locale, 0) })}</summary>
      <ul className="see-links">
        {areas.map((child) => (
          <li key={child.area_code}>
            <TextLink href={`/areas/${child.area_code}?area=${child.area_code}`}>{named(child.name)}</TextLink>
          </li>
        ))}
      </ul>
    </details>
  )
}
