// Figures that the pack declares as computed from the households of an area: worked out here, and put into the pack by
// who publishes rules. What holds is what stands in the pack, so that an assessment says by its hash what it went by.
import { z } from '@hono/zod-openapi'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeOf } from '#door/permit/area.ts'
import { answers, guarded } from '#door/enter.ts'
import { today } from '#door/day.ts'
import { permit } from '#door/permit/permit.ts'
import { room } from '#door/room.ts'
import { computedOf, statisticOf } from '#packs/check/computed.ts'
import { complete, rulebookOf, standAt, type Rulebook } from '#packs/rulebook.ts'
import type { ReadTx } from '#registry/transaction.ts'
import { text } from '../shapes.ts'
import { figuresOf, type FigureRow } from './store-figures.ts'
import { countiesOf, recordsOf } from '../what-if/store.ts'

const figures = createRoute({
  method: 'get',
  path: '/api/assess/figures',
  ...guarded('assess.what_if', 'read', area.of('query.area_code')),
  request: {
    query: z.object({
      area_code: z.string(),
      on: z.iso.date().optional().describe('The day on which ages count and figures are read; today unless said'),
    }),
  },
  responses: {
    200: answers(
      z.object({
        on: z.string(),
        figures: z.array(
          z.object({
            code: z.string(),
            label: text,
            area_code: z.string(),
            value: z.number(),
            households: z.number().describe('Households whose answer is known: the figure is made of these'),
          }),
        ),
        values: z
          .record(z.string(), z.array(z.record(z.string(), z.unknown())))
          .describe('By parameter: entries for `values` in rules/parameters.yaml'),
      }),
      'Computed figures of the areas in this one',
    ),
  },
})

/** Households of a place with the numbers that figures are made of, some thousands at a time. */
async function* rowsOf(
  tx: ReadTx,
  place: { counties: readonly string[]; prefix: string },
  fields: readonly string[],
  by: { book: Rulebook; on: string },
): AsyncGenerator<FigureRow[]> {
  for (const county_code of place.counties) {
    for await (const records of recordsOf(tx, county_code)) {
      yield records
        .filter((each) => each.area_code.startsWith(place.prefix))
        .map(({ area_code, record }) => {
          const whole = complete(by.book, record, standAt(by.book, by.on, area_code))
          return { area_code, values: fields.map((name) => (typeof whole[name] === 'number' ? whole[name] : null)) }
        })
    }
  }
}

export const figuresRoutes = room().openapi(figures, async (c) => {
  const { area_code, on = today(c) } = c.req.valid('query')
  permit(c.var.actor, 'assess.what_if', area_code)
  const { tx, pack } = c.var
  const place = await placeOf(tx, area_code)
  const depth = pack.levels.findIndex((each) => each.level === place.level)
  // A figure of an area that is not wholly looked at would be another figure.
  const wanted = computedOf(pack).filter(
    (each) => pack.levels.findIndex((level) => level.level === each.computed.level) >= depth,
  )
  const fields = [
    ...new Map(wanted.map((each) => [each.computed.of, { name: each.computed.of, kind: each.type }])).values(),
  ]
  const levels = [...Map.groupBy(wanted, (each) => each.computed.level)].map(([level, own]) => ({
    code_length: pack.levels.find((each) => each.level === level)?.code_length ?? 0,
    statistics: own.map(statisticOf),
  }))
  const names = fields.map((field) => field.name)
  const found =
    wanted.length === 0
      ? []
      : await figuresOf(
          fields,
          levels,
          rowsOf(tx, { counties: await countiesOf(tx, place), prefix: place.prefix }, names, {
            book: rulebookOf(pack),
            on,
          }),
        )
  const values = Object.fromEntries(
    wanted.map(({ code, computed: { source } }) => [
      code,
      found
        .filter((figure) => figure.name === code)
        .map(({ area_code: of, value }) => ({ from: on, area: of, value, confidence: source.confidence, source })),
    ]),
  )
  const label = (code: string) => wanted.find((each) => each.code === code)?.label ?? {}
  return c.json(
    { on, values, figures: found.map(({ name, ...figure }) => ({ code: name, label: label(name), ...figure })) },
    200,
  )
})
