import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { answers, guarded } from '#door/enter.ts'
import { room } from '#door/room.ts'
import type { Pack } from '#packs/schema/schema.ts'

const text = z.record(z.string(), z.string())

const show = createRoute({
  method: 'get',
  path: '/api/pack',
  ...guarded('pack.read', 'read', area.public),
  responses: {
    200: answers(
      z.object({
        id: z.string(),
        version: z.string(),
        pack_hash: z.string(),
        title: text,
        currency: z.object({ code: z.string(), minor_units: z.number(), symbol: z.string() }),
        time_zone: z.string(),
        languages: z.array(z.string()),
        reference_date: z.string(),
        levels: z.array(z.object({ level: z.string(), name: text, plural: text })),
        words: z.record(z.string(), z.record(z.string(), text)),
        line: z.array(z.object({ from: z.string(), value: z.number(), confidence: z.string() })),
      }),
      'What screens need of the country: words, money, levels, the line by year',
    ),
  },
})

const shapes = createRoute({
  method: 'get',
  path: '/api/pack/village-shapes',
  ...guarded('pack.read', 'read', area.public),
  responses: { 200: answers(z.unknown(), 'GeoJSON of village shapes, or an empty collection') },
})

/** Words by section and key in all languages, with the labels that the rule files carry themselves. */
function wordsOf(pack: Pack): Record<string, Record<string, Record<string, string>>> {
  const merged: Record<string, Record<string, Record<string, string>>> = {}
  for (const [language, sections] of Object.entries(pack.words)) {
    for (const [section, words] of Object.entries(sections)) {
      for (const [key, word] of Object.entries(words)) ((merged[section] ??= {})[key] ??= {})[language] = word
    }
  }
  const labels = (section: string, entries: readonly { code: string; label: Record<string, string> }[]) => {
    merged[section] = { ...merged[section], ...Object.fromEntries(entries.map((each) => [each.code, each.label])) }
  }
  labels('indicator', pack.indicators)
  labels('verdict', pack.verdicts)
  labels('veto', pack.vetoes)
  labels('cause', pack.causes)
  labels('measure', pack.measures)
  labels('alert', pack.alerts)
  labels('parameter', pack.parameters)
  labels('exit', [
    ...(pack.exit?.household ?? []),
    ...(pack.exit?.stops ?? []),
    ...(pack.exit?.village ?? []),
    ...(pack.exit?.county ?? []),
  ])
  labels(
    'derived',
    pack.derived.map((each) => ({ code: each.name, label: each.label })),
  )
  return merged
}

export const packRoutes = room()
  .openapi(show, (c) => {
    const { pack } = c.var
    const line = pack.parameters.find((parameter) => parameter.code === 'income_line')
    return c.json(
      {
        id: pack.id,
        version: pack.version,
        pack_hash: pack.pack_hash,
        title: pack.title,
        currency: pack.currency,
        time_zone: pack.time_zone,
        languages: pack.languages,
        reference_date: pack.reference_date,
        levels: pack.levels,
        words: wordsOf(pack),
        line: (line?.values ?? []).map(({ from, value, confidence }) => ({ from, value, confidence })),
      },
      200,
    )
  })
  .openapi(shapes, (c) => {
    const text_shapes = c.var.pack.village_shapes
    return c.json(text_shapes ? JSON.parse(text_shapes) : { type: 'FeatureCollection', features: [] }, 200)
  })
