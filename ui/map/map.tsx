import { Skeleton } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { FeatureCollection, MultiPolygon, Point, Polygon } from 'geojson'
import { Component, Suspense, lazy, useMemo, useRef } from 'react'
import type { ReactNode } from 'react'
import { classOf, quantileClasses, shadeOf } from '../charts/classes.ts'
import { Empty } from '../state/problem.tsx'
import { useNear } from '../use-near.ts'
import { useWords } from '../words.tsx'
import './map.css'

/** Areas as outlines or, where outlines are not known, as points. `code` is what the table beside the map is keyed by. */
export type AreaFeatures = FeatureCollection<Polygon | MultiPolygon | Point, { code: string; name: string }>

export type AreaMapProps = {
  label: string
  /** What the shades stand for, with the unit. */
  legend: string
  features: AreaFeatures
  /** By area code; null or absent is drawn as hatching: no data. */
  values: Record<string, number | null>
  format: (value: number) => string
  selected?: string | null
  hovered?: string | null
  onSelect?: (code: string) => void
  onHover?: (code: string | null) => void
  height?: number
}

const MapCanvas = lazy(() => import('./canvas.tsx'))

/** A choropleth of five quantile classes of one hue, from our own GeoJSON alone. Always put a table beside it. */
export function AreaMap(props: AreaMapProps) {
  const t = useWords()
  const classes = useMemo(() => quantileClasses(Object.values(props.values)), [props.values])
  const shaded = useMemo(
    () => ({
      ...props.features,
      features: props.features.features.map((feature) => {
        const index = classOf(props.values[feature.properties.code], classes)
        const shade = index === null ? 0 : shadeOf(index, classes.count)
        return { ...feature, properties: { ...feature.properties, shade } }
      }),
    }),
    [props.features, props.values, classes],
  )
  const name = (code: string) => props.features.features.find((f) => f.properties.code === code)?.properties.name
  const shown = props.hovered ?? props.selected
  const value = shown ? props.values[shown] : null
  const phone = useMediaQuery('(max-width: 40em)', false, { getInitialValueInEffect: false })
  const height = props.height ?? (phone ? 300 : 420)
  const box = useRef<HTMLDivElement>(null)
  const near = useNear(box)
  const missing = shaded.features.some((f) => f.properties.shade === 0)
  return (
    <figure className="d-map" aria-label={props.label}>
      <div className="d-map-canvas" ref={box} style={{ height }}>
        <Boundary fallback={<Empty title={t('ui.map.cannot')} text={t('ui.map.table')} />}>
          <Suspense fallback={<Skeleton height={height} radius={0} />}>
            {near ? <MapCanvas {...props} shaded={shaded} /> : <Skeleton height={height} radius={0} />}
          </Suspense>
        </Boundary>
        {shown && (
          <div className="d-map-note" aria-live="polite">
            <b>{name(shown) ?? shown}</b> {typeof value === 'number' ? props.format(value) : t('ui.map.no_data')}
          </div>
        )}
      </div>
      <figcaption>
        <span className="d-map-legend-title">{props.legend}</span>
        <ul className="d-map-legend">
          {classes.bounds.map((bound, i) => (
            <li key={bound}>
              <i style={{ background: `var(--class-${shadeOf(i, classes.count)})` }} />
              <span className="d-num">{t('ui.map.up_to', { value: props.format(bound) })}</span>
            </li>
          ))}
          {missing && (
            <li>
              <i className="d-hatch" />
              {t('ui.map.no_data')}
            </li>
          )}
        </ul>
      </figcaption>
    </figure>
  )
}

/** Devices without WebGL cannot draw the map; the table beside it has everything, and says so. */
class Boundary extends Component<{ fallback: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }
  static getDerivedStateFromError() {
    return { failed: true }
  }
  override render() {
    return this.state.failed ? this.props.fallback : this.props.children
  }
}
