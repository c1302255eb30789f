import { z } from '@hono/zod-openapi'
import { transactRead } from '#registry/transaction.ts'
import { createRoute } from '#door/route.ts'
import { area } from '#door/permit/area-rule.ts'
import { placeOf } from '#door/permit/area.ts'
import { today } from '#door/day.ts'
import { answers, guarded } from '#door/enter.ts'
import { permit } from '#door/permit/permit.ts'
import { problem } from '#door/problems.ts'
import { limit } from '#door/sign-in/rate-limit.ts'
import { room } from '#door/room.ts'
import { audit, NATION } from '#registry/audit/audit.ts'
import { transact } from '#registry/transaction.ts'
import { tableOf } from './pages.ts'
import { openPage } from './table.ts'
import { csvLine, villageLength } from '../see.ts'
import { exports, export_kinds } from '../store-export.ts'

const name = z.object({ en: z.string(), zh: z.string() })
const cell = z.number().nullable()

const takeOut = createRoute({
  method: 'get',
  path: '/api/see/export',
  // By hand: the answer is streamed page by page, each in a reading transaction of its own, so that no transaction
  // stays open for as long as a slow line takes.
  ...guarded('see.export', 'by hand', area.of('query.area_code')),
  request: {
    query: z.object({
      kind: z.enum(export_kinds),
      format: z.enum(['csv', 'json']).default('csv'),
      area_code: z.string(),
    }),
  },
  responses: {
    200: {
      content: { 'text/csv': { schema: z.string() }, 'application/json': { schema: z.array(z.unknown()) } },
      description: 'A file of an area: UTF-8, with a byte order mark in CSV so that spreadsheets read Chinese',
    },
  },
})

const openArea = createRoute({
  method: 'get',
  path: '/api/open/areas/{area_code}',
  ...guarded('see.open', 'by hand', area.public),
  request: { params: z.object({ area_code: z.string() }) },
  responses: {
    200: answers(
      z.object({
        area_code: z.string(),
        level: z.string(),
        name,
        suppressed_below: z.number(),
        coverage: z
          .object({ level: z.string(), surveyed: z.number(), areas: z.number() })
          .nullable()
          .describe(
            'All figures speak of the areas that were surveyed: so many of this level, of all there are. Null for a village',
          ),
        households: cell,
        people: cell,
        registered: cell,
        helped: cell,
        exited: cell,
        incidence: cell,
        causes: z.array(z.object({ cause: z.string(), households: cell })),
        by_year: z.array(z.object({ year: z.number(), registered: cell, helped: cell, exited: cell })),
        children: z.array(
          z.object({ area_code: z.string(), name, households: cell, registered: cell, exited: cell, incidence: cell }),
        ),
      }),
      'Totals for everyone: no household, and no number small enough to point at one',
    ),
  },
})

const page_size = 2000

export const openRoutes = room()
  .openapi(takeOut, async (c) => {
    const { kind, format, area_code } = c.req.valid('query')
    const { registry, actor } = c.var
    const place = await transactRead(registry, actor, (tx) => placeOf(tx, area_code))
    permit(actor, 'see.export', area_code)
    // Who took what out is on record before the first byte leaves.
    await transact(registry, actor, (tx) =>
      audit(tx, {
        county_code: place.county_code ?? NATION,
        action: 'see.export',
        subject_kind: 'area',
        subject_id: area_code,
        detail: { kind, format },
      }),
    )
    const chosen = exports[kind]
    const encoder = new TextEncoder()
    let after = ''
    let begun = false
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const rows = await transactRead(registry, actor, (tx) => chosen.page(tx, place, after, page_size))
        const last = rows.at(-1)
        const text = format === 'csv' ? csvPage(chosen.columns, rows, begun) : jsonPage(chosen.columns, rows, begun)
        begun = true
        if (last) {
          after = String(last[chosen.key])
          controller.enqueue(encoder.encode(text))
          return
        }
        controller.enqueue(encoder.encode(format === 'csv' ? text : `${text}]\n`))
        controller.close()
      },
    })
    const file = `doorstep-${kind}-${area_code}-${today(c)}.${format}`
    return c.body(stream, 200, {
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${file}"`,
      'cache-control': 'no-store',
    }) as never
  })
  .openapi(openArea, async (c) => {
    const { area_code } = c.req.valid('param')
    // Counting is the dearest thing the public may ask for.
    limit('open data', { tries: 120, seconds: 60 })
    // The public's own scope shows no row; the program counts in its stead, and totals alone leave this function.
    const { registry, pack } = c.var
    const table = await tableOf(registry, pack.levels)
    const place = table.places.get(area_code)
    if (!place) throw problem('not_found', { detail: `There is no public page of ${area_code}.` })
    // A village's groups hold a few dozen households: nothing is told below the village.
    const answer = openPage(table, place, area_code.length >= villageLength(pack.levels))
    c.header('cache-control', 'public, max-age=300')
    return c.json(answer, 200)
  })

function csvPage(columns: readonly string[], rows: readonly Record<string, unknown>[], begun: boolean): string {
  const head = begun ? '' : `\uFEFF${csvLine(columns)}`
  return head + rows.map((row) => csvLine(columns.map((column) => row[column]))).join('')
}

function jsonPage(columns: readonly string[], rows: readonly Record<string, unknown>[], begun: boolean): string {
  const plain = rows.map((row) => JSON.stringify(Object.fromEntries(columns.map((column) => [column, row[column]]))))
  return `${begun ? (plain.length ? ',' : '') : '['}${plain.join(',\n')}`
}
