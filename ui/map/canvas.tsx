import { useComputedColorScheme } from '@mantine/core'
import { Map as LibreMap, NavigationControl, setWorkerUrl } from 'maplibre-gl'
import type { ExpressionSpecification, GeoJSONSource, StyleSpecification } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
// MapLibre 6 asks bundlers to hand it its worker: https://maplibre.org/maplibre-gl-js/docs/guides/v5-to-v6-migration-guide/
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import type { Position } from 'geojson'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { AreaFeatures, AreaMapProps } from './map.tsx'
import { useWords } from '../words.tsx'

setWorkerUrl(workerUrl)

const NOTHING: ExpressionSpecification = ['==', ['get', 'code'], '']
const POINT: ExpressionSpecification = ['==', ['geometry-type'], 'Point']

type Shaded = AreaFeatures & { features: Array<{ properties: { shade: number } }> }

/** The drawn map; loaded only when a map is on the page, because MapLibre weighs more than the rest of the screen. */
export default function MapCanvas(props: AreaMapProps & { shaded: Shaded }) {
  const box = useRef<HTMLDivElement>(null)
  const [map, setMap] = useState<LibreMap | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const t = useWords()
  const scheme = useComputedColorScheme('light')
  // The map is made once a theme; what it needs later it asks for then, so that new props do not make it anew. Its words
  // are texts here: `t` is another function whenever more words have come.
  const latest = useEffectEvent(() => props)
  const zoom_in = t('ui.map.zoom_in')
  const zoom_out = t('ui.map.zoom_out')

  useEffect(() => {
    if (!box.current) return
    let made: LibreMap
    try {
      made = new LibreMap({
        container: box.current,
        style: styleOf(latest().shaded),
        bounds: boundsOf(latest().features),
        fitBoundsOptions: { padding: 16 },
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        cooperativeGestures: false,
        renderWorldCopies: false,
        locale: {
          'NavigationControl.ZoomIn': zoom_in,
          'NavigationControl.ZoomOut': zoom_out,
          'Map.Title': latest().label,
        },
      })
    } catch (error) {
      queueMicrotask(() => setFailure(error))
      return
    }
    made.touchZoomRotate.disableRotation()
    made.addControl(new NavigationControl({ showCompass: false }), 'top-right')
    const codeAt = (event: { point: { x: number; y: number } }) => {
      const found = made.queryRenderedFeatures([event.point.x, event.point.y], {
        layers: ['areas', 'none', 'points'],
      })[0]
      return (found?.properties as { code?: string } | undefined)?.code ?? null
    }
    made.on('load', () => {
      const css = getComputedStyle(document.documentElement)
      const image = hatch(css.getPropertyValue('--surface'), css.getPropertyValue('--line-strong'))
      made.addImage('hatch', image, { pixelRatio: 2 })
      made.setPaintProperty('none', 'fill-pattern', 'hatch')
      setMap(made)
    })
    made.on('mousemove', (event) => {
      const code = codeAt(event)
      made.getCanvas().style.cursor = code && latest().onSelect ? 'pointer' : ''
      if (code !== (latest().hovered ?? null)) latest().onHover?.(code)
    })
    made.on('mouseout', () => latest().onHover?.(null))
    made.on('click', (event) => {
      const code = codeAt(event)
      if (code) latest().onSelect?.(code)
    })
    return () => {
      setMap(null)
      made.remove()
    }
  }, [scheme, zoom_in, zoom_out])

  useEffect(() => {
    void map?.getSource<GeoJSONSource>('areas')?.setData(props.shaded)
  }, [map, props.shaded])
  useEffect(() => {
    map?.fitBounds(boundsOf(props.features), { padding: 16, animate: false })
  }, [map, props.features])
  useEffect(() => {
    if (!map) return
    const mark = (layer: string, code: string | null | undefined) => {
      const is: ExpressionSpecification = ['==', ['get', 'code'], code ?? '']
      map.setFilter(layer, is)
      map.setFilter(`${layer}-point`, ['all', POINT, is])
    }
    mark('chosen', props.selected)
    mark('hovered', props.hovered)
  }, [map, props.selected, props.hovered])

  if (failure) throw failure
  return <div ref={box} className="d-map-box" />
}

function styleOf(data: Shaded): StyleSpecification {
  const css = getComputedStyle(document.documentElement)
  const token = (name: string) => css.getPropertyValue(name).trim()
  const colour: ExpressionSpecification = [
    'match',
    ['get', 'shade'],
    1,
    token('--class-1'),
    2,
    token('--class-2'),
    3,
    token('--class-3'),
    4,
    token('--class-4'),
    5,
    token('--class-5'),
    token('--sunken'),
  ]
  const outlined: ExpressionSpecification = ['!=', ['geometry-type'], 'Point']
  const edge = (id: string, width: number) => ({
    id,
    type: 'line' as const,
    source: 'areas',
    filter: NOTHING,
    layout: { 'line-join': 'round' as const },
    paint: { 'line-color': token('--ink'), 'line-width': width },
  })
  const ring = (id: string, width: number) => ({
    id,
    type: 'circle' as const,
    source: 'areas',
    filter: NOTHING,
    paint: {
      'circle-radius': 9,
      'circle-color': 'rgba(0,0,0,0)',
      'circle-stroke-width': width,
      'circle-stroke-color': token('--ink'),
    },
  })
  return {
    version: 8,
    sources: {
      areas: { type: 'geojson', data },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': token('--sunken') } },
      {
        id: 'areas',
        type: 'fill',
        source: 'areas',
        filter: ['all', outlined, ['>', ['get', 'shade'], 0]],
        paint: { 'fill-color': colour },
      },
      {
        id: 'none',
        type: 'fill',
        source: 'areas',
        filter: ['all', outlined, ['==', ['get', 'shade'], 0]],
        paint: { 'fill-color': token('--surface') },
      },
      {
        id: 'edges',
        type: 'line',
        source: 'areas',
        filter: outlined,
        paint: { 'line-color': token('--class-line'), 'line-width': 1 },
      },
      {
        id: 'points',
        type: 'circle',
        source: 'areas',
        filter: POINT,
        paint: {
          'circle-radius': 7,
          'circle-color': colour,
          'circle-stroke-width': 1,
          'circle-stroke-color': token('--ink-3'),
        },
      },
      edge('hovered', 2),
      edge('chosen', 3),
      ring('hovered-point', 2),
      ring('chosen-point', 3),
    ],
  }
}

/** Diagonal lines, 8 px, drawn here so that nothing is downloaded. Drawn twice as large for sharp screens. */
function hatch(ground: string, line: string): ImageData {
  const size = 16
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D
  pen.fillStyle = ground
  pen.fillRect(0, 0, size, size)
  pen.strokeStyle = line
  pen.lineWidth = 2
  for (const shift of [-size, 0, size]) {
    pen.beginPath()
    pen.moveTo(shift, size)
    pen.lineTo(shift + size, 0)
    pen.stroke()
  }
  return pen.getImageData(0, 0, size, size)
}

function boundsOf(features: AreaFeatures): [number, number, number, number] {
  const box: [number, number, number, number] = [180, 90, -180, -90]
  const take = (at: Position | Position[] | Position[][] | Position[][][]): void => {
    if (typeof at[0] !== 'number') {
      for (const inner of at as Position[]) take(inner)
      return
    }
    const [x, y] = at as [number, number]
    box[0] = Math.min(box[0], x)
    box[1] = Math.min(box[1], y)
    box[2] = Math.max(box[2], x)
    box[3] = Math.max(box[3], y)
  }
  for (const feature of features.features) take(feature.geometry.coordinates)
  return box[0] > box[2] ? [73, 18, 135, 54] : box
}
